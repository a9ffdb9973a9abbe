// ---- draw: what all panes need, and the lanes of both pages ----------------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);
const pane = (id) => document.querySelector(`#${id} .body`);

function el(tag, cls, ...content) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  node.append(...content.filter((part) => part !== null && part !== undefined && part !== ""));
  return node;
}

function button(cls, press, ...content) {
  const node = el("button", cls, ...content);
  node.onclick = press;
  return node;
}

function svg(tag, attributes, ...content) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...content);
  return node;
}

const MARKS = { connect: "○", send: "▲", receive: "▽", close: "✕", reset: "✕" };  // of what a client did
const shorten = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const empty = () => el("p", "none", "–");

/** The first `most` of a list, and how many more there are. */
function some(list, most, draw) {
  const rows = list.slice(0, most).map(draw);
  if (list.length > most) rows.push(el("p", "none", W.more(list.length - most)));
  return rows;
}

/** Scrolls a pane so that a part of it can be seen. */
function showIn(box, node) {
  const top = node.offsetTop, bottom = top + Math.min(node.offsetHeight, 30);
  if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 2;
}

let W = WORDS.en, run = null, state = null;
const ui = { at: 0, all: false, predicting: false, questions: null, question: null, answer: null, score: [0, 0], filter: "", found: "", zoom: 13, asList: false, peek: null, tab: "picture", playing: 0 };
