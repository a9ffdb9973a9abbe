// ---- log: the list of steps; only the rows that can be seen exist ------------------------------------------------------

const ROW = 20;

/** What a step is about, as the values of the filter: threads, clients, operations. */
function aboutStep(run, step) {
  const about = new Set();
  for (const e of step.events) {
    if (e.th !== undefined) about.add(`thread ${e.th}`);
    const call = run.calls.get(e.n), ids = [...(e.delivered ?? []), ...(e.ops ?? []).map(([id]) => id)];
    if (call?.op) ids.push(call.op.id);
    if (e.id !== undefined) ids.push(e.id);
    for (const id of ids) {
      about.add(`op ${id}`);
      const client = run.ops.get(id)?.client;
      if (client !== undefined) about.add(`client ${client}`);
    }
    if (e.client !== undefined) about.add(`client ${e.client}`);
    const socket = call && socketArgument(null, call);
    if (socket) about.add(`socket ${socket}`);
    if (e.socket !== undefined) about.add(`socket ${e.socket}`);
  }
  return about;
}

/** The steps that are to be seen: all, or those that the filter keeps. */
function visibleSteps() {
  if (!ui.filter) return run.steps.map((_, i) => i);
  return run.steps.map((_, i) => i).filter((i) => i === 0 || run.about[i].has(ui.filter));
}

const isHiddenRow = (i) => ui.predicting && i > ui.at;

function drawLog() {
  const box = pane("log"), list = box.firstElementChild, at = run.visible.findLastIndex((i) => i <= ui.at);
  list.style.height = `${run.visible.length * ROW}px`;
  const top = at * ROW;
  if (top < box.scrollTop + 20 || top > box.scrollTop + box.clientHeight - 40) box.scrollTop = top - box.clientHeight / 2;
  drawRows();
}

function drawRows() {
  const box = pane("log"), list = box.firstElementChild, first = Math.max(0, Math.floor(box.scrollTop / ROW) - 8);
  const last = Math.min(run.visible.length, first + Math.ceil(box.clientHeight / ROW) + 16), several = run.threads.size > 1;
  const rows = [];
  for (let index = first; index < last; index++) {
    const i = run.visible[index], step = run.steps[i];
    if (isHiddenRow(i)) break;
    const kind = step.events.some((e) => e.raised || e.state === "failed" || e.e === "released" || lostBy(e).length) ? " bad" : step.events[0]?.e === "peer" ? " peer" : step.fold ? " quiet" : "";
    const who = step.events[0]?.e === "peer" ? "" : several && i ? shortName(run, step.th) : "";
    const row = button(`row${kind}`, () => go(i), el("span", "time", String(i).padStart(4)), several ? el("span", "who", who) : null, el("span", "what", "  ".repeat(run.depth[i]) + rowOf(i)));
    row.tabIndex = i === ui.at ? 0 : -1;
    if (i === ui.at) row.setAttribute("aria-current", "step");
    const item = el("li", "", row);
    item.style.top = `${index * ROW}px`;
    item.setAttribute("aria-setsize", run.visible.length);
    item.setAttribute("aria-posinset", index + 1);
    rows.push(item);
  }
  const had = list.contains(document.activeElement);
  list.replaceChildren(...rows);
  if (had) list.querySelector("[aria-current]")?.focus({ preventScroll: true });
}

/** The text of a row names blocks by the state that was true there; for rows elsewhere that is kept from the walk through the run. */
const rowOf = (i) => run.rows[i] ?? rowText(run, state, run.steps[i]);

/** The next step whose row contains the text that is looked for. */
function findNext(text, from) {
  const wanted = text.toLowerCase(), last = run.steps.length;
  for (let k = 1; k <= last; k++) {
    const i = (from + k) % last;
    if (i && !isHiddenRow(i) && rowOf(i).toLowerCase().includes(wanted)) return i;
  }
  return -1;
}
