// ---- state: what is true after a step --------------------------------------------------------------------------------

function newState(run) {
  return {
    step: -1, th: 0, file: 0, client: null, focus: null,
    threads: new Map([...run.threads.keys()].map((id) => [id, { seen: false, open: [], stack: [], kept: [], given: [], wait: 0 }])),
    sockets: new Map(), clients: new Map(), ops: new Map(), queues: new Map(), blocks: new Map(), gone: [], out: [], done: [],
    changed: new Map(),  // "block field" -> the value before this step
    owned: new Set(),  // "block field" whose owner changed at this step
  };
}

/** One step on. What was true only for the step before is forgotten. */
function advance(run, s) {
  const step = run.steps[++s.step];
  s.done = [];
  s.gone = [];
  s.changed.clear();
  s.owned.clear();
  s.client = null;
  for (const e of step.events) apply(run, s, e);
  const frame = s.threads.get(s.th)?.stack.findLast((f) => f[1] >= 0);
  if (frame) s.file = frame[1];
  if (s.client !== null) s.focus = s.client;
}

/** The state after step `to`: from `s` if that is before it, else from the beginning. */
function stateAt(run, to, s) {
  if (!s || s.step > to) s = newState(run);
  while (s.step < to) advance(run, s);
  return s;
}

function apply(run, s, e) {
  for (const block of e.early ?? []) {
    const known = s.blocks.get(block.id);
    s.blocks.set(block.id, { values: new Map(), own: new Map(), client: null, ...known, ...block });
    s.born = block.id;
  }
  const thread = e.e === "peer" ? null : s.threads.get(e.th);
  if (thread && !["sample", "released"].includes(e.e)) { thread.seen = true; s.th = e.th; }
  if (APPLY[e.e]) APPLY[e.e](run, s, e, thread);
  changes(run, s, e);
}

const APPLY = {
  call(run, s, e, thread) {
    thread.open.push(e);
    thread.stack = [...e.stack, [e.fn, -1]];
    if (/^GetQueued|^WSAGetOverlappedResult/.test(e.fn)) thread.given = thread.given.filter((given) => given.e === "routine");
    if (e.op) {
      s.ops.set(e.op.id, { ...e.op, th: e.th, state: "starting" });
      for (const ref of [e.op.ovref, ...(e.op.bufrefs ?? [])]) setClient(s, refOf(ref)?.block, e.op.client);
      setClient(s, refOf(s.blocks.get(refOf(e.op.ovref)?.block)?.values.get("hEvent"))?.block, e.op.client);
      if (e.op.client !== undefined) s.client = e.op.client;
    } else noteClient(s, socketArgument(s, e));
  },
  return(run, s, e, thread) {
    const call = run.calls.get(e.n), inner = thread.open.indexOf(call);
    if (inner >= 0) thread.open.length = inner;  // with what a KeyboardInterrupt has cut short inside
    thread.stack = call.stack;
    if (e.socket !== undefined) s.sockets.set(e.socket, { client: e.client });
    if (e.client !== undefined) {
      const client = clientOf(s, e.client);
      client.socket = e.socket ?? client.socket;
      s.client = e.client;
    }
    if (e.attached !== undefined) setClient(s, refOf(e.key)?.block, s.sockets.get(e.attached)?.client);
    if (e.closed !== undefined) {
      const socket = s.sockets.get(e.closed);
      if (socket?.client !== undefined) clientOf(s, socket.client).closed = true;
      s.sockets.delete(e.closed);
    }
    if (/^GetQueued/.test(call.fn) && e.delivered?.length) thread.given.push({ e: "packet", fn: call.fn, args: e.out ?? [], n: e.n });
    delivered(s, e);
  },
  routine(run, s, e, thread) {
    thread.kept.push(thread.stack);
    thread.stack = e.stack;
    thread.given.push({ e: "routine", fn: e.fn, args: e.args, n: e.n });
    delivered(s, e);
  },
  routine_end(run, s, e, thread) {
    thread.stack = thread.kept.pop() ?? [];
    thread.given = thread.given.filter((given) => given.n !== e.n);
  },
  output(run, s, e, thread) { thread.stack = e.stack; s.out.push(e); },
  sample(run, s, e) {
    const op = s.ops.get(e.id);
    if (op) { op.bytes = e.bytes; filled(s, op, e.bytes); if (op.client !== undefined) s.client = op.client; }
  },
  released(run, s, e) { if (s.ops.get(e.id)?.client !== undefined) s.client = s.ops.get(e.id).client; },
  peer(run, s, e) {
    const client = clientOf(s, e.client);
    if (e.did === "close" || e.did === "reset") client.left = true;
    s.client = e.client;
  },
  end(run, s) { for (const thread of s.threads.values()) Object.assign(thread, { stack: [], ended: true }); },
};

