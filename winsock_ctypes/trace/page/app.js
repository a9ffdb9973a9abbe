// ---- app: from step to step ---------------------------------------------------------------------------------------------

/** Make the steps, and everything that is looked up by step. */
function prepare() {
  run.steps = makeSteps(run, ui.all);
  run.stepOf = new Map();
  run.depth = [];
  const depth = new Map();
  run.steps.forEach((step, i) => {
    for (const e of step.events) run.stepOf.set(e, i);
    const e = step.events[0];
    if (e?.e === "routine_end") depth.set(step.th, depth.get(step.th) - 1);
    run.depth[i] = e?.e === "peer" ? 0 : depth.get(step.th) ?? 0;
    if (e?.e === "routine") depth.set(step.th, (depth.get(step.th) ?? 0) + 1);
  });
  run.about = run.steps.map((step) => aboutStep(run, step));
  run.lines = indexLines(run);
  run.timeline = layTimeline(run);
  shownFile = null;
  prepareWords();
}

/** The rows, each in the state of its step, and the questions: both are words, so they are made anew for each language. */
function prepareWords() {
  const s = newState(run);
  run.rows = run.steps.map((step) => { advance(run, s); return rowText(run, s, step); });
  ui.questions = ui.predicting ? makeQuestions(run) : null;
  state = null;
  run.visible = visibleSteps();
}

function draw() {
  state = stateAt(run, ui.at, state);
  document.body.classList.toggle("at-start", ui.at === 0);
  document.body.classList.toggle("predicting", ui.predicting);
  $("card").hidden = ui.at !== 0;
  if (ui.at === 0) drawCard();
  drawSay();
  const later = [drawOperations(), drawSource(), drawThreads(), drawMemory(), drawLog, markLanes];  // first all that is written, then what must be measured
  for (const settle of later) settle?.();
  const last = run.steps.length - 1, where = `${W.of} ${ui.at} / ${last}`;
  $("slider").value = ui.at;
  $("slider").setAttribute("aria-valuetext", where);
  $("where").textContent = where + (ui.score[1] ? ` · ${W.ask.done(...ui.score)}` : "");
  $("first").disabled = $("back").disabled = ui.at === 0;
  $("next").disabled = $("last").disabled = ui.at === last;
  $("jump").disabled = nextDelivery(ui.at) < 0;
  $("follow").disabled = !operationAt(ui.at);
  clearTimeout(addressLater);  // browsers limit how often a page may do this
  addressLater = setTimeout(showAddress, 250);
}

let addressLater = 0;
const address = () => `#step=${ui.at}&lang=${document.documentElement.lang}${ui.all ? "&all=1" : ""}${ui.predicting ? "&predict=1" : ""}`;
const showAddress = () => { if (location.hash !== address()) history.replaceState(null, "", address()); };

function drawSay() {
  const parts = tell(run, state, run.steps[ui.at]), telling = $("telling"), asking = $("asking");
  const reasons = parts.filter((part) => part.kind === "why").map((part) => part.text);
  const said = ui.at === 0 ? [el("p", "main", W.card.real)] : [el("p", "main", parts[0].text), el("p", "effects", ...parts.filter((part) => part.kind === "effect").flatMap((part) => [el("span", "effect", part.text), " "]))];
  telling.replaceChildren(el("div", "what", ...said), reasons.length ? el("p", "why", el("b", "", `${state.done.length ? W.why.head : W.why.plain} `), reasons.join(" ")) : "");
  const blocks = [];
  if (ui.answer) blocks.push(el("p", ui.answer.right ? "verdict right" : "verdict wrong", el("b", "", ui.answer.right ? `✓ ${W.ask.right} ` : `✗ ${W.ask.wrong} `), ui.answer.text));
  if (ui.question) {
    blocks.push(el("p", "question", el("b", "", `${W.ask.head} `), ui.question.text), el("div", "choices", ...ui.question.choices.map((choice, i) => button("choice", () => answer(i), el("kbd", "", String(i + 1)), ` ${choice.text}`))));
    telling.hidden = true;
  } else telling.hidden = false;
  asking.replaceChildren(...blocks);
  $("say").scrollTop = 0;
  $("spoken").textContent = `${W.step(ui.at)}. ${asking.textContent} ${ui.question ? "" : telling.textContent}`;
}

// ---- going ----------------------------------------------------------------------------------------------------------------

