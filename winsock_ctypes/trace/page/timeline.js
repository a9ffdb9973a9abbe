// ---- timeline: a lane for each thread and each client, a bar for each operation; only what can be seen is drawn ---------

const LANE = 19, BAR = 14, GUTTER = 122;

/** What is drawn, worked out once: lanes with their marks, waits and bars, in steps. */
function layTimeline(run) {
  const lanes = [], byThread = new Map(), byClient = new Map(), bars = new Map(), waiting = new Map();
  const lane = (map, key, kind) => {
    if (!map.has(key)) { map.set(key, { kind, key, marks: [], waits: [], bars: [], rows: [] }); }
    return map.get(key);
  };
  for (const id of run.threads.keys()) lane(byThread, id, "thread");
  for (const n of run.clients) lane(byClient, n, "client");
  run.steps.forEach((step, i) => {
    const e = step.events[0];
    if (!e) return;
    if (e.e === "peer") lane(byClient, e.client, "client").marks.push({ i, kind: "peer", did: e.did, text: e.did === "send" ? String(e.bytes ?? "") : "" });
    else if (step.th !== undefined) lane(byThread, step.th, "thread").marks.push({ i, kind: step.fold === "idle" ? "idle" : e.e === "sample" ? "sample" : e.e === "output" ? "output" : run.depth[i] || e.e === "routine" ? "routine" : "program" });
    for (const part of step.events) {
      for (const [th, n] of part.waits ?? []) {
        const before = waiting.get(th);
        if (before !== undefined && i > before) lane(byThread, th, "thread").waits.push([before, i]);
        if (n) waiting.set(th, i); else waiting.delete(th);
      }
      if (part.op) bars.set(part.op.id, { id: part.op.id, op: part.op, from: i });
      for (const [id, now] of part.ops ?? []) {
        const bar = bars.get(id);
        if (!bar) continue;
        if (now === "completed") bar.completed ??= i;
        if (["delivered", "failed", "lost"].includes(now)) { bar.to ??= i; bar.end ??= now; }
      }
    }
  });
  for (const [th, from] of waiting) lane(byThread, th, "thread").waits.push([from, run.steps.length - 1]);
  for (const bar of bars.values()) {
    const row = lane(byClient, bar.op.client ?? 0, "client"), to = bar.to ?? run.steps.length - 1;
    let at = row.rows.findIndex((end) => end <= bar.from);
    if (at < 0) at = row.rows.length;
    row.rows[at] = to;
    row.bars.push(Object.assign(bar, { row: at, last: to }));
  }
  lanes.push(...byThread.values(), ...[...byClient.values()].sort((a, b) => (a.key || Infinity) - (b.key || Infinity)));
  let y = 4;
  for (const row of lanes) { row.y = y; y += row.kind === "thread" ? LANE : (row.key ? 18 : 2) + Math.max(row.rows.length, 1) * BAR + 4; }
  return { lanes, height: y + 6, bars };
}

const laneName = (row) => (row.kind === "thread" ? threadName(run, row.key) : row.key ? W.client(row.key) : W.program);
const xOf = (i) => GUTTER + i * ui.zoom;

/** The wide space that is scrolled, with one drawing as wide as the window in it. */
function drawLanes() {
  const box = $("lanes"), space = el("div", "space"), sheet = el("div", "sheet");
  space.style.width = `${xOf(run.steps.length) + 40}px`;
  space.style.height = `${run.timeline.height}px`;
  space.append(sheet);
  box.replaceChildren(space);
  box.onscroll = drawSheet;
  box.onclick = (click) => {
    const i = Math.floor((click.clientX - box.getBoundingClientRect().left + box.scrollLeft - GUTTER) / ui.zoom);
    if (i >= 0 && !isHiddenRow(i)) go(i);  // right of them all: to the last
  };
}

