// ---- compare: recordings under each other, on one axis of real time. 0 is where the newcomer connects. --------------------

const ROW_HEIGHT = 20, NAMES = 128, HEAD = 24, AXIS = 20;
let runs = [];
const view = { at: 0, chosen: 0, zoom: 1 };  // a moment in ms; which recording; pixels for each ms

/** A run for each recording: its lines begin with its own `start`. */
function readAll(events) {
  const [{ compares }, ...rest] = events, groups = [];
  for (const e of rest) if (e.e === "start") groups.push([e]); else groups.at(-1).push(e);
  return compares.map((about, i) => {
    const run = Object.assign(readRun(groups[i].filter((e) => e.how !== "compared")), about);
    run.steps = makeSteps(run, false);
    run.stepOf = new Map(run.steps.flatMap((step, at) => step.events.map((e) => [e, at])));
    return measure(run);
  });
}

/** The newcomer is the client that connects last. What it waits for: to be taken by the server, and its first echo. */
function measure(run) {
  const connect = run.peers.findLast((e) => e.did === "connect"), last = run.shown.at(-1)?.t ?? 0;
  run.from = connect?.t ?? run.shown[0]?.t ?? 0;
  run.newcomer = connect?.client;
  const after = (e) => connect && e.t >= connect.t;
  run.echo = run.peers.find((e) => after(e) && e.client === connect.client && e.did === "receive");
  run.taken = run.shown.find((e) => after(e) && e.e !== "peer" && (e.client === connect.client || e.delivered?.some((id) => run.ops.get(id)?.client === connect.client)));
  run.wait = run.echo ? run.echo.t - run.from : null;
  run.moments = run.shown.map((e) => ({ t: (e.t - run.from) * 1000, step: run.stepOf.get(e), e }));
  run.begins = run.moments[0]?.t ?? 0;
  run.ends = (last - run.from) * 1000;
  run.lanes = layLanes(run);
  return run;
}

/** For each thread what it was in, and when: [{ from, to, kind, fn }], in ms. */
function layLanes(run) {
  const lanes = new Map(), begun = new Map(), ms = (e) => (e.t - run.from) * 1000;
  const span = (e, end) => { if (!lanes.has(e.th)) lanes.set(e.th, []); lanes.get(e.th).push({ from: ms(e), to: end, kind: kindOf(run, e), fn: e.fn, call: e }); };
  for (const e of run.shown) {
    if (e.e === "call" || e.e === "routine") begun.set(e.n, e);
    if ((e.e === "return" || e.e === "routine_end") && begun.has(e.n)) { span(begun.get(e.n), ms(e)); begun.delete(e.n); }
  }
  for (const e of begun.values()) span(e, run.ends);
  for (const spans of lanes.values()) spans.sort((a, b) => a.from - b.from);
  return new Map([...lanes].sort((a, b) => a[0] - b[0]));
}

function kindOf(run, e) {
  if (e.e === "routine") return "routine";
  if (/^(WSA)?accept$/i.test(e.fn)) return run.returns.get(e.n)?.socket ? "accept" : "vain";
  return e.waits ? "wait" : "call";
}

/** What the thread that took the newcomer did until then: its waits by function, longest first, and the routines in them. */
function until(run) {
  const end = (run.taken.t - run.from) * 1000, spans = (run.lanes.get(run.taken.th) ?? []).filter((s) => s.to > 0 && s.from < end), sums = new Map();
  for (const s of spans.filter((s) => s.kind === "wait" && s.call.in === undefined)) {
    const sum = sums.get(s.fn) ?? [0, 0];
    sums.set(s.fn, [sum[0] + Math.min(s.to, end) - Math.max(s.from, 0), sum[1] + 1]);
  }
  const parts = [...sums].sort((a, b) => b[1][0] - a[1][0]).map(([fn, [ms, n]]) => W.compare.spent(fn, figure(ms), n)), routines = spans.filter((s) => s.kind === "routine").length;
  if (routines) parts.push(W.compare.routines(routines));
  return parts.length ? W.compare.until(threadName(run, run.taken.th), parts.join(", ")) : "";
}

const figure = (ms) => ms.toFixed(1).replace(/^-0\.0$/, "0.0");
const peerSays = (e) => W.did[e.did](W.client(e.client), W.bytes(e.bytes ?? 0), e.data ? JSON.stringify(e.data) : "");