/** What every kind of event may carry. */
function changes(run, s, e) {
  for (const [id, fields] of Object.entries(e.mem ?? {})) {
    const block = s.blocks.get(Number(id));
    if (!block) continue;
    for (const [field, value] of Object.entries(fields)) {
      const key = `${id} ${field}`, before = block.values.get(field);
      if (before !== undefined && !s.changed.has(key)) s.changed.set(key, before);
      block.values.set(field, value);
    }
  }
  for (const [id, field, op] of e.own ?? []) {
    const block = s.blocks.get(id);
    if (!block) continue;
    if (op) block.own.set(field, op); else if (field) block.own.delete(field); else block.own.clear();
    s.owned.add(`${id} ${field}`);
  }
  for (const id of e.gone ?? []) {
    const block = s.blocks.get(id);
    if (block) s.gone.push({ ...block, own: new Map() });
    s.blocks.delete(id);
  }
  for (const [id, state] of e.ops ?? []) {
    const op = s.ops.get(id);
    if (!op) continue;
    op.state = state;
    if (state === "delivered" || state === "failed") s.ops.delete(id);
  }
  for (const [kind, where, ids] of e.queues ?? []) {
    if (ids.length) s.queues.set(`${kind} ${where}`, { kind, where, ids }); else s.queues.delete(`${kind} ${where}`);
  }
  for (const [id, n] of e.waits ?? []) if (s.threads.has(id)) s.threads.get(id).wait = n;
}

function delivered(s, e) {
  for (const id of e.delivered ?? []) {
    const op = s.ops.get(id);
    if (!op) continue;
    s.done.push({ ...op, state: "delivered" });
    filled(s, op, Number((e.args ?? e.out)?.find(([name]) => name.includes("Transferred"))?.[1] ?? op.bytes));
    if (op.client !== undefined) {
      s.client = op.client;
      if (e.why?.what === "left" || e.why?.what === "reset") clientOf(s, op.client).left = true;
    }
  }
}

/** So much of its buffer a receive has filled; what comes after that is older, or nothing yet. */
function filled(s, op, bytes) {
  const ref = /Recv/.test(op.kind) && bytes ? refOf(op.bufrefs?.[0]) : null, block = ref && s.blocks.get(ref.block);
  if (block) block.filled = { ...block.filled, [ref.field]: bytes };
}

function clientOf(s, number) {
  if (!s.clients.has(number)) s.clients.set(number, { n: number });
  return s.clients.get(number);
}

function setClient(s, block, client) {
  if (client !== undefined && s.blocks.has(block)) s.blocks.get(block).client = client;
}

function noteClient(s, socket) {
  const client = s.sockets.get(socket)?.client;
  if (client !== undefined) s.client = client;
}

/** The first argument of a call, if it is a socket. */
function socketArgument(s, e) {
  const first = e.args[0];
  return first && ["s", "hFile", "FileHandle", "hSocket"].includes(first[0]) ? Number(first[1]) : undefined;
}

/** "@4.buf", "@4+17", "@4" -> { block, field, offset }; null for what is no reference. */
function refOf(value) {
  const match = typeof value === "string" && value.match(/^@(\d+)(?:\.([^+]+))?(?:\+(\d+))?$/);
  return match ? { block: Number(match[1]), field: match[2] ?? "", offset: Number(match[3] ?? 0) } : null;
}

/** The operation that owns a field of a block, if one does. */
function ownerOf(block, field) {
  if (block.own.has("")) return block.own.get("");
  for (const [owned, op] of block.own) if (owned === field || field.startsWith(owned + ".")) return op;
}