function drawSheet() {
  const box = $("lanes"), sheet = box.querySelector(".sheet");
  if (!sheet || !box.clientWidth) return;
  const width = box.clientWidth, height = run.timeline.height, left = box.scrollLeft, z = ui.zoom;
  const first = Math.floor(left / z), last = Math.min(run.steps.length - 1, Math.ceil((left + width - GUTTER) / z)), known = ui.predicting ? Math.min(last, ui.at) : last;
  const parts = [], x = (i) => xOf(i) - left;
  for (const row of run.timeline.lanes) {
    parts.push(svg("line", { class: "rule", x1: 0, x2: width, y1: row.y - 2, y2: row.y - 2 }));
    if (row.kind === "thread") {
      for (const [from, to] of within(row.waits, first, known, (w) => w[0], (w) => w[1])) parts.push(svg("line", { class: "wait", x1: x(from) + 2, x2: x(Math.min(to, known)) + (to > known ? z : 0), y1: row.y + 8, y2: row.y + 8 }));
    } else if (row.kind === "client") {
      const top = row.key ? row.y + 16 : row.y;
      for (const bar of within(row.bars, first, known, (b) => b.from, (b) => b.last)) {
        const to = Math.min(bar.last, known), y = top + bar.row * BAR, end = bar.end ? to : to + 1, split = masked() ? end : Math.min(bar.completed ?? end, end), w = (a, b) => Math.max((b - a) * z, 2);
        if (split > bar.from) parts.push(svg("rect", { class: "bar pending", x: x(bar.from) + 1, y, width: w(bar.from, split) - 1, height: BAR - 3, rx: 3 }));
        if (end > split) parts.push(svg("rect", { class: "bar completed", x: x(split), y, width: w(split, end) - 1, height: BAR - 3, rx: 3 }));
        const label = `${bar.id} ${bar.op.kind.replace("PostQueuedCompletionStatus", "Post").replace(/^WSA/, "")}`, place = Math.max(x(bar.from) + 4, GUTTER + 2);
        if (x(end) - place > label.length * 6.2) parts.push(svg("text", { class: "label", x: place, y: y + 9 }, label));
      }
    }
    for (const mark of within(row.marks, first, known, (m) => m.i, (m) => m.i)) {
      if (mark.kind === "peer") parts.push(svg("text", { class: "peer", x: x(mark.i) + z / 2, y: row.y + 12, "text-anchor": "middle" }, MARKS[mark.did] + (z > 16 ? mark.text : "")));
      else {
        const h = { routine: 14, program: 10, idle: 3, sample: 4, output: 4 }[mark.kind];
        parts.push(svg("rect", { class: `step ${mark.kind}`, x: x(mark.i) + 1, y: row.y + 8 - h / 2, width: Math.max(z - 2, 1), height: h, rx: Math.min(2, h / 3) }));
      }
    }
  }
  const here = x(ui.at) + z / 2;
  if (here > GUTTER - 4) parts.push(svg("rect", { class: "now-band", x: x(ui.at), y: 0, width: z, height }));
  parts.push(svg("rect", { class: "gutter", x: 0, y: 0, width: GUTTER - 6, height }));
  for (const row of run.timeline.lanes) parts.push(svg("text", { class: "lane", x: 8, y: row.y + 12 }, shorten(laneName(row), 17)));
  sheet.replaceChildren(svg("svg", { width, height, role: "img", "aria-label": W.timeline }, ...parts));
}

/** Those of `list` (in the order of their beginnings) that lie at least partly in first..last. */
function within(list, first, last, from, to) {
  const found = [];
  for (const item of list) {
    if (from(item) > last) break;
    if (to(item) >= first) found.push(item);
  }
  return found;
}

/** Scroll so that the present step can be seen, and its neighbours. */
function markLanes() {
  const box = $("lanes"), here = xOf(ui.at);
  if (here < box.scrollLeft + GUTTER + 30 || here > box.scrollLeft + box.clientWidth - 80) box.scrollLeft = here - box.clientWidth / 2;
  drawSheet();
  if (ui.asList) drawOpList();
}

/** The same for those who hear it, or like lists. */
function drawOpList() {
  const step = (i) => (i === undefined || isHiddenRow(i) ? "–" : button("link", () => go(i), W.step(i)));
  const head = el("tr", "", ...W.table.map((text) => { const th = el("th", "", text); th.scope = "col"; return th; }));
  const bars = [...run.timeline.bars.values()].filter((bar) => !isHiddenRow(bar.from)), shown = bars.slice(-300);
  const rows = shown.map((bar) => el("tr", bar.from <= ui.at && (bar.to ?? Infinity) >= ui.at ? "live" : "",
    el("th", "", `${opLabel(bar.op)}${bar.op.client !== undefined ? `, ${W.client(bar.op.client)}` : ""}`), el("td", "", step(bar.from)), el("td", "", step(masked() ? undefined : bar.completed)), el("td", "", step(bar.end === "delivered" ? bar.to : undefined)), el("td", "", bar.end && bar.end !== "delivered" ? step(bar.to) : "")));
  $("oplist").replaceChildren(el("table", "", el("thead", "", head), el("tbody", "", ...rows)));
}