/** One event in a sentence. */
function sentence(run, e) {
  const th = threadName(run, e.th), call = run.calls.get(e.n), around = run.calls.get((e.e === "routine_end" ? call : e)?.in)?.fn ?? "?";
  switch (e.e) {
    case "call": return W.tell.call(th, e.fn);
    case "return": return W.tell.back(th, call?.fn ?? "?", resultOf(e));
    case "routine": return W.tell.routine(e.fn, th, around);
    case "routine_end": return W.tell.routineEnd(call?.fn ?? "?", around);
    case "output": return W.tell.output(th, JSON.stringify(e.text));
    case "sample": return `${W.op(e.id)}: ${W.states.completed}`;
    case "released": return W.tell.released(e.id);
    case "peer": return `${peerSays(e)}${e.client === run.newcomer ? ` (${W.compare.newcomer})` : ""}`;
    case "end": return W.tell.end(W.tell.howEnded[e.how] ?? e.how);
    default: return e.text ?? e.e;
  }
}

// ---- drawing ----------------------------------------------------------------------------------------------------------------

const addressOf = (run, step) => (run.href ? `${run.href}#step=${step}&lang=${document.documentElement.lang}` : null);

function linked(run, step, text) {
  const address = addressOf(run, step);
  if (!address) return text;
  const node = el("a", "", text);
  node.href = address;
  return node;
}

function drawWaits() {
  const C = W.compare, known = runs.filter((run) => run.wait);
  $("waits").replaceChildren(...runs.map((run) => {
    const figures = run.newcomer === undefined ? [el("p", "", C.unknown)] : [
      el("p", "", ...(run.echo ? [el("strong", "", C.wait(figure(run.wait * 1000))), ` ${C.echo}`] : [C.never(figure(run.ends))])),
      el("p", "", run.taken ? C.taken(figure((run.taken.t - run.from) * 1000), run.calls.get(run.taken.n)?.fn ?? "?") : C.notTaken, " ", run.taken ? until(run) : "")];
    const item = el("li", `to-${run.model}`, el("h2", "", linked(run, run.taken ? run.stepOf.get(run.taken) : 0, run.name), el("span", "model", W.models[run.model])), ...figures, ...run.findings.map((finding) => el("p", "bad", `⚠ ${finding[document.documentElement.lang]}`)));
    if (run.wait) item.dataset.wait = Math.round(run.wait * 1e6);  // in µs, as the lines have it
    return item;
  }));
  const most = known.toSorted((a, b) => b.wait - a.wait)[0], least = known.toSorted((a, b) => a.wait - b.wait)[0];
  $("ratio").textContent = most?.wait > least?.wait ? C.ratio(most.name, least.name, (most.wait / least.wait).toFixed(1)) : "";
}

const beginning = () => Math.min(0, ...runs.map((run) => run.begins)) - 5;
const ending = () => Math.max(1, ...runs.map((run) => run.ends)) + 5;
const xAt = (ms) => NAMES + (ms - beginning()) * view.zoom;
const rowsOf = (run) => (run.newcomer === undefined ? 0 : 1) + (others(run) ? 1 : 0) + run.lanes.size;
const others = (run) => run.clients.size - (run.newcomer === undefined ? 0 : 1);
const heightOf = (run) => HEAD + rowsOf(run) * ROW_HEIGHT + 8;

function drawLanes() {
  const box = $("lanes"), space = el("div", "space"), height = AXIS + runs.reduce((sum, run) => sum + heightOf(run), 0);
  space.style.width = `${Math.ceil(xAt(ending()))}px`;
  space.style.height = `${height}px`;
  space.append(el("div", "sheet"));
  box.replaceChildren(space);
  drawSheet();
}

