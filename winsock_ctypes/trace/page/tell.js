// ---- tell: what happened at a step, in sentences ---------------------------------------------------------------------

/** The sentences for a step: [{ kind: "main" | "effect" | "why", text }]. `s` is the state after it. */
function tell(run, s, step) {
  const [e] = step.events;
  if (!e) return [];
  const T = W.tell, th = threadName(run, step.th), parts = [{ kind: "main", text: mainSentence(run, s, step) }];
  const effect = (text) => text && parts.push({ kind: "effect", text });
  if (step.fold === "setup") {
    for (const part of step.events) {
      if (part.listens !== undefined) effect(T.listens(part.listens));
      if (part.port !== undefined) effect(T.portMade(part.port));
      const call = run.calls.get(part.n);
      if (part.e === "return" && call.fn === "ioctlsocket" && /FIONBIO/.test(argsText(s, call)) && /&[1-9]/.test(argsText(s, call))) effect(T.nonblocking(call.args[0][1]));
    }
    return parts;
  }
  if (step.fold === "idle") {
    if (step.events.some((part) => part.e === "return" && part.code === 10035)) parts.push({ kind: "why", text: W.why.wouldBlock });
    const deaf = sleepsDeaf(run, s, step);
    if (deaf) parts.push({ kind: "why", text: deaf });
    return parts;
  }
  for (const part of step.events) {
    const call = part.e === "return" ? run.calls.get(part.n) : part;
    if (part.out?.length) effect(T.stored(part.out.map(([name, text, ref]) => `${name} = ${refOf(ref) ? refWay(s, ref) : text}`).join("; ")));
    if (part.op?.reused) effect(T.reused);
    if (part.op?.to === "routine") effect(contextSet(s, part));
    if (part.state === "pending") effect(T.pending(part.id));
    if (part.state === "completed" && call.op) effect(T.completed[call.op.to]?.(part.id));
    if (part.state === "delivered" && part.ops?.some(([id]) => id === part.id)) effect(T.skipped(part.id));
    if (part.state === "failed") effect(T.failed);
    if (part.e === "return" && call.fn.endsWith("GetLastError") && /\b997\b/.test(part.result ?? "")) effect(T.ioPending);
    for (const id of lostBy(part)) effect(T.lost(id));
    for (const id of part.delivered ?? []) effect(run.ops.get(id)?.to === "posted" ? T.deliveredPost(id) : T.delivered(id));
    if (part.e === "routine") effect(contextFound(s, part));
    if (part.e === "return" && /^GetQueued/.test(call.fn)) effect(insideBlock(s, part));
    if (part.raised) effect(T.raised(call.fn, part.raised));
  }
  for (const text of why(run, s, step, th)) parts.push({ kind: "why", text });
  return parts;
}

const lostBy = (e) => (e.e === "released" ? [] : (e.ops ?? []).filter(([, state]) => state === "lost").map(([id]) => id));

function mainSentence(run, s, step) {
  const [e, second] = step.events, T = W.tell, th = threadName(run, step.th);
  if (step.fold === "setup") return T.setup(step.count, callCounts(run, step));
  if (step.fold === "idle") return T.idle(plural(new Set(step.events.map((part) => threadName(run, part.th)))), callCounts(run, step));
  const back = e.e === "return" ? e : second;
  switch (e.e) {
    case "call": return back && !back.raised ? T.whole(th, `${e.fn}(${argsText(s, e)})`, resultOf(back)) : T.call(th, `${e.fn}(${argsText(s, e)})`);
    case "return": return T.back(th, run.calls.get(e.n).fn, resultOf(e));
    case "routine": return T.routine(e.fn, th, waitingCall(run, s, e)?.fn ?? "?");
    case "routine_end": return T.routineEnd(run.calls.get(e.n).fn, waitingCall(run, s, run.calls.get(e.n))?.fn);
    case "output": return T.output(th, JSON.stringify(step.events.map((part) => part.text).join("")));
    case "sample": return (run.ops.get(e.id)?.to === "event" ? T.sampleEvent : T.sample)(e.id, `${e.status}, ${W.bytes(e.bytes)}`);
    case "released": return T.released(e.id);
    case "peer": return e.did === "receive" ? `${upper(peerText(e))}.` : T.peer(upper(peerText(e)));
    case "end": return T.end(T.howEnded[e.how] ?? e.how);
    default: return T.note(e.text ?? e.e);
  }
}

const peerText = (e) => W.did[e.did](W.client(e.client), W.bytes(e.bytes ?? 0), e.data);

/** The call in which a routine runs. */
function waitingCall(run, s, routine) {
  return run.calls.get(routine.in) ?? [...(s.threads.get(routine.th)?.open ?? [])].pop();
}

/** `SleepEx ×8, accept ×8`; a call counts once, where it is made or where it comes back. */
function callCounts(run, step) {
  const counts = new Map();
  for (const n of new Set(step.events.map((e) => e.n))) { const { fn } = run.calls.get(n); counts.set(fn, (counts.get(fn) ?? 0) + 1); }
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(", ");
}

/** What the chapter calls very important: the context travels through hEvent. Said where it is first seen in memory. */
function contextSet(s, e) {
  const ov = refOf(e.op.ovref), to = ov && e.mem?.[ov.block]?.hEvent;
  return refOf(to) ? W.tell.contextSet(refName(s, to)) : "";
}

function contextFound(s, e) {
  const ref = refOf(e.args.find(([name]) => name === "lpOverlapped")?.[2]), block = ref && s.blocks.get(ref.block), to = block?.values.get("hEvent");
  return refOf(to) ? W.tell.context(blockTitle(block), refName(s, to)) : "";
}

function insideBlock(s, e) {
  const ref = e.out?.find(([name]) => name === "lpOverlapped")?.[2], block = refOf(ref) && s.blocks.get(refOf(ref).block);
  return block && [...block.values.keys()].some((field) => field.includes(".Internal")) ? W.tell.inBlock(refName(s, `@${refOf(ref).block}`)) : "";
}

/** A line of the list of steps. */
function rowText(run, s, step) {
  const [e, back] = step.events;
  if (!e) return W.card.ran;
  if (step.fold) return `… ${callCounts(run, step)}`;
  const out = (part) => (part.out?.length ? "  → " + part.out.map(([name, text, ref]) => `${name.replace(/^lp(NumberOf)?/, "")}=${refOf(ref) ? refName(s, ref) : text}`).join(" ") : "");
  switch (e.e) {
    case "call": return `${e.fn}(${argsText(s, e)})` + (back ? (back.raised ? ` ✗ ${back.raised}` : (back.result ? ` = ${resultOf(back)}` : "") + out(back)) : " …");
    case "return": return `… ${run.calls.get(e.n).fn} = ${resultOf(e)}${out(e)}`;
    case "routine": return `▸ ${e.fn}(${argsText(s, e)})`;
    case "routine_end": return `◂ ${run.calls.get(e.n).fn}` + (e.raised ? ` ✗ ${e.raised}` : "");
    case "output": return JSON.stringify(step.events.map((part) => part.text).join(""));
    case "sample": return `● ${W.op(e.id)}: ${W.states.completed} (${e.status}, ${W.bytes(e.bytes)})`;
    case "released": return `✗ ${W.op(e.id)}: ${W.states.lost}`;
    case "peer": return `◆ ${peerText(e)}`;
    case "end": return W.tell.end(W.tell.howEnded[e.how] ?? e.how);
    default: return e.text ?? e.e;
  }
}
