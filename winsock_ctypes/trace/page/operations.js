// ---- operations: where each one is now --------------------------------------------------------------------------------

/** While the reader predicts, whether an operation is complete is not told: it would give the answer away. */
const masked = () => ui.predicting;

function opCard(op, shown) {
  const mark = { pending: "◔", starting: "◔", completed: "●", delivered: "✓", failed: "✕", lost: "✕", hidden: "◌" }[shown];
  const where = op.client !== undefined && op.client !== null ? W.client(op.client) : op.s ? `${W.socket} ${op.s}` : "";
  const goes = W.goes[op.to]?.(op, run.threads.size > 1 ? threadName(run, op.th) : "") ?? "";
  const node = button(`op ${shown} to-${op.to ?? "plain"}`, () => showOpLife(op.id), el("span", "mark", mark), el("b", "", opLabel(op)), el("span", "who", where), el("span", "goes", goes),
    shown === "completed" && op.bytes !== undefined ? el("span", "size", W.bytes(op.bytes)) : null, el("span", "unseen", W.states[shown]));
  node.dataset.op = op.id;
  node.dataset.state = shown;
  return node;
}

function drawOperations() {
  const ops = [...state.ops.values()], isOther = (op) => op.client !== state.focus;
  ops.sort((a, b) => isOther(a) - isOther(b) || a.id - b.id);
  const zone = (kind, title, ...content) => el("div", `zone ${kind}${content.length ? "" : " bare"}`, el("h3", "", title), ...(content.length ? content : [empty()]));
  const busy = ops.filter((op) => ["starting", "pending", "lost"].includes(op.state));
  const zones = [];
  if (masked()) zones.push(zone("hidden", W.zones.hidden, ...some(ops, 24, (op) => opCard(op, "hidden"))));
  else {
    zones.push(zone("pending", W.zones.pending, ...some(busy, 24, (op) => opCard(op, op.state))));
    const queued = [], inQueue = new Set();
    for (const queue of state.queues.values()) {
      const list = queue.ids.map((id) => state.ops.get(id)).filter(Boolean);
      for (const op of list) inQueue.add(op.id);
      if (list.length) queued.push(el("p", `queue to-${queue.kind}`, W.queues[queue.kind](queue.kind === "routine" ? threadName(run, queue.where) : queue.where)), ...some(list, 24, (op) => opCard(op, "completed")));
    }
    const others = ops.filter((op) => op.state === "completed" && !inQueue.has(op.id));
    zones.push(zone("completed", W.zones.completed, ...queued, ...some(others, 24, (op) => opCard(op, "completed"))));
  }
  zones.push(zone("delivered", W.zones.delivered, ...state.done.map((op) => opCard(op, "delivered"))));
  const box = pane("operations");
  box.replaceChildren(...clientRow(), ...zones);
  return () => {  // among many, the one that this step is about
    const now = box.querySelector("[data-state=delivered]") ?? box.querySelector(`[data-op="${(operationAt(ui.at) ?? "").slice(3)}"]`);
    if (now) showIn(box, now); else box.scrollTop = 0;
  };
}

/** The clients, as far as they are known, and how each stands. */
function clientRow() {
  if (!state.clients.size) return [];
  const list = [...state.clients.values()].sort((a, b) => a.n - b.n);
  return [el("div", "clients", ...some(list, 8, (client) => {
    const node = el("span", client.n === state.focus ? "client focus" : "client", el("b", "", W.client(client.n)), el("span", "soft", client.socket !== undefined ? `${W.socket} ${client.socket}` : ""), client.left || client.closed ? el("span", "left", "✕") : null);
    node.dataset.client = client.n;
    return node;
  }))];
}