function drawSheet() {
  const box = $("lanes"), sheet = box.querySelector(".sheet"), width = box.clientWidth, left = box.scrollLeft, height = parseFloat(box.firstElementChild.style.height);
  const x = (ms) => xAt(ms) - left, first = beginning() + (left) / view.zoom, last = beginning() + (left + width - NAMES) / view.zoom, parts = [], names = [];
  const text = (list, cls, at, y, words, more = {}) => list.push(svg("text", { class: cls, x: at, y, ...more }, words));
  const clamp = (value) => Math.min(Math.max(value, -10), width + 10);
  const bar = (cls, from, to, y, h) => { const a = clamp(x(from)), b = clamp(x(to)); parts.push(svg("rect", { class: cls, x: a, y, width: Math.max(b - a, 1), height: h, rx: Math.min(2, h / 3) })); };
  const every = [.01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 1e4, 1e5].find((ms) => ms * view.zoom > 70) ?? 1e6;
  for (let ms = Math.ceil(first / every) * every; ms <= last; ms += every) {
    parts.push(svg("line", { class: "rule", x1: x(ms), x2: x(ms), y1: AXIS, y2: height }));
    text(parts, "tick", x(ms), 14, `${Number(ms.toFixed(2))} ms`, { "text-anchor": "middle" });
  }
  let y = AXIS;
  runs.forEach((run, index) => {
    const C = W.compare;
    if (index === view.chosen) parts.unshift(svg("rect", { class: "chosen", x: 0, y, width, height: heightOf(run) }));
    parts.push(svg("line", { class: "rule", x1: 0, x2: width, y1: y, y2: y }));
    text(names, "name", 8, y + 17, shorten(run.name, Math.floor(width / 8)));
    y += HEAD;
    const row = (name, draw) => { text(names, "lane", 8, y + 14, shorten(name, 18)); draw(y); y += ROW_HEIGHT; };
    if (run.newcomer !== undefined) row(C.newcomer, (y) => {
      bar("newcomer", 0, run.echo ? run.wait * 1000 : run.ends, y + 3, 14);
      if (run.echo) {
        const words = C.waits(figure(run.wait * 1000)), at = clamp(Math.max(x(run.wait * 1000), NAMES)) + 14, over = at < width && at + 10 * words.length > width;
        text(parts, "waits", over ? at - 28 : at, y + 15, words, over ? { "text-anchor": "end" } : {});
      }
      for (const e of run.peers) if (e.client === run.newcomer) text(parts, "peer", x((e.t - run.from) * 1000), y + 14, MARKS[e.did], { "text-anchor": "middle" });
    });
    if (others(run)) row(C.others(others(run)), (y) => {
      const sent = new Map();
      for (const e of run.peers.filter((e) => e.client !== run.newcomer)) {
        if (e.did === "send") sent.set(e.client, e.t);
        if (e.did === "receive" && sent.has(e.client)) { bar("busy", (sent.get(e.client) - run.from) * 1000, (e.t - run.from) * 1000, y + 5, 10); sent.delete(e.client); }
      }
      for (const from of sent.values()) bar("busy", (from - run.from) * 1000, run.ends, y + 5, 10);
      for (const e of run.peers) if (e.client !== run.newcomer) text(parts, "peer", x((e.t - run.from) * 1000), y + 14, MARKS[e.did], { "text-anchor": "middle" });
    });
    for (const [th, spans] of run.lanes) row(threadName(run, th), (y) => {
      const drawn = {};  // the last pixel of each kind: what lies closer than a pixel is drawn once
      for (const s of spans) {
        if (s.to < first - 10 || s.from > last + 10) continue;
        if (Math.round(x(s.to)) === drawn[s.kind]) continue;
        drawn[s.kind] = Math.round(x(s.to));
        if (s.kind === "wait") parts.push(svg("line", { class: "wait", x1: clamp(x(s.from)), x2: clamp(x(s.to)), y1: y + 10, y2: y + 10 }));
        else if (s.kind === "routine") bar("step routine", s.from, s.to, y + 3, 14);
        else if (s.kind === "call") bar("step call", s.from, s.to, y + 6, 8);
        else text(parts, s.kind, x(s.to), y + 15, s.kind === "accept" ? "●" : "×", { "text-anchor": "middle" });
      }
    });
    y += 8;
  });
  parts.push(svg("line", { class: "zero", x1: x(0), x2: x(0), y1: AXIS, y2: height }), svg("line", { class: "cursor", x1: x(view.at), x2: x(view.at), y1: 0, y2: height }));
  sheet.replaceChildren(svg("svg", { width, height, role: "img", "aria-label": W.compare.lanes }, ...parts, svg("rect", { class: "gutter", x: 0, y: AXIS, width: NAMES - 22, height, "fill-opacity": .85 }), ...names));
}

/** The last moment of a recording that is not after `ms`. */
const momentAt = (run, ms) => run.moments[run.moments.findLastIndex((m) => m.t <= ms + 1e-6)];

function drawMoment() {
  $("now").textContent = W.compare.now(figure(view.at));
  $("moment").replaceChildren(...runs.map((run, i) => {
    const moment = momentAt(run, view.at), item = el("li", `to-${run.model}${i === view.chosen ? " here" : ""}`, el("b", "", run.name), " ");
    if (!moment) { item.append(W.compare.before); return item; }
    item.append(`${W.step(moment.step)}: ${sentence(run, moment.e)} `);
    if (run.href) item.append(linked(run, moment.step, W.compare.open(moment.step)));
    return item;
  }));
}

// ---- going ------------------------------------------------------------------------------------------------------------------

function choose(index, ms) {
  view.chosen = Math.min(Math.max(index, 0), runs.length - 1);
  view.at = ms;
  const box = $("lanes"), here = xAt(ms);
  if (here < box.scrollLeft + NAMES || here > box.scrollLeft + box.clientWidth - 20) box.scrollLeft = here - box.clientWidth / 2;
  drawSheet();
  drawMoment();
}

const goTo = (moment) => { if (moment) choose(view.chosen, moment.t); };
const later = () => goTo(runs[view.chosen].moments.find((m) => m.t > view.at + 1e-6));
const earlier = () => goTo(runs[view.chosen].moments.findLast((m) => m.t < view.at - 1e-6));

