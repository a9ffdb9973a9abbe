// ---- fold: from events to steps -------------------------------------------------------------------------------------
// A step: { events, th, and how it was folded: "setup", "idle" or nothing }. Step 0 has no events: it is the card.

const SETUP = new Set(("WSAStartup WSASocketW WSASocketA socket ioctlsocket bind listen connect setsockopt getsockname inet_addr inet_pton htonl htons ntohl ntohs " +
  "GetAddrInfoW FreeAddrInfoW CreateIoCompletionPort WSACreateEvent CreateEventW WSAEventSelect GetSystemInfo WSAIoctl malloc").split(" "));
const WAITS = /^GetQueued|^SleepEx|^WSAWait|^WaitFor/;

/** The steps of a run: `all` keeps every call apart. */
function makeSteps(run, all) {
  const whole = wholeSteps(run.shown);
  const steps = all ? whole : foldIdle(foldSetup(run, whole), (step) => step.events.every((e) => isVain(run, e)));
  return [{ events: [] }, ...steps];
}

/** A call and its return are one step if nothing was recorded in between; so are the pieces of a printed line. */
function wholeSteps(shown) {
  const steps = [];
  for (let i = 0; i < shown.length; i++) {
    const e = shown[i], step = { events: [e], th: e.th };
    if (e.e === "call" && shown[i + 1]?.e === "return" && shown[i + 1].n === e.n) step.events.push(shown[++i]);
    if (e.e === "output") {
      while (shown[i + 1]?.e === "output" && shown[i + 1].th === e.th && shown[i + 1].stream === e.stream && !step.events.at(-1).text.includes("\n"))
        step.events.push(shown[++i]);
    }
    steps.push(step);
  }
  return steps;
}

/** What comes before anything happens: starting Winsock, making and binding a socket; workers begin to wait meanwhile. */
function foldSetup(run, steps) {
  const plain = (e) => {
    const call = run.calls.get(e.n), back = run.returns.get(e.n);
    if (e.e !== "call" && e.e !== "return" || call.op) return false;
    return SETUP.has(call.fn) ? !back?.error && !back?.raised : e.e === "call" && WAITS.test(call.fn) && call.th !== steps[0].th;
  };
  let end = 0;
  while (end < steps.length && steps[end].events.every(plain)) end++;
  if (end < 2) return steps;
  const events = steps.slice(0, end).flatMap((step) => step.events);
  return [{ ...steps[0], events, fold: "setup", count: new Set(events.map((e) => e.n)).size }, ...steps.slice(end)];
}

/** Passes in which nothing happens, however many, are one step. */
function foldIdle(steps, idle) {
  const folded = [];
  for (const step of steps) {
    const last = folded.at(-1);
    if (!idle(step)) folded.push(step);
    else if (last?.fold === "idle") last.events.push(...step.events);
    else folded.push({ ...step, events: [...step.events], fold: "idle" });
  }
  return folded;
}

/** Whether a call told the program no more than that nothing happened. A call that has not come back yet is judged by how it will. */
function isVain(run, e) {
  const call = run.calls.get(e.n), back = run.returns.get(e.n);
  if (!back || call.op || run.inside.has(e.n) || back.raised) return false;
  if (back.vain !== undefined) return Boolean(back.vain);
  return call.fn.endsWith("GetLastError") && /\b(10035|258|996)\b/.test(back.result ?? "");
}
