/** Writes a node's attributes and marks as stored attributes: only what changed, never what this version does not know. */
import * as Y from "yjs";
import type { Node } from "prosemirror-model";
import { formatPatch, formatsOf, type Formats } from "./marks.ts";
import { nodeMarkPrefix, storedAttributes } from "./names.ts";
import { readAttribute } from "./read.ts";

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function set(type: Y.XmlElement, key: string, value: unknown): void {
  if (value === null || value === undefined) type.removeAttribute(key);
  // Yjs stores any plain value; its types say string.
  else type.setAttribute(key, value as string);
}

/** Marks stored on a block now, by key without the prefix. */
function storedNodeMarks(type: Y.XmlElement): Formats {
  const formats: Formats = {};
  for (const [key, value] of Object.entries(type.getAttributes() as Formats)) {
    if (key.startsWith(nodeMarkPrefix)) formats[key.slice(nodeMarkPrefix.length)] = value;
  }
  return formats;
}

/** `before` is the node that the type stood for until now. */
export function writeAttributes(type: Y.XmlElement, node: Node, before: Node | undefined): void {
  for (const key of storedAttributes(type.nodeName) ?? []) {
    const old: unknown = before ? before.attrs[key] : readAttribute(key, type.getAttribute(key));
    if (!same(old, node.attrs[key])) set(type, key, node.attrs[key]);
  }
  if (node.marks.length > 0 || (before ? before.marks.length > 0 : true)) {
    const patch = formatPatch(storedNodeMarks(type), node.marks) ?? {};
    for (const [key, value] of Object.entries(patch)) set(type, nodeMarkPrefix + key, value);
  }
}

/** A new stored element with this node's attributes and marks, without children. */
export function newElement(node: Node): Y.XmlElement {
  const type = new Y.XmlElement(node.type.name);
  for (const key of storedAttributes(node.type.name) ?? []) {
    const value: unknown = node.attrs[key];
    const fallback: unknown = node.type.spec.attrs?.[key]?.default;
    if (key === "kind" || !same(value, fallback)) set(type, key, value);
  }
  for (const [key, value] of Object.entries(formatsOf(node.marks))) {
    set(type, nodeMarkPrefix + key, value);
  }
  return type;
}
