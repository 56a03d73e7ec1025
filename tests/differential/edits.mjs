// Random edits, described as values so that yjs (here) and Footprint (edits.cpp) can make the same.
import * as Y from "yjs";
import { roots } from "./tagged.mjs";

const TEXTS = [
  "a",
  "bc",
  "hello ",
  "Plan ",
  "é",
  "日本",
  "😀",
  "x😀y",
  "\n",
  " end.",
  "ﬀ",
  "\u0000",
];
const MARKS = [true, null, {}, "red", 3, { href: "https://e.test/" }, { id: "c1" }];
const VALUES = [
  null,
  true,
  false,
  0,
  -0,
  63,
  -64,
  1e21,
  0.1,
  NaN,
  "",
  "word",
  [1, [2]],
  { k: { n: 1 } },
];

const value = (random) =>
  random.chance(0.1)
    ? Uint8Array.from({ length: random.below(5) }, () => random.below(256))
    : random.pick(VALUES);

// Where pairs may be cut there are no marks: yjs tidies marks after changes by others, in a shadow too, and the shadow's
// next edit would then have other bytes.
const attrs = (random) =>
  Object.fromEntries(
    Array.from({ length: random.cutsPairs ? 0 : random.range(1, 2) }, () => [
      random.pick(["strong", "em", "link", "comment--Ab3dEf7+"]),
      random.pick(MARKS),
    ]),
  );

/** The text of a delta, a full stop for each embed: one unit each, as yjs counts. */
const deltaText = (delta) =>
  delta.map((step) => (typeof step.insert === "string" ? step.insert : ".")).join("");

/** A place for an edit; moved out of a surrogate pair unless pairs may be cut. */
const place = (random, text, pos) =>
  !random.cutsPairs && /[\udc00-\udfff]/.test(text[pos] ?? "") ? pos - 1 : pos;

/** All types of tagged content that edits can reach: {path, node}. */
function reachable(content) {
  const found = [];
  const visit = (node, path) => {
    if (node === null || typeof node !== "object") return;
    if (!("$text" in node || "$xmltext" in node || "$array" in node)) {
      if (!("$map" in node || "$xml" in node || "$fragment" in node)) return;
    }
    found.push({ node, path });
    const children = node.$array ?? node.children ?? node.$fragment ?? [];
    children.forEach((child, index) => visit(child, [...path, index]));
    for (const [key, child] of Object.entries(node.$map ?? {})) visit(child, [...path, key]);
  };
  for (const root of Object.keys(content)) visit(content[root], [root]);
  return found;
}

function textEdit(random, path, delta) {
  const text = deltaText(delta);
  const len = text.length;
  const pos = place(random, text, random.below(len + 1));
  const kind = random.below(100);
  if (len === 0 || kind < 45) {
    const edit = { op: "text.insert", path, pos, str: random.pick(TEXTS) };
    return random.chance(0.25) ? { ...edit, attrs: attrs(random) } : edit;
  }
  const at = place(random, text, random.below(len));
  const span = (from, most) =>
    place(random, text, from + random.range(1, Math.min(len - from, most))) - from;
  if (kind < 68) return { op: "text.delete", path, pos: at, len: span(at, 6) };
  if (kind < 84 && !random.cutsPairs)
    return { op: "text.format", path, pos: at, len: span(at, len), attrs: attrs(random) };
  if (kind < 88) return { op: "text.embed", path, pos, value: { image: "x.png" }, attrs: {} };
  const steps =
    pos > 0 ? [{ retain: pos, ...(random.chance(0.3) ? { attributes: attrs(random) } : {}) }] : [];
  steps.push({
    insert: random.pick(TEXTS),
    ...(random.chance(0.3) ? { attributes: attrs(random) } : {}),
  });
  if (pos < len) steps.push({ delete: span(pos, 3) });
  return { op: "text.delta", path, delta: steps.filter((step) => step.delete !== 0) };
}

