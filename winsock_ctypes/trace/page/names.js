// ---- names: short words for threads, blocks, values ------------------------------------------------------------------

const threadName = (run, id) => (run.threads.get(id) ?? "main").replace(/^Thread-(\d+) \((.+)\)$/, "$2 #$1");
const blockTitle = (block) => block.name || block.type || `malloc(${block.size})`;

/** A block, also one that was freed at this very step. */
const findBlock = (s, id) => s.blocks.get(id) ?? s.gone.find((block) => block.id === id);

/** A reference as people read it: `hbInfo.buf`. */
function refName(s, value) {
  const ref = refOf(value), block = ref && findBlock(s, ref.block);
  if (!ref) return String(value);
  return `${block ? blockTitle(block) : `@${ref.block}`}${ref.field ? `.${ref.field}` : ""}${ref.offset ? `+${ref.offset}` : ""}`;
}

/** The whole way that a reference leads: `handleInfo (socket 232, client 1)`. */
function refWay(s, value) {
  const ref = refOf(value), block = ref && findBlock(s, ref.block), way = block ? wayOf(s, block) : [];
  return refName(s, value) + (way.length ? ` (${way.join(", ")})` : "");
}

function wayOf(s, block) {
  const parts = [];
  for (const [field, inner] of block.values) {
    const socket = /hClntSock|hSock|^s$|socket/i.test(field) && s.sockets.get(inner);
    if (socket) {
      parts.push(`${W.socket} ${inner}`);
      if (socket.client !== undefined) parts.push(W.client(socket.client));
      return parts;
    }
  }
  if (block.client !== null && block.client !== undefined) parts.push(W.client(block.client));
  return parts;
}

/** The first bytes, as text and as hex: as many as have been received, if that is known. */
function bytesOf(value, received) {
  const hex = (value.slice(1).match(/../g) ?? []).slice(0, received);
  const raw = new Uint8Array(hex.map((byte) => Number.parseInt(byte, 16))), zero = raw.indexOf(0), end = zero < 0 ? raw.length : zero;  // text ends where C's would
  const shown = hex.slice(0, Math.min(received ?? Math.max(end + 1, 4), 16));
  const text = new TextDecoder("utf-8").decode(raw.subarray(0, end)).replace(/[\u0000-\u001f\u007f\ufffd]/g, "·");
  return { text, hex: shown.join(" ") + (hex.length > shown.length || received ? " …" : "") };
}

const upper = (text) => text[0].toUpperCase() + text.slice(1);
/** Short, with its number: `EchoThr… #2`. */
const shortName = (run, id) => threadName(run, id).replace(/^(.{7}).{3,}( #\d+)$/, "$1…$2").replace(/^(.{11}).{2,}$/, "$1…");
const plural = (list) => [...list].join(", ");
const resultOf = (e) => (e.raised ? e.raised : [e.result, e.error].filter(Boolean).join(", "));
const argText = (s, [name, text, ref]) => (refOf(ref) ? `&${refName(s, ref).replace(name === "lpBuffers" ? /\.len$/ : "", "")}` : text);
const argsText = (s, e) => e.args.map((arg) => argText(s, arg)).join(", ");
const opLabel = (op) => `${op.id} ${op.kind.replace("PostQueuedCompletionStatus", "Post")}`;
