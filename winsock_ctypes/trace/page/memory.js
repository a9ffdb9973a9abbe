// ---- memory: blocks, their fields, whose they are, and arrows for the addresses in them ---------------------------------

const DULL = /(^|\.)(Offset|OffsetHigh|sin_zero|Pointer)$|zero\[/;

/** Blocks by client: [[client or null, blocks]], in the order of clients. */
function blockGroups(s) {
  const groups = new Map();
  for (const block of s.blocks.values()) {
    const client = block.client ?? null;
    groups.set(client, [...(groups.get(client) ?? []), block]);
  }
  return [...groups].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

/** The newest few, and all that something happens to at this step. */
function nearBlocks(blocks, most) {
  const touched = new Set([...state.changed.keys(), ...state.owned].map((key) => Number(key.split(" ")[0])));
  return blocks.filter((block, i) => i >= blocks.length - most || touched.has(block.id));
}

function drawMemory() {
  const box = pane("memory"), focus = ui.peek ?? state.focus, inner = el("div", "picture");
  const given = givenCard();
  if (given) inner.append(given);
  const groups = blockGroups(state), isOpen = ([client]) => client === focus || client === null;
  for (const [client, blocks] of groups.filter(isOpen)) inner.append(...nearBlocks(blocks, client === null ? 6 : 12).map(blockCard));
  for (const block of state.gone) inner.append(goneCard(block));
  inner.append(...some(groups.filter((group) => !isOpen(group)), 8, ([client, blocks]) => groupLine(client, blocks)));
  if (!inner.firstChild) inner.append(el("p", "none", W.noBlocks));
  box.replaceChildren(inner);
  return () => {
    const now = inner.querySelector(".field.changed") ?? inner.querySelector(".card.touched");
    if (now) showIn(box, now);
    drawArrows(inner);
  };
}

function ownerChip(kernel, lost) {
  return el("span", `owner ${lost ? "lost" : kernel ? "kernel" : "program"}`, el("b", "", kernel ? "K" : "P"), ` ${lost ? W.lostChip : kernel ? W.kernel : W.program}`);
}

function groupLine(client, blocks) {
  const node = button("group", () => { ui.peek = client; drawMemory()(); }, el("b", "", W.client(client)), ...blocks.map((block) => el("span", `mini ${block.own.size ? "kernel" : "program"}`, el("b", "", block.own.size ? "K" : "P"), ` ${blockTitle(block)}`)));
  node.dataset.client = client;
  return node;
}

function blockCard(block) {
  const fields = [...block.values].filter(([field, value]) => !DULL.test(field) || state.changed.has(`${block.id} ${field}`) || (value && value !== "NULL" && !/^Offset|sin_zero/.test(field.split(".").pop())));
  const all = block.own.has(""), rows = fields.map(([field, value]) => fieldRow(block, field, value));
  const touched = rows.some((row) => row.classList.contains("changed") || row.classList.contains("handed")) || state.born === block.id;
  const size = el("span", "soft", `${block.type && block.name ? `${block.type}, ` : ""}${W.bytes(block.size)}`);
  const title = button("title", () => showLife(block.id), el("b", "", blockTitle(block)), size, all || !block.own.size ? ownerChip(all) : null);
  title.title = W.life(blockTitle(block));
  const node = el("div", touched ? "card touched" : "card", title, ...rows);
  node.dataset.block = block.id;
  return node;
}

function fieldRow(block, field, value) {
  const owner = ownerOf(block, field), lost = owner && state.ops.get(owner)?.state === "lost", key = `${block.id} ${field}`;
  const changed = state.changed.has(key), handed = state.owned.has(key) || state.owned.has(`${block.id} `) || state.owned.has(`${block.id} ${field.split(".")[0]}`);
  const name = field || (block.type ?? ""), shown = owner && masked() ? el("span", "value", "…") : valueNode(value, block.filled?.[field]);
  const node = el("div", ["field", owner ? "kernel" : "program", changed ? "changed" : "", handed ? "handed" : "", lost ? "lost" : ""].filter(Boolean).join(" "),
    el("span", "tag", owner ? "K" : "P"), el("span", "name", name), shown,
    changed && !(owner && masked()) ? el("span", "was", "● ", W.was(plainValue(state.changed.get(key)))) : null);
  node.dataset.field = field;
  node.dataset.owner = owner || 0;
  if (refOf(value)) node.dataset.to = value;
  return node;
}

function valueNode(value, received) {
  if (typeof value === "string" && value[0] === "#") {
    const { text, hex } = bytesOf(value, received);
    return el("span", "value bytes", el("span", "text", text ? `“${text}”` : "“”"), el("span", "hex", hex));
  }
  return el("span", refOf(value) ? "value ref" : "value", refOf(value) ? `→ ${refName(state, value)}` : String(value));
}

function plainValue(value) {
  if (typeof value === "string" && value[0] === "#") return `“${bytesOf(value).text}”`;
  return refOf(value) ? `→ ${refName(state, value)}` : String(value);
}

function goneCard(block) {
  return el("div", "card gone", el("div", "title", el("b", "", blockTitle(block)), el("span", "soft", W.freed)));
}

/** What the routine that runs, or the packet that was taken, has brought: where the way into memory begins. */
function givenCard() {
  const given = state.threads.get(state.th)?.given.at(-1);
  if (!given || !given.args.length) return null;
  const rows = given.args.filter(([name]) => !/Flags/.test(name)).map(([name, text, ref]) => {
    const node = el("div", "field program", el("span", "tag", "P"), el("span", "name", name), refOf(ref) ? valueNode(ref) : el("span", "value", text));
    node.dataset.field = name;
    if (refOf(ref)) node.dataset.to = ref;
    return node;
  });
  const node = el("div", `card given to-${given.e === "routine" ? "routine" : "port"}`, el("div", "title", el("b", "", W.given[given.e](given.fn))), ...rows);
  node.dataset.block = "given";
  return node;
}

/** From each field that holds an address to what is there; arrows go along the right edge, each in a track of its own. */
function drawArrows(inner) {
  const base = inner.getBoundingClientRect(), arrows = [];
  for (const row of inner.querySelectorAll("[data-to]")) {
    const ref = refOf(row.dataset.to), card = inner.querySelector(`.card[data-block="${ref.block}"]`);
    if (!card) continue;
    const target = (ref.field && card.querySelector(`[data-field="${CSS.escape(ref.field)}"]`)) || card.querySelector(".title");
    const from = row.getBoundingClientRect(), to = target.getBoundingClientRect();
    arrows.push({ y1: from.top + from.height / 2 - base.top, y2: to.top + Math.min(to.height / 2, 12) - base.top, lit: row.classList.contains("changed") || row.closest(".given") || (inner.querySelector(".given") && row.dataset.field === "hEvent") });
  }
  if (!arrows.length) return;
  arrows.sort((a, b) => Math.abs(a.y1 - a.y2) - Math.abs(b.y1 - b.y2));
  const right = base.width - 34, drawing = svg("svg", { class: "arrows", width: base.width, height: inner.scrollHeight, "aria-hidden": "true" });
  arrows.forEach((arrow, i) => {
    const x = right + 6 + (i % 4) * 7, { y1, y2 } = arrow;
    drawing.append(svg("path", { class: arrow.lit ? "arrow lit" : "arrow", d: `M${right} ${y1} C${x} ${y1} ${x} ${y1} ${x} ${y1 + Math.sign(y2 - y1) * 6} L${x} ${y2 - Math.sign(y2 - y1) * 6} C${x} ${y2} ${x} ${y2} ${right + 2} ${y2}` }),
      svg("path", { class: arrow.lit ? "point lit" : "point", d: `M${right} ${y2} l6 -3.5 v7 z` }), svg("circle", { class: arrow.lit ? "point lit" : "point", cx: right, cy: y1, r: 2.2 }));
  });
  inner.append(drawing);
}