const nextDelivery = (from) => run.steps.findIndex((step, i) => i > from && step.events.some((e) => e.delivered?.length));

function go(step) {
  ui.question = ui.answer = null;
  arrive(step);
}

function arrive(step) {
  ui.at = Math.min(Math.max(step, 0), run.steps.length - 1);
  ui.peek = null;
  draw();
}

/** The next step that may be seen. While one predicts, a look at an OVERLAPPED is passed over: it would give the answer away. */
function following(from, direction) {
  let i = run.visible.findIndex((step) => step > from);
  if (direction < 0) i = run.visible.findLastIndex((step) => step < from);
  while (ui.predicting && run.visible[i] !== undefined && run.steps[run.visible[i]].events[0]?.e === "sample") i += direction;
  return run.visible[i] ?? from;
}

function forward() {
  if (ui.question) return;
  const to = following(ui.at, 1);
  if (to === ui.at) return;
  const question = ui.predicting && ui.questions.get(to);
  if (question && !question.answered) { ui.answer = null; ui.question = question; draw(); $("asking").querySelector("button").focus(); }
  else go(to);
}

function backward() { go(ui.question ? ui.at : following(ui.at, -1)); }

function answer(i) {
  const question = ui.question, choice = question?.choices[i];
  if (!choice) return;
  const right = question.choices.find((other) => other.right);
  question.answered = true;
  ui.score = [ui.score[0] + (choice.right ? 1 : 0), ui.score[1] + 1];
  ui.answer = { right: choice.right, text: choice.right ? upper(choice.because) : `${upper(choice.because)} ${W.ask.instead(right.text)}${right.because === choice.because ? "" : ` ${upper(right.because)}`}` };
  ui.question = null;
  arrive(question.step);
  $("next").focus();
}

/** To the next delivery; while one predicts, to the step before it, where the question stands. */
function jump() {
  const to = nextDelivery(ui.at);
  if (to < 0 || ui.question) return;
  if (!ui.predicting) return go(to);
  if (following(to, -1) > ui.at) go(following(to, -1));
  forward();
}

/** The operation that a step is about: the first that it names. */
const operationAt = (i) => [...(run.about[i] ?? [])].find((about) => about.startsWith("op "));

function follow(direction) {
  const op = operationAt(ui.at);
  let i = ui.at + direction;
  while (i > 0 && i < run.steps.length && !run.about[i].has(op)) i += direction;
  if (i > 0 && i < run.steps.length && !isHiddenRow(i)) go(i);
}

function nextOfThisLine() {
  const frame = (state.threads.get(state.th)?.stack ?? []).findLast((f) => f[1] >= 0);
  const to = frame ? nextOfLine(run, frame[1], frame[2], ui.at) : -1;
  if (to > 0) go(to);
}

function play() {
  clearInterval(ui.playing);
  ui.playing = ui.playing ? 0 : setInterval(() => {
    if (ui.question || ui.at === run.steps.length - 1) play(); else forward();
  }, 1200);
  $("play").setAttribute("aria-pressed", Boolean(ui.playing));
  $("play").textContent = ui.playing ? "❚❚" : "▶▶";
  label("play", ui.playing ? W.pause : W.play);
}

