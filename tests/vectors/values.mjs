// The form in which vectors hold values (README.md), and replicas that only merge what they receive.
import * as Y from "yjs";

export const ROOTS = { text: "Text", arr: "Array", map: "Map", xml: "XmlFragment" };
export const base64 = (bytes) => Buffer.from(bytes).toString("base64");
export const fromBase64 = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** Any lib0 value as JSON; what JSON lacks stands in a one-key object. Keys are sorted. */
export function tag(value) {
  if (value === undefined) return { $undefined: 1 };
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (Object.is(value, -0)) return { $float: "-0" };
  if (typeof value === "number" && !Number.isFinite(value)) return { $float: String(value) };
  if (value instanceof Uint8Array) return { $bytes: base64(value) };
  if (value instanceof Y.Doc) return { $doc: value.guid };
  if (value instanceof Y.AbstractType) return typed(value);
  if (Array.isArray(value)) return value.map(tag);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, tag(value[key])]));
}

const delta = (text) =>
  text.toDelta().map(({ insert, attributes }) => ({
    insert: tag(insert),
    ...(attributes ? { attributes: tag(attributes) } : {}),
  }));

export function typed(type) {
  if (type instanceof Y.XmlHook) return { $xmlhook: type.hookName };
  if (type instanceof Y.XmlText) return { $xmltext: delta(type), attrs: tag(type.getAttributes()) };
  if (type instanceof Y.Text) return { $text: delta(type) };
  if (type instanceof Y.XmlElement) {
    const children = type.toArray().map(typed);
    return { $xml: type.nodeName, attrs: tag(type.getAttributes()), children };
  }
  if (type instanceof Y.XmlFragment) return { $fragment: type.toArray().map(typed) };
  if (type instanceof Y.Map) {
    const keys = [...type.keys()].sort();
    return { $map: Object.fromEntries(keys.map((key) => [key, tag(type.get(key))])) };
  }
  return { $array: type.toArray().map(tag) };
}

export function define(doc, roots = ROOTS) {
  const get = {
    Text: (name) => doc.getText(name),
    Array: (name) => doc.getArray(name),
    Map: (name) => doc.getMap(name),
    XmlFragment: (name) => doc.getXmlFragment(name),
  };
  return Object.fromEntries(Object.entries(roots).map(([name, kind]) => [name, get[kind](name)]));
}

/** A replica that does not clean up marks after remote changes, unless `stock`. */
export function replica(gc, { stock = false, roots = ROOTS } = {}) {
  const doc = new Y.Doc({ gc });
  doc.clientID = 0xffffffff;
  if (!stock) {
    doc.on("afterTransaction", (transaction) => (transaction._needFormattingCleanup = false));
  }
  define(doc, roots);
  return doc;
}

export const contentOf = (doc, roots = ROOTS) =>
  Object.fromEntries(Object.entries(define(doc, roots)).map(([name, type]) => [name, typed(type)]));

export function deletesOf(doc) {
  const { clients } = Y.createDeleteSetFromStructStore(doc.store);
  const sorted = [...clients].sort((a, b) => a[0] - b[0]);
  return Object.fromEntries(sorted.map(([id, items]) => [id, items.map((d) => [d.clock, d.len])]));
}

export const stateOf = (doc) => base64(Y.encodeStateVector(doc));