function listEdit(random, path, children, isXml, crowded) {
  const len = children.length;
  if (len > 0 && random.chance(crowded ? 0.6 : 0.3)) {
    const pos = random.below(len);
    return {
      op: isXml ? "xml.delete" : "array.delete",
      path,
      pos,
      len: random.range(1, Math.min(2, len - pos)),
    };
  }
  const pos = random.below(len + 1);
  if (!isXml) {
    if (random.chance(0.2))
      return { op: "list.insertType", path, pos, type: random.pick(["Map", "Array", "Text"]) };
    return {
      op: "array.insert",
      path,
      pos,
      values: Array.from({ length: random.range(1, 3) }, () => value(random)),
    };
  }
  if (random.chance(0.4)) return { op: "list.insertType", path, pos, type: "XmlText" };
  const kind = random.pick(["p", "h3", "ul"]);
  return {
    op: "xml.insertElement",
    path,
    pos,
    name: "paragraph",
    attrs: { kind },
    text: random.pick(TEXTS),
  };
}

function mapEdit(random, path) {
  const key = random.pick(["a", "b", "title", "ключ"]);
  if (random.chance(0.25)) return { op: "map.delete", path, key };
  if (random.chance(0.2))
    return { op: "map.setType", path, key, type: random.pick(["Map", "Array", "Text"]) };
  return { op: "map.set", path, key, value: value(random) };
}

/** One edit that fits the content (in tagged form). */
export function randomEdit(random, content) {
  const all = reachable(content);
  const { node, path } = random.chance(0.4) ? random.pick(all.slice(0, 1)) : random.pick(all);
  if (node.$text ?? node.$xmltext) return textEdit(random, path, node.$text ?? node.$xmltext);
  if (node.$map) return mapEdit(random, path);
  if (node.$xml && random.chance(0.3))
    return { op: "map.set", path, key: "indent", value: random.below(3) };
  const isXml = !node.$array;
  return listEdit(
    random,
    path,
    node.$array ?? node.children ?? node.$fragment,
    isXml,
    all.length > 25,
  );
}

function target(doc, path) {
  let type = roots(doc)[path[0]];
  for (const step of path.slice(1)) type = type.get(step);
  return type;
}

const made = (edit) => (edit.type === "XmlText" ? new Y.XmlText() : new Y[edit.type]());

/** Makes the edit on a yjs document. */
export function makeEdit(doc, edit) {
  const type = target(doc, edit.path);
  switch (edit.op) {
    case "text.insert":
      return type.insert(edit.pos, edit.str, edit.attrs && { ...edit.attrs });
    case "text.delete":
      return type.delete(edit.pos, edit.len);
    case "text.format":
      return type.format(edit.pos, edit.len, { ...edit.attrs });
    case "text.embed":
      return type.insertEmbed(edit.pos, edit.value, {});
    case "text.delta":
      return type.applyDelta(structuredClone(edit.delta));
    case "array.insert":
      return type.insert(edit.pos, edit.values);
    case "array.delete":
    case "xml.delete":
      return type.delete(edit.pos, edit.len);
    case "list.insertType":
      return type.insert(edit.pos, [made(edit)]);
    case "xml.insertElement": {
      const element = new Y.XmlElement(edit.name);
      type.insert(edit.pos, [element]);
      for (const key in edit.attrs) element.setAttribute(key, edit.attrs[key]);
      const text = new Y.XmlText();
      element.insert(0, [text]);
      return text.insert(0, edit.text);
    }
    case "map.set":
      return type instanceof Y.XmlElement
        ? type.setAttribute(edit.key, edit.value)
        : type.set(edit.key, edit.value);
    case "map.setType":
      return type.set(edit.key, made(edit));
    case "map.delete":
      return type.delete(edit.key);
    default:
      throw new Error(`no such edit: ${edit.op}`);
  }
}