async function copyLink() {
  showAddress();
  try { await navigator.clipboard.writeText(location.href); } catch { // a page from a file may not be allowed to
    const field = el("textarea", "", location.href);
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  $("copy").textContent = `✓ ${W.copied}`;
  $("spoken").textContent = W.copied;
  setTimeout(() => { $("copy").textContent = W.copy; }, 1500);
}

function search() {
  const text = $("search").value.trim();
  if (!text) return;
  const to = findNext(text, ui.at);
  $("search").setAttribute("aria-invalid", to < 0);
  if (to > 0) go(to);
}

// ---- settings ---------------------------------------------------------------------------------------------------------------

function label(id, words) {
  $(id).title = words;
  $(id).setAttribute("aria-label", words);
}

function setLanguage(lang) {
  W = WORDS[lang];
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = W[node.dataset.t];
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", W[node.dataset.label]);
  for (const id of ["first", "back", "next", "last", "help", "larger", "smaller"]) label(id, W[id]);
  for (const [id, words, text] of [["jump", W.jumpHelp, W.jump], ["follow", W.followHelp, W.follow], ["predict", W.predictHelp, W.predict], ["copy", W.copyHelp, W.copy], ["unfold", W.unfoldHelp, W.unfold], ["aslist", W.asListHelp, W.asList]]) {
    $(id).title = words;
    $(id).textContent = text;
  }
  label("play", W.play);
  label("shut", W.close);
  $("language").textContent = W.other;
  $("language").lang = lang === "en" ? "ko" : "en";
  $("search").placeholder = W.search;
  label("search", W.searchHelp);
  label("filter", W.filter);
  for (const id of ["slider"]) $(id).setAttribute("aria-label", W[id]);
  $("say").setAttribute("aria-label", W.says);
  $("box").setAttribute("aria-label", W.help);
  for (const [id, words] of [["source", W.tabs.source], ["log", W.log], ["operations", W.operations], ["threads", W.threads], ["output", W.output], ["memory", W.memory], ["timeline", W.timeline]]) $(id).setAttribute("aria-label", words);
  for (const id of ["source", "log", "operations", "threads", "output", "memory", "timeline"]) { const body = pane(id); body.setAttribute("role", "group"); body.setAttribute("aria-label", $(id).getAttribute("aria-label")); }
  $("oplist").setAttribute("role", "group");
  $("oplist").setAttribute("aria-label", W.asListHelp);
  $("model").textContent = W.models[run.model];
  $("model").className = `model to-${run.model}`;
  $("about").textContent = W.about(run.steps.length - 1, (run.shown.at(-1)?.t ?? 0).toFixed(1), run.start.python);
  $("owners").replaceChildren(ownerChip(false), ownerChip(true));
  $("legend").replaceChildren(...Object.entries(W.legend).map(([kind, text]) => el("span", `l-${kind}`, text)));
  $("tabs").replaceChildren(...Object.entries(W.tabs).map(([id, text]) => { const node = button(ui.tab === id ? "tab on" : "tab", () => setTab(id), text); node.dataset.id = id; node.setAttribute("aria-pressed", ui.tab === id); return node; }));
  $("findings").replaceChildren(...run.findings.map((finding) => el("li", "", button("", () => go(run.stepOf.get(run.calls.get(finding.n)) ?? 0), `⚠ ${finding[lang]}`))));
  drawFilter();
}

function drawFilter() {
  const option = (value, text) => { const node = el("option", "", text); node.value = value; node.selected = value === ui.filter; return node; };
  const sockets = new Set([...run.ops.values()].map((op) => op.s).filter(Boolean));
  $("filter").replaceChildren(option("", W.everything), ...[...run.threads.keys()].map((id) => option(`thread ${id}`, `${W.thread} ${threadName(run, id)}`)), ...[...run.clients].map((n) => option(`client ${n}`, W.client(n))),
    ...[...sockets].slice(0, 50).map((s) => option(`socket ${s}`, `${W.socket} ${s}`)), ...[...run.ops.values()].slice(0, 200).map((op) => option(`op ${op.id}`, `${W.op(op.id)}: ${op.kind}`)));
}

function setTab(id) {
  ui.tab = id;
  for (const node of $("tabs").children) { node.classList.toggle("on", node.dataset.id === id); node.setAttribute("aria-pressed", node.dataset.id === id); }
  document.body.dataset.tab = id;
  draw();
}

function setPredict(on) {
  ui.predicting = on;
  ui.score = [0, 0];
  ui.question = ui.answer = null;
  $("predict").setAttribute("aria-pressed", on);
  ui.questions = on ? makeQuestions(run) : null;
}

function setAll(on) {
  const event = run.steps[ui.at]?.events[0];
  ui.all = on;
  $("unfold").setAttribute("aria-pressed", on);
  prepare();
  $("slider").max = run.steps.length - 1;
  drawLanes();
  return event ? run.stepOf.get(event) : 0;
}

function setZoom(factor) {
  ui.zoom = Math.min(Math.max(ui.zoom * factor, 1.5), 40);
  drawLanes();
  $("lanes").scrollLeft = xOf(ui.at) - $("lanes").clientWidth / 2;
  markLanes();
}

function setList(on) {
  ui.asList = on;
  $("aslist").setAttribute("aria-pressed", on);
  $("lanes").hidden = on;
  $("oplist").hidden = !on;
  draw();
}

/** What the address says. */
function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1)), lang = wanted.get("lang");
  if (lang && Object.hasOwn(WORDS, lang) && lang !== document.documentElement.lang) { setLanguage(lang); prepareWords(); }
  if ((wanted.get("all") === "1") !== ui.all) setAll(!ui.all);
  if ((wanted.get("predict") === "1") !== ui.predicting) setPredict(!ui.predicting);
  return Number.parseInt(wanted.get("step") ?? "0", 10) || 0;
}

