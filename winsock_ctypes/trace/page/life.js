// ---- life: all of one block, or of one operation, from beginning to end -------------------------------------------------

/** [[step, sentence]]: where a block changed, changed its owner, was given back. */
function lifeOfBlock(run, id) {
  const life = [], values = new Map();
  run.steps.forEach((step, i) => {
    for (const e of step.events) {
      for (const block of e.early ?? []) if (block.id === id && !life.length) life.push([i, W.lifeBorn]);
      for (const [field, value] of Object.entries(e.mem?.[id] ?? {})) {
        if (values.has(field)) life.push([i, `${field || "·"}: ${lifeValue(values.get(field))} → ${lifeValue(value)}`]);
        else if (value && value !== "NULL" && !DULL.test(field) && !/^#0*$/.test(value)) life.push([i, `${field || "·"} = ${lifeValue(value)}`]);
        values.set(field, value);
      }
      for (const [block, field, op] of e.own ?? []) if (block === id) life.push([i, `${field ? `${field}: ` : ""}${W.lifeOwn(op)}`]);
      if (e.gone?.includes(id)) life.push([i, W.lifeGone]);
    }
  });
  return life;
}

const lifeValue = (value) => plainValue(value);

/** The steps at which an operation is concerned. */
function lifeOfOp(run, id) {
  const life = [];
  run.steps.forEach((step, i) => { if (run.about[i].has(`op ${id}`)) life.push([i, rowOf(i)]); });
  return life;
}

function showList(title, life) {
  const seen = life.filter(([i]) => !isHiddenRow(i));
  showBox(el("h2", "", title), el("ol", "life", ...(seen.length ? seen.slice(0, 400).map(([i, text]) => el("li", i === ui.at ? "here" : "", button("link", () => { $("box").close(); go(i); }, W.step(i)), ` ${text}`)) : [el("li", "", W.lifeNone)])));
}

function showLife(id) {
  const block = findBlock(state, id);
  showList(W.life(blockTitle(block)) + (block.client ? `, ${W.client(block.client)}` : ""), lifeOfBlock(run, id));
}

const showOpLife = (id) => showList(W.opLife(run.ops.get(id)), lifeOfOp(run, id));

function showBox(...content) {
  $("boxed").replaceChildren(...content);
  if (!$("box").open) $("box").showModal();
}

function showHelp() {
  const H = W.helpBox;
  showBox(el("h2", "", H.title), el("dl", "keys", ...H.keys.flatMap(([keys, what]) => [el("dt", "", ...keys.split("  ").flatMap((key, i) => [i ? " " : null, el("kbd", "", key)])), el("dd", "", what)])),
    el("h3", "", H.marks), el("p", "marks", el("span", "owner kernel", el("b", "", "K")), ` ${H.mark.kernel}`), el("p", "marks", el("span", "owner program", el("b", "", "P")), ` ${H.mark.program}`), el("p", "marks", H.mark.changed),
    el("p", "marks", ...["pending", "completed", "delivered"].flatMap((name) => [el("span", `op ${name}`, el("span", "mark", { pending: "◔", completed: "●", delivered: "✓" }[name]), ` ${W.states[name]}`), " "])));
}
