// ---- card: step 0, what ran, who took part, what each pane is ------------------------------------------------------------

/** The first step of interest: where the first operation is started, or what comes after the set-up where none is. */
function firstOperation(run) {
  const first = run.steps.findIndex((step) => step.events.some((e) => e.op && e.op.to !== "posted"));
  return first > 0 ? first : Math.min(run.steps[1]?.fold === "setup" ? 2 : 1, run.steps.length - 1);
}

function drawCard() {
  const C = W.card, first = firstOperation(run), card = $("card");
  const threads = [...run.threads.keys()].map((id) => threadName(run, id));
  const begin = button("main", () => go(first), C.start(first, run.model === "plain")), predict = button("", () => { setPredict(true); go(Math.max(1, first - 1)); }, C.predict), all = button("", () => go(1), C.begin);
  card.replaceChildren(
    el("div", "col", el("h2", "", C.ran), el("p", "", el("code", "", [run.start.script, ...(run.start.args ?? [])].join(" "))), el("p", `model to-${run.model}`, C.models[run.model]), el("p", "soft", C.real),
      el("h2", "", C.took), el("p", "", C.threads(plural(threads))), el("p", "", [run.clients.size ? C.clients(run.clients.size) : "", C.ops([...run.ops.values()].filter((op) => op.to !== "posted").length)].filter(Boolean).join(", ")),
      run.findings.length ? el("p", "bad", C.found(run.findings.length)) : null,
      el("div", "starts", begin, predict, all)),
    el("div", "col", el("h2", "", C.ask), el("ol", "", ...C.q.map((text) => el("li", "", text))),
      el("h2", "", C.panes), el("dl", "", ...Object.entries(C.pane).flatMap(([id, text]) => [el("dt", "", id === "source" ? W.tabs.source : id === "timeline" ? W.tabs.timeline : W[id].split(/[:,]/)[0]), el("dd", "", text)]))));
}