/** On paper: the picture of this step, the operations as a list, and the whole list of steps as text. */
function layPaper() {
  drawOpList();
  $("paper").replaceChildren(el("h2", "", W.asListHelp.replace(/ \(T\)$/, "")), $("oplist").firstChild.cloneNode(true), el("h2", "", W.log), el("ol", "", ...run.rows.slice(1, 400).map((text, i) => { const item = el("li", i + 1 === ui.at ? "here" : "", text); item.value = i + 1; return item; })));
}

const typing = () => ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName) && document.activeElement.type !== "range";

function onKey(key) {
  if (key.ctrlKey || key.altKey || key.metaKey || $("box").open) return;
  if (typing()) {
    if (key.key === "Escape") document.activeElement.blur();
    if (key.key === "Enter" && document.activeElement === $("search")) { key.preventDefault(); search(); $("search").focus(); }
    return;
  }
  const inLog = $("log").contains(document.activeElement);
  const actions = {
    ArrowRight: forward, ArrowLeft: backward, Home: () => go(0), End: () => go(Infinity), n: jump, o: () => follow(1), O: () => follow(-1), l: nextOfThisLine,
    p: () => { setPredict(!ui.predicting); draw(); }, c: copyLink, f: () => go(setAll(!ui.all)), "+": () => setZoom(1.4), "=": () => setZoom(1.4), "-": () => setZoom(1 / 1.4), t: () => setList(!ui.asList),
    "/": () => { if (getComputedStyle($("log")).display === "none") setTab("log"); $("search").focus(); }, "?": showHelp,
    Escape: () => { if (ui.playing) play(); if (ui.question) go(ui.at); },
  };
  if (inLog) Object.assign(actions, { ArrowDown: forward, ArrowUp: backward });
  if (key.key === " " && !["BUTTON", "SELECT"].includes(document.activeElement?.tagName)) actions[" "] = play;
  if (ui.question && /^[1-9]$/.test(key.key)) actions[key.key] = () => answer(Number(key.key) - 1);
  const action = actions[key.key] ?? actions[key.key.toLowerCase()];
  if (!action) return;
  key.preventDefault();
  action();
  if (inLog) pane("log").querySelector("[aria-current]")?.focus({ preventScroll: true });
}

function begin() {
  run = readRun(parseLines($("log-data").textContent));
  const title = [run.start.script, ...(run.start.args ?? [])].join(" ");
  $("title").textContent = title;
  document.title = `${title} — winsock_ctypes.trace`;
  document.body.dataset.tab = ui.tab;
  W = WORDS[(navigator.language || "en").startsWith("ko") ? "ko" : "en"];
  prepare();
  $("slider").max = run.steps.length - 1;
  setLanguage(W === WORDS.ko ? "ko" : "en");
  drawLanes();
  const presses = {
    first: () => go(0), back: backward, next: forward, last: () => go(Infinity), play, jump, follow: () => follow(1), copy: copyLink, help: showHelp, shut: () => $("box").close(),
    predict: () => { setPredict(!ui.predicting); draw(); }, unfold: () => go(setAll(!ui.all)), smaller: () => setZoom(1 / 1.4), larger: () => setZoom(1.4), aslist: () => setList(!ui.asList),
    language: () => { setLanguage(W === WORDS.en ? "ko" : "en"); ui.question = ui.answer = null; prepareWords(); draw(); },
  };
  for (const [id, press] of Object.entries(presses)) $(id).onclick = press;
  $("slider").oninput = () => go(Number($("slider").value));
  $("filter").onchange = () => { ui.filter = $("filter").value; run.visible = visibleSteps(); draw(); };
  $("search").oninput = () => $("search").removeAttribute("aria-invalid");
  pane("log").onscroll = drawRows;
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", () => go(readAddress()));
  window.addEventListener("resize", () => draw());
  window.addEventListener("beforeprint", layPaper);
  go(readAddress());
}
document.addEventListener("DOMContentLoaded", begin);
