// ---- ask: questions whose answer cannot be read off -------------------------------------------------------------------
// A question stands before a step: { step, kind, text, choices: [{ text, right, because }] }. What it asks for is hidden until it
// is answered: see `masked` in operations.js.

/** All questions of a run, by the step that answers them. One pass through the states; as many of a kind as one learns from. */
function makeQuestions(run) {
  const questions = new Map(), asked = new Map();
  const mayAsk = (kind, most) => { asked.set(kind, (asked.get(kind) ?? 0) + 1); return asked.get(kind) <= most; };
  const s = newState(run);
  advance(run, s);
  for (let i = 1; i < run.steps.length; i++) {
    const question = questionBefore(run, s, run.steps[i], mayAsk);  // s: before the step
    advance(run, s);
    if (question) questions.set(i, { ...question, step: i });
  }
  return questions;
}

function questionBefore(run, s, step, mayAsk) {
  const [e, second] = step.events, back = e.e === "return" ? e : second;
  if (e.e === "routine") return mayAsk("routine", 12) ? askRoutine(run, s, e) : null;
  if (step.fold === "idle" || (e.e === "call" && back && isVain(run, back))) return askSilence(run, s, step, mayAsk);
  if (e.e === "return" && run.inside.get(e.n)) return liveOn(s, e.th).length && mayAsk("waitOver", 2) ? askRoutine(run, s, e) : null;
  if (back?.delivered?.length && /^GetQueued/.test(run.calls.get(back.n).fn)) return askPacket(run, s, back, mayAsk);
  if (e.e === "call" && e.op && back && ["WSARecv", "WSASend"].includes(e.fn) && ["pending", "completed"].includes(back.state)) return askStart(run, s, e, back, mayAsk);
  if (e.fn === "accept" && back?.socket !== undefined) return mayAsk("accept", 1) ? askAccept(s, e) : null;
  if (e.e === "end") return askEver(run, s);
  return null;
}

const liveOn = (s, th) => [...s.ops.values()].filter((op) => op.to === "routine" && op.th === th && ["pending", "completed"].includes(op.state));
const clientWords = (op) => (op?.client !== undefined && op.client !== null ? W.client(op.client) : "");
const someOf = (ops, right) => { const some = ops.slice(0, 4); if (right && !some.includes(right)) some[some.length - 1] = right; return some; };

/** Inside an alertable wait: which routine runs next, if any? `e` is the routine, or the return of the wait. */
function askRoutine(run, s, e) {
  const live = liveOn(s, e.th), right = e.e === "routine" ? s.ops.get(e.delivered?.[0]) : null;
  if (e.e === "routine" && !right) return null;
  const call = callWords(s, e.e === "routine" ? waitingCall(run, s, e) : run.calls.get(e.n));
  const cause = e.why ? causeText(run, e.why) : "";
  const choices = someOf(live, right).map((op) => ({
    text: W.ask.runs(op, clientWords(op)), right: op === right,
    because: op === right ? W.ask.becauseRuns(op.id, cause) : op.state === "completed" ? W.ask.becauseLater(op.id) : W.ask.becausePending(op.id, clientWords(op)),
  }));
  choices.push(right ? { text: W.ask.nothing, right: false, because: W.ask.becauseNotNothing(right.id) } : { text: W.ask.waitOver, right: true, because: W.ask.becauseEnded });
  return { kind: "next", text: W.ask.next(call), choices };
}

/** Before a wait in which nothing will run, although something is under way. */
function askSilence(run, s, step, mayAsk) {
  const call = step.events.find((e) => e.e === "call" && e.fn === "SleepEx"), live = call ? liveOn(s, call.th) : [];
  if (!live.length) return null;
  const deaf = !call.alertable;
  if (!mayAsk(deaf ? "deaf" : "silence", deaf ? 2 : 1)) return null;
  const choices = someOf(live).map((op) => ({ text: W.ask.runs(op, clientWords(op)), right: false, because: deaf ? W.ask.becauseNotAlertable : W.ask.becausePending(op.id, clientWords(op)) }));
  choices.push({ text: W.ask.nothing, right: true, because: deaf ? W.ask.becauseNotAlertable : W.ask.becauseTimeout });
  return { kind: "whether", text: W.ask.next(callWords(s, call)), choices };
}

