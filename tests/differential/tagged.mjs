// The content of a yjs document as JSON that holds every lib0 value; tagged.cpp writes the same from Footprint.
import * as Y from "yjs";

/** A value; what JSON lacks is wrapped in an object of one member. */
export function taggedValue(value) {
  if (value === undefined) return { $undefined: 1 };
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number") {
    if (Object.is(value, -0)) return { $float: "-0" };
    return Number.isFinite(value) ? value : { $float: String(value) };
  }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (value instanceof Y.Doc) return { $doc: value.guid };
  if (value instanceof Y.AbstractType) return taggedType(value);
  if (Array.isArray(value)) return value.map(taggedValue);
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort();
    return Object.fromEntries(keys.map((key) => [key, taggedValue(value[key])]));
  }
  return value;
}

const taggedDelta = (delta) =>
  delta.map((step) => {
    const out = { insert: taggedValue(step.insert) };
    if (step.attributes) out.attributes = taggedValue(step.attributes);
    return out;
  });

/** A shared type with all below it. */
export function taggedType(type) {
  if (type instanceof Y.XmlHook) return { $xmlhook: type.hookName };
  if (type instanceof Y.XmlText) {
    return { $xmltext: taggedDelta(type.toDelta()), attrs: taggedValue(type.getAttributes()) };
  }
  if (type instanceof Y.Text) return { $text: taggedDelta(type.toDelta()) };
  if (type instanceof Y.XmlElement) {
    const attrs = taggedValue(type.getAttributes());
    return { $xml: type.nodeName, attrs, children: type.toArray().map(taggedValue) };
  }
  if (type instanceof Y.XmlFragment) return { $fragment: type.toArray().map(taggedValue) };
  if (type instanceof Y.Map) {
    const keys = [...type.keys()].sort();
    return { $map: Object.fromEntries(keys.map((key) => [key, taggedValue(type.get(key))])) };
  }
  return { $array: type.toArray().map(taggedValue) };
}

export const roots = (doc) => ({
  text: doc.getText("text"),
  arr: doc.getArray("arr"),
  map: doc.getMap("map"),
  xml: doc.getXmlFragment("xml"),
});

/** All four roots of the sessions, as one string. */
export function contentOf(doc) {
  const all = roots(doc);
  return JSON.stringify(
    Object.fromEntries(Object.keys(all).map((key) => [key, taggedType(all[key])])),
  );
}
