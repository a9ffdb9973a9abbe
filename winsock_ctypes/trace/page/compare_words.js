WORDS.en.compare = {
  title: (n) => `${n} recordings, one clock`,
  about: "All lanes have the same axis of real time. At 0 ms the newcomer connects: the client that came last. How long does it wait for its first echo?",
  wait: (ms) => `${ms} ms`, waits: (ms) => `waits ${ms} ms`, echo: "until the newcomer's first echo", never: (ms) => `no echo: the recording ends ${ms} ms after the newcomer has connected`, unknown: "The recording has nothing of what its clients did, so that the newcomer's wait is not known.",
  taken: (ms, fn) => `The server takes the newcomer's connection after ${ms} ms (${fn}).`, notTaken: "The server never takes the newcomer's connection.",
  until: (th, parts) => `Until then ${th}: ${parts}.`, spent: (fn, ms, n) => `${ms} ms in ${fn}${n > 1 ? ` (${n} calls)` : ""}`, routines: (n) => (n === 1 ? "1 completion routine ran in it" : `${n} completion routines ran in it`),
  ratio: (a, b, times) => `The newcomer waits ${times} times as long at ${a} as at ${b}.`,
  newcomer: "newcomer", others: (n) => (n === 1 ? "1 other client" : `${n} other clients`), now: (ms) => `At ${ms} ms`, before: "not begun", open: (n) => `open step ${n}`,
  earlier: "Earlier (←)", later: "Later (→)", fit: "The wait", fitHelp: "Show the newcomer's wait (0)", whole: "All", wholeHelp: "Show the recordings from beginning to end (A)", smaller: "Less detail (-)", larger: "More detail (+)", lanes: "Lanes: threads and clients, in real time",
  keys: "← → earlier, later. ↑ ↓ which recording. Enter or a click opens that recording at this step, if its page is known. + − detail, 0 the wait, A all.",
  legend: { wait: "the newcomer waits", waits: "a thread waits", routine: "a completion routine", program: "another call", accept: "a client is accepted", vain: "nobody to accept" },
};
WORDS.ko.compare = {
  title: (n) => `기록 ${n}개, 시계 하나`,
  about: "모든 줄의 시간 축은 실제 시간 하나다. 마지막에 온 클라이언트, 곧 새 클라이언트가 연결을 요청한 때가 0ms다. 첫 에코를 받을 때까지 얼마나 기다리는가?",
  wait: (ms) => `${ms}ms`, waits: (ms) => `${ms}ms 동안 기다림`, echo: "새 클라이언트의 첫 에코까지", never: (ms) => `에코 없음: 새 클라이언트가 연결을 요청하고 ${ms}ms 뒤에 기록이 끝난다`, unknown: "클라이언트가 한 일이 기록에 없어서 새 클라이언트가 기다린 시간을 알 수 없다.",
  taken: (ms, fn) => `서버는 ${ms}ms 뒤에 새 클라이언트의 연결을 받아들인다(${fn}).`, notTaken: "서버는 새 클라이언트의 연결을 끝내 받아들이지 않는다.",
  until: (th, parts) => `그때까지 ${th} 쓰레드: ${parts}.`, spent: (fn, ms, n) => `${fn} 안에서 ${ms}ms${n > 1 ? `(호출 ${n}번)` : ""}`, routines: (n) => `그 안에서 Completion Routine ${n}번 실행`,
  ratio: (a, b, times) => `새 클라이언트가 기다리는 시간은 ${a} 쪽이 ${b} 쪽의 ${times}배다.`,
  newcomer: "새 클라이언트", others: (n) => `다른 클라이언트 ${n}개`, now: (ms) => `${ms}ms일 때`, before: "시작 전", open: (n) => `${n}단계 열기`,
  earlier: "앞으로 (←)", later: "뒤로 (→)", fit: "기다린 시간", fitHelp: "새 클라이언트가 기다린 시간 보기 (0)", whole: "전체", wholeHelp: "기록을 처음부터 끝까지 보기 (A)", smaller: "덜 자세히 (-)", larger: "더 자세히 (+)", lanes: "쓰레드와 클라이언트마다 한 줄, 실제 시간",
  keys: "← → 시간을 앞뒤로. ↑ ↓ 기록 고르기. Enter나 클릭은 그 기록의 페이지를 알 때 그 단계에서 연다. + − 자세히, 0 기다린 시간, A 전체.",
  legend: { wait: "새 클라이언트가 기다림", waits: "쓰레드가 기다림", routine: "Completion Routine", program: "그 밖의 호출", accept: "연결을 받아들임", vain: "받아들일 연결이 없음" },
};