/** Before a packet is taken: by whom, or whose? Then: who owns the memory? */
function askPacket(run, s, back, mayAsk) {
  const op = s.ops.get(back.delivered[0]);
  if (!op || op.to !== "port") return null;
  const cause = back.why ? causeText(run, back.why) : "";
  const threads = [...s.threads].filter(([id, thread]) => (thread.seen || id === back.th) && !thread.ended).slice(0, 5);
  const waiting = threads.filter(([, thread]) => thread.open.some((call) => /^GetQueued/.test(call.fn))).map(([id]) => threadName(run, id));
  if (threads.length > 1 && mayAsk("thread", 2)) {
    if (waiting.length > 1) {  // which of them nobody can predict, but that it is one of them
      const starter = threadName(run, op.th);
      return { kind: "thread", text: W.ask.thread(op.port), choices: [
        { text: W.ask.starter(starter), right: false, because: W.ask.notStarter(starter) },
        { text: W.ask.either(plural(waiting)), right: true, because: W.ask.becauseEither(threadName(run, back.th)) },
        { text: W.ask.all(plural(waiting)), right: false, because: W.ask.notAll }] };
    }
    return { kind: "thread", text: W.ask.thread(op.port), choices: threads.map(([id, thread]) => ({
      text: threadName(run, id), right: id === back.th,
      because: id === back.th ? W.ask.becauseThread(threadName(run, id)) : thread.open.some((call) => /^GetQueued/.test(call.fn)) ? W.ask.notFirst(threadName(run, id)) : W.ask.notThread(threadName(run, id)),
    })) };
  }
  const live = [...s.ops.values()].filter((other) => other.to === "port" && other.port === op.port && ["pending", "completed"].includes(other.state));
  const alike = (one, other) => one.kind === other.kind && one.client === other.client;  // of 16 AcceptEx nobody can say which one it is
  const apart = live.filter((one, i) => one === op || (!alike(one, op) && live.findIndex((other) => alike(one, other)) === i));
  if (apart.length > 1 && mayAsk("which", 4)) {
    return { kind: "which", text: W.ask.which(op.port), choices: someOf(apart, op).map((other) => ({
      text: W.ask.whose(other, clientWords(other)), right: other === op,
      because: other === op ? W.ask.becauseWhich(op.id, cause) : other.state === "completed" ? W.ask.becauseLater(other.id) : W.ask.becausePending(other.id, clientWords(other)),
    })) };
  }
  return mayAsk("owner delivered", 1) ? askOwner(W.ask.ownAsk("GetQueuedCompletionStatus", bufferName(s, op)), false, W.ask.ownDelivered) : null;
}

const bufferName = (s, op) => refName(s, op.bufrefs?.[0] ?? op.ovref ?? "OVERLAPPED");

function askOwner(text, kernel, because) {
  return { kind: "owner", text, choices: [{ text: W.ask.ownKernel, right: kernel, because }, { text: W.ask.ownProgram, right: !kernel, because }] };
}

/** Before WSARecv or WSASend: what does it return? The next time: who owns the buffer afterwards? */
function askStart(run, s, e, back, mayAsk) {
  const call = `${e.fn}(${W.op(e.op.id)}${e.op.client !== undefined ? `, ${W.client(e.op.client)}` : ""})`, zero = back.state === "completed";
  if (mayAsk(`returns ${e.fn} ${back.state}`, 1)) {
    return { kind: "returns", text: W.ask.returns(call), choices: [
      { text: W.ask.zero, right: zero, because: zero ? W.ask.becauseZero : W.ask.notZero }, { text: W.ask.io, right: !zero, because: zero ? W.ask.notIo : W.ask.becauseIo },
      { text: W.ask.would, right: false, because: W.ask.notWould }] };
  }
  return mayAsk(`owner ${back.state}`, 1) ? askOwner(W.ask.owner(call + (zero ? " = 0" : ""), bufferName(s, e.op)), true, zero ? W.ask.ownZero : W.ask.ownPending) : null;
}

function askAccept(s, e) {
  return { kind: "returns", text: W.ask.returns(callWords(s, e)), choices: [
    { text: W.ask.sock, right: true, because: W.ask.becauseSock }, { text: W.ask.inv, right: false, because: W.ask.becauseSock }] };
}

/** At the end: did a routine that nobody ran ever run? */
function askEver(run, s) {
  const never = [...s.ops.values()].find((op) => op.to === "routine" && op.state === "completed");
  if (!never) return null;
  const because = W.ask.becauseNever(threadName(run, never.th));
  return { kind: "whether", text: W.ask.ever(never.routine), choices: [{ text: W.ask.yes, right: false, because }, { text: W.ask.no, right: true, because }] };
}
