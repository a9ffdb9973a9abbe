// ---- threads: who runs, who waits, inside which call; and what was printed ----------------------------------------------

function threadState(id, thread) {
  if (thread.ended) return [W.ended, "ended"];
  const call = run.calls.get(thread.wait);
  if (thread.given.some((given) => given.e === "routine")) return [W.runsRoutine, "routine"];
  if (thread.wait && call) return [W.waits(call.fn, call.alertable), "waits"];
  return id === state.th ? [W.runs, "runs"] : ["", ""];
}

function drawThreads() {
  const seen = [...state.threads].filter(([, thread]) => thread.seen).sort((a, b) => (b[0] === state.th) - (a[0] === state.th));
  pane("threads").replaceChildren(...(seen.length ? some(seen, 10, ([id, thread]) => {
    const [words, kind] = threadState(id, thread), active = id === state.th && !thread.ended;
    const inner = [...thread.stack].reverse();
    const frames = !active ? [] : inner.map(([name, file, line]) => el("li", file < 0 ? "dll" : "", el("span", "", name), el("span", "soft", file < 0 ? "DLL" : `${run.sources.size > 1 ? `${run.sources.get(file)?.name.split("/").pop()}:` : `${W.line} `}${line}`)));
    const node = el("div", active ? "thread active" : "thread", el("h3", "", threadName(run, id), words ? el("span", `chip ${kind}`, words) : null),
      active ? el("ol", "frames", ...frames) : el("p", "away", inner.map(([name]) => name).join(" ← ")));
    node.dataset.thread = id;
    return node;
  }) : [empty()]));
  const box = pane("output");
  box.replaceChildren(...state.out.slice(-60).map((e) => el("span", e.stream === "stderr" ? "err" : "", e.text)));
  return () => { box.scrollTop = box.scrollHeight; };
}