/** Show the time from one moment to another. */
function show(from, to) {
  const box = $("lanes");
  view.zoom = (box.clientWidth - NAMES - 20) / (to - from);
  drawLanes();
  box.scrollLeft = xAt(from) - NAMES;
  drawSheet();
}

const fit = () => { const longest = Math.max(1, ...runs.map((run) => (run.echo ? run.wait * 1000 : run.ends))); show(-.08 * longest, 1.3 * longest); };
const whole = () => show(beginning(), ending());

function zoom(factor) {
  const box = $("lanes"), middle = (box.scrollLeft + box.clientWidth / 2 - NAMES) / view.zoom;
  view.zoom = Math.min(Math.max(view.zoom * factor, .01), 2000, 8e6 / (ending() - beginning()));  // wider than that, and browsers lose count
  drawLanes();
  box.scrollLeft = middle * view.zoom - box.clientWidth / 2 + NAMES;
  drawSheet();
}

/** Which recording, and when: where the pointer is in the lanes. */
function pointed(pointer) {
  const box = $("lanes"), place = box.getBoundingClientRect();
  let y = pointer.clientY - place.top - AXIS, index = 0;
  while (index < runs.length - 1 && y >= heightOf(runs[index])) y -= heightOf(runs[index++]);
  return [index, beginning() + (Math.floor(pointer.clientX) - place.left + box.scrollLeft - NAMES) / view.zoom];  // a click comes at whole pixels
}

function openPage() {
  const run = runs[view.chosen], moment = momentAt(run, view.at), address = moment && addressOf(run, moment.step);
  if (address) location.href = address;
}

function setLanguage(lang) {
  W = WORDS[lang];
  const C = W.compare;
  document.documentElement.lang = lang;
  $("title").textContent = C.title(runs.length);
  document.title = `${runs.map((run) => run.name).join(" | ")} — winsock_ctypes.trace`;
  $("language").textContent = W.other;
  $("language").lang = lang === "en" ? "ko" : "en";
  for (const id of ["about", "keys"]) $(id).textContent = C[id];
  for (const id of ["fit", "whole"]) { $(id).textContent = C[id]; $(id).title = C[`${id}Help`]; }
  for (const id of ["earlier", "later", "smaller", "larger"]) { $(id).title = C[id]; $(id).setAttribute("aria-label", C[id]); }
  $("lanes").setAttribute("aria-label", C.lanes);
  $("legend").replaceChildren(...Object.entries(C.legend).map(([kind, words]) => el("span", `l-${kind}`, words)));
  drawWaits();
  drawMoment();
  if ($("lanes").firstElementChild) drawSheet();
}

function onKey(key) {
  if (key.ctrlKey || key.altKey || key.metaKey || ["BUTTON", "A"].includes(document.activeElement?.tagName) && ["Enter", " "].includes(key.key)) return;
  const actions = { ArrowRight: later, ArrowLeft: earlier, ArrowDown: () => choose(view.chosen + 1, view.at), ArrowUp: () => choose(view.chosen - 1, view.at), Enter: openPage, "+": () => zoom(1.6), "=": () => zoom(1.6), "-": () => zoom(1 / 1.6), 0: fit, a: whole };
  const action = actions[key.key] ?? actions[key.key.toLowerCase()];
  if (!action) return;
  key.preventDefault();
  action();
}

function begin() {
  runs = readAll(parseLines($("log-data").textContent));
  const wanted = new URLSearchParams(location.hash.slice(1)).get("lang") ?? ((navigator.language || "en").startsWith("ko") ? "ko" : "en");
  setLanguage(Object.hasOwn(WORDS, wanted) ? wanted : "en");
  fit();
  const presses = { earlier, later, fit, whole, smaller: () => zoom(1 / 1.6), larger: () => zoom(1.6), language: () => setLanguage(W === WORDS.en ? "ko" : "en") };
  for (const [id, press] of Object.entries(presses)) $(id).onclick = press;
  const lanes = $("lanes");
  lanes.onscroll = drawSheet;
  lanes.onpointermove = (pointer) => { if (pointer.pointerType === "mouse" && !pointer.buttons) choose(...pointed(pointer)); };
  lanes.onclick = (click) => { choose(...pointed(click)); if (click.pointerType !== "touch") openPage(); };  // who touches, sees first what it is
  document.addEventListener("keydown", onKey);
  window.addEventListener("resize", drawSheet);
  window.addEventListener("hashchange", () => { const lang = new URLSearchParams(location.hash.slice(1)).get("lang"); if (Object.hasOwn(WORDS, lang ?? "")) setLanguage(lang); });
}
document.addEventListener("DOMContentLoaded", begin);
