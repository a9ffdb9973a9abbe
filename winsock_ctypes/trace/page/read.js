// ---- read: from lines to a run. A run is what never changes while one steps through it. -----------------------------

/** The lines of a recording. The program may have crashed in the middle of the last one. */
function parseLines(text) {
  const events = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    try { events.push(JSON.parse(line)); } catch { break; }
  }
  return events;
}

/** Everything that has a number or a name, by it; and `shown`, the events that become steps. */
function readRun(events) {
  const run = {
    start: {}, sources: new Map(), threads: new Map(), calls: new Map(), returns: new Map(), inside: new Map(),
    ops: new Map(), findings: [], peers: [], clients: new Set(), shown: [], steps: [],
  };
  const stacks = [];  // each is written once, with a number; an event has its frames again
  let early = [];  // a `block` is no step of its own: it comes with the event that it introduces
  for (const e of events) {
    if (e.stack !== undefined) e.stack = stacks[e.stack] ?? [];
    if (e.e === "stack") stacks[e.id] = e.frames;
    else if (e.e === "start") run.start = e;
    else if (e.e === "source") run.sources.set(e.file, { name: e.name, lines: e.text.split("\n") });
    else if (e.e === "thread") run.threads.set(e.id, e.name);
    else if (e.e === "block") early.push(e);
    else if (e.e === "diagnosis") run.findings.push(e);
    else if (e.e !== "type") {
      if (early.length) { e.early = early; early = []; }
      run.shown.push(e);
    }
    if (e.e === "call" || e.e === "routine") run.calls.set(e.n, e);
    if (e.e === "return" || e.e === "routine_end") run.returns.set(e.n, e);
    if (e.e === "routine" && e.in !== undefined) run.inside.set(e.in, (run.inside.get(e.in) ?? 0) + 1);
    if (e.e === "peer") { run.peers.push(e); run.clients.add(e.client); }
    if (e.client !== undefined) run.clients.add(e.client);
    if (e.op) run.ops.set(e.op.id, { ...e.op, th: e.th, n: e.n });
  }
  run.model = modelOf(run);
  return run;
}

/** Which of the chapter's models a program follows: how most of its completions are learned of. */
function modelOf(run) {
  const counts = new Map();
  for (const op of run.ops.values()) if (op.to && op.to !== "posted") counts.set(op.to, (counts.get(op.to) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1])[0];
  return most ? most[0] : "plain";
}
