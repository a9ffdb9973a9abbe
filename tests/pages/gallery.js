"use strict";
// One of several broken programs: what was found is hidden until the reader asks for it, finds its step, or comes to where it shows.
const GALLERY = {
  en: {
    choose: "Broken program", question: "What goes wrong, and at which step?", here: "At this step", show: "Show the answer", right: "Yes.", wrong: (n) => `Not at step ${n}.`,
    answer: (made, shown) => (made === shown ? `It goes wrong at step ${made}: see below.` : `It goes wrong at step ${made}, and shows at step ${shown}: see below.`), read: "Read on",
  },
  ko: {
    choose: "잘못된 프로그램", question: "무엇이 잘못됐고, 몇 단계에서 잘못되는가?", here: "이 단계다", show: "답 보기", right: "맞다.", wrong: (n) => `${n}단계가 아니다.`,
    answer: (made, shown) => (made === shown ? `${made}단계에서 잘못된다. 아래를 보자.` : `${made}단계에서 잘못되고 ${shown}단계에서 드러난다. 아래를 보자.`), read: "더 읽기",
  },
};
const gallery = { cases: [], one: null, alone: false, answered: false, said: "", before: 0 };

/** Leaves the lines of one program to the page. They come after a line that says which programs there are. */
function pickCase() {
  const [first, ...lines] = $("log-data").textContent.split("\n").filter(Boolean), { cases, alone } = JSON.parse(first), groups = [];
  for (const line of lines) { if (line.startsWith('{"e":"start"')) groups.push([]); groups.at(-1).push(line); }
  const hash = new URLSearchParams(location.hash.slice(1)), wanted = alone ?? hash.get("case") ?? new URLSearchParams(location.search).get("case");
  gallery.one = cases.find((one) => one.name === wanted) ?? cases[0];
  Object.assign(gallery, { cases, alone: Boolean(alone) });
  const mine = groups[alone ? 0 : cases.indexOf(gallery.one)];
  $("log-data").textContent = mine.join("\n");
  const kinds = mine.map((line) => JSON.parse(line).e), steps = (e) => !["start", "source", "thread", "type", "block", "stack", "diagnosis"].includes(e);
  gallery.before = kinds.slice(0, kinds.indexOf("diagnosis")).filter(steps).length;  // shown events before it was found
  hash.delete("case");
  if (!alone) try { history.replaceState(null, "", `?case=${gallery.one.name}#${hash}`); } catch { /* the page can still be read */ }
  const drawPage = draw;
  draw = () => { drawPage(); drawCase(); };
}

/** The steps where the mistake is made, those that the recorder names, and the one where it is found. */
function stepsOfCase() {
  const at = run.shown[gallery.before]?.e === "end" ? gallery.before : gallery.before - 1;
  const faults = run.shown.filter((e) => e.e === "call" && gallery.one.lines.includes(e.stack.findLast((frame) => frame[1] === 0)?.[2]));
  const made = (faults.length ? faults : run.findings.map((finding) => run.calls.get(finding.n))).map((e) => run.stepOf.get(e) ?? 0);
  return [made, run.findings.map((finding) => run.stepOf.get(run.calls.get(finding.n)) ?? 0), run.stepOf.get(run.shown[at]) ?? 0];
}

function drawCase() {
  const G = GALLERY[document.documentElement.lang], { one, cases } = gallery, [made, named, shown] = stepsOfCase(), title = one.title[document.documentElement.lang];
  if (ui.at >= shown) gallery.answered = true;
  $("title").textContent = document.title = title;
  document.body.classList.toggle("asking", !gallery.answered);
  const choose = el("select", "", ...cases.map((other) => { const option = el("option", "", other.title[document.documentElement.lang]); option.value = other.name; option.selected = other === one; return option; }));
  choose.setAttribute("aria-label", G.choose);
  choose.onchange = () => { location.href = `${gallery.alone ? `${choose.value}.html` : `?case=${choose.value}`}#lang=${document.documentElement.lang}`; };
  const guess = () => { gallery.said = [...made, ...named, shown].includes(ui.at) ? G.right : G.wrong(ui.at); gallery.answered ||= gallery.said === G.right; drawCase(); $("found").querySelector("button")?.focus(); };
  const parts = [choose, el("span", "symptom", one.symptom[document.documentElement.lang]), el("b", "", G.question)];
  if (!gallery.answered) parts.push(button("", guess, G.here), button("", () => { gallery.answered = true; drawCase(); }, G.show));
  const answer = el("span", "answer", gallery.said, " ", gallery.answered ? G.answer(made[0], shown) : "");
  answer.setAttribute("role", "status");
  parts.push(answer);
  if (gallery.answered) { const link = el("a", "", G.read); link.href = one.read[document.documentElement.lang]; parts.push(link); }
  $("case").setAttribute("aria-label", G.question);
  const had = $("case").contains(document.activeElement) && document.activeElement.tagName;
  $("case").replaceChildren(...parts);
  if (had) $("case").querySelector(had.toLowerCase())?.focus();
}
document.addEventListener("DOMContentLoaded", pickCase);
