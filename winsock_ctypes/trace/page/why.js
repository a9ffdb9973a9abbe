// ---- why: why a completion, a result, a silence comes just now -------------------------------------------------------

/** Sentences, each an answer to "why now?"; most steps have none. */
function why(run, s, step, th) {
  const found = [];
  for (const e of step.events) {
    const cause = e.why ? causeText(run, e.why) : "";
    if (e.e === "routine") found.push(sentence(cause), W.why.routine(e.delivered?.[0], th, callWords(s, waitingCall(run, s, e))));
    else if (e.e === "return" && e.delivered?.length) found.push(sentence(cause), howDelivered(run, s, e, th));
    else if (cause) found.push(sentence(cause));
    if (e.e === "return" && run.inside.get(e.n)) found.push(W.why.waitEnds(run.inside.get(e.n)));
    else if (e.vain) found.push(e.code === 10035 ? W.why.wouldBlock : W.why.timeout);
    if (e.e === "call" && e.alertable && queuedFor(s, e.th).length) found.push(W.why.alertable(queuedFor(s, e.th).length));
  }
  const deaf = sleepsDeaf(run, s, step);
  if (deaf) found.push(deaf);
  return found.filter(Boolean).map(upper);
}

const sentence = (text) => (text ? `${upper(text)}.` : "");

/** What lies behind it: `client 1 had sent 5 bytes ('hello') (step 12)`. */
function causeText(run, cause) {
  const client = cause.client !== undefined ? W.client(cause.client) : W.someone, at = cause.peer !== undefined ? stepOfPeer(run, cause.peer) : -1;
  const where = at > 0 ? W.why.atStep(at) : "";
  switch (cause.what) {
    case "received": return W.why.received(client, W.bytes(cause.bytes), cause.data, where);
    case "sent": return W.why.sent(W.bytes(cause.bytes));
    case "left": case "reset": case "connected": return W.why[cause.what](client, where);
    default: return W.why[cause.what]?.() ?? "";
  }
}

/** The step at which the n-th thing that a client did was recorded. */
const stepOfPeer = (run, n) => run.stepOf.get(run.peers[n]) ?? -1;

function howDelivered(run, s, e, th) {
  const op = run.ops.get(e.delivered[0]), call = run.calls.get(e.n);
  if (!op) return "";
  if (op.to === "event") return W.why.event;
  if (op.to !== "port" && op.to !== "posted") return "";
  const since = run.stepOf.get(call), other = op.th !== e.th && op.to === "port" ? threadName(run, op.th) : "";
  return W.why.port(th, since < s.step ? since : 0, other);
}

const callWords = (s, call) => (call ? `${call.fn}(${argsText(s, call)})` : "?");
const queuedFor = (s, th) => s.queues.get(`routine ${th}`)?.ids ?? [];

/** A wait that is not alertable, while a routine of this thread is queued. */
function sleepsDeaf(run, s, step) {
  const call = step.events.find((e) => e.e === "call" && /^Sleep|^WaitFor|^WSAWait/.test(e.fn) && !e.alertable);
  const id = call && queuedFor(s, call.th)[0], op = id && run.ops.get(id);
  return op ? W.why.notAlertable(op.id, op.routine) : "";
}
