// ---- source: the program, and where it is -----------------------------------------------------------------------------

const KEYWORDS = /^(?:and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|None|not|or|pass|raise|return|try|while|with|yield|True|False)$/;

function coloured(line) {
  const parts = [], token = /(#.*$)|((?:\b[rbfu]{1,2})?(?:"""|'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))|([A-Za-z_]\w*)|([^A-Za-z_#"']+|["'])/g;
  for (const [text, comment, string, word] of line.matchAll(token)) {
    const kind = comment ? "c" : string ? "s" : word && KEYWORDS.test(word) ? "k" : "";
    parts.push(kind ? el("span", kind, text) : text);
  }
  return parts;
}

/** file -> line -> the steps at which that line is the innermost one that runs. */
function indexLines(run) {
  const index = new Map();
  run.steps.forEach((step, i) => {
    for (const e of step.events) {
      const frame = e.stack?.findLast((f) => f[1] >= 0);
      if (!frame) continue;
      const key = `${frame[1]}:${frame[2]}`, steps = index.get(key) ?? [];
      if (steps.at(-1) !== i) steps.push(i);
      index.set(key, steps);
    }
  });
  return index;
}

/** The next execution of a line, from the beginning again after the last; -1 if it never calls anything. */
function nextOfLine(run, file, line, from) {
  const steps = run.lines.get(`${file}:${line}`) ?? [];
  return steps.find((i) => i > from) ?? steps[0] ?? -1;
}

let shownFile = null;

function drawSource() {
  const frames = (state.threads.get(state.th)?.stack ?? []).filter((frame) => frame[1] >= 0), now = frames.at(-1);
  const file = now ? now[1] : state.file, box = pane("source"), source = run.sources.get(file);
  if (!source) { $("file").textContent = W.noSource; box.replaceChildren(); return null; }
  if (shownFile !== file || !box.firstChild) {
    let doc = false;
    box.replaceChildren(...source.lines.map((line, i) => {
      const quotes = (line.match(/"""/g) ?? []).length, inside = doc || quotes > 0;
      if (quotes % 2) doc = !doc;
      const steps = run.lines.get(`${file}:${i + 1}`);
      const row = el("div", steps ? "calls" : "", el("i", "", String(i + 1)), ...(inside ? [el("span", "s", line)] : coloured(line)));
      if (steps) row.onclick = () => go(nextOfLine(run, file, i + 1, ui.at));
      return row;
    }));
    shownFile = file;
  }
  for (const row of box.querySelectorAll(".now, .caller")) row.classList.remove("now", "caller");
  for (const frame of frames) if (frame[1] === file) box.children[frame[2] - 1]?.classList.add("caller");
  $("file").textContent = source.name + (now ? `, ${W.line} ${now[2]}` : "");
  const row = now && box.children[now[2] - 1];
  if (!row) return null;
  row.classList.add("now");
  return () => {
    const top = row.offsetTop;
    if (top < box.scrollTop + 30 || top > box.scrollTop + box.clientHeight - 50) box.scrollTop = top - box.clientHeight / 3;
    box.scrollLeft = 0;
  };
}
