/** Stored types to nodes. Reading never writes: what cannot be shown properly becomes a visible node that stands for it. */
import * as Y from "yjs";
import { Mark, type Node } from "prosemirror-model";
import { markOf, canonicalMarks, marksOf } from "./marks.ts";
import { nodeMarkPrefix } from "./names.ts";
import { indentMax, schema } from "./schema.ts";
import {
  runsOf,
  storedChildren,
  storedSlots,
  type StoredChild,
  type StoredElement,
} from "./slots.ts";
import { embedNode, storedOf, unknownNode } from "./unknown.ts";

/** The node that each stored type stands for now. Forgotten with the type. */
export type Cache = WeakMap<object, Node>;

const childrenAllowed: Readonly<Record<string, readonly string[]>> = {
  doc: ["paragraph", "table", "figure"],
  table: ["table_row"],
  table_row: ["table_cell", "table_header"],
  table_cell: ["paragraph"],
  table_header: ["paragraph"],
};

const inlineElements: readonly string[] = ["mention", "hard_break"];

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

function count(value: unknown, least: number, most: number): number {
  const number = Math.trunc(Number(value ?? least));
  return Number.isFinite(number) ? Math.min(Math.max(number, least), most) : least;
}

/** Stored attribute values as this version understands them: other people's clients may have written anything. */
const attributeReaders: Readonly<Record<string, (value: unknown) => unknown>> = {
  kind: (value) => text(value, "p"),
  indent: (value) => count(value, 0, indentMax),
  bid: (value) => (typeof value === "string" && value !== "" ? value : null),
  colspan: (value) => count(value, 1, 100),
  rowspan: (value) => count(value, 1, 100),
  colwidth: (value) => (Array.isArray(value) ? value : null),
  ref: (value) => text(value, ""),
  person: (value) => text(value, ""),
  label: (value) => text(value, ""),
};

export function readAttribute(name: string, value: unknown): unknown {
  return attributeReaders[name]?.(value) ?? null;
}

function readAttributes(type: StoredElement, name: string): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const key of Object.keys(schema.nodes[name]?.spec.attrs ?? {})) {
    attributes[key] = readAttribute(
      key,
      type instanceof Y.XmlElement ? type.getAttribute(key) : undefined,
    );
  }
  return attributes;
}

/** Marks of a whole element, stored as attributes `_mark_<name>`. */
function readNodeMarks(type: Y.XmlElement, inline: boolean): readonly Mark[] {
  let marks: Mark[] | null = null;
  for (const [key, value] of Object.entries(type.getAttributes() as Record<string, unknown>)) {
    if (!key.startsWith(nodeMarkPrefix) || value === undefined || value === null) continue;
    const mark = markOf(key.slice(nodeMarkPrefix.length), value);
    // A block bears suggestions only; other marks stay stored, unseen.
    if (inline || schema.nodes.doc?.allowsMarkType(mark.type)) (marks ??= []).push(mark);
  }
  return marks ? canonicalMarks(marks) : Mark.none;
}

function readInline(type: Y.XmlElement, cache: Cache): Node[] {
  const { slots, elements } = storedSlots(type);
  const nodes: Node[] = [];
  slots.forEach((texts, index) => {
    for (const stored of texts) {
      for (const run of runsOf(stored)) {
        const marks = marksOf(run.attributes);
        nodes.push(
          typeof run.insert === "string"
            ? schema.text(run.insert, marks)
            : embedNode(run.insert).mark(marks),
        );
      }
    }
    const element = elements[index];
    if (element) nodes.push(readInlineElement(element, cache));
  });
  return nodes;
}

function readInlineElement(type: StoredElement, cache: Cache): Node {
  const known = cache.get(type);
  if (known) return known;
  const plain = type instanceof Y.XmlElement && type.length === 0;
  const node =
    plain && inlineElements.includes(type.nodeName)
      ? schema.node(
          type.nodeName,
          readAttributes(type, type.nodeName),
          undefined,
          readNodeMarks(type, true),
        )
      : unknownNode(storedOf(type), true);
  cache.set(type, node);
  return node;
}

/** The node of a block, or null where it cannot stand under this parent. */
function readKnown(type: StoredChild, parent: string, cache: Cache): Node | null {
  if (!(type instanceof Y.XmlElement)) return null;
  const name = type.nodeName;
  if (!childrenAllowed[parent]?.includes(name)) return null;
  const attributes = readAttributes(type, name);
  const marks = readNodeMarks(type, false);
  if (name === "paragraph") return schema.node(name, attributes, readInline(type, cache), marks);
  if (name === "figure") {
    return type.length === 0 ? schema.node(name, attributes, undefined, marks) : null;
  }
  const children = readBlocks(type, name, cache);
  const node = children && schema.nodes[name]?.create(attributes, children, marks);
  return node?.type.validContent(node.content) ? node : null;
}

function readBlock(type: StoredChild, parent: string, cache: Cache): Node | null {
  const cached = cache.get(type);
  if (cached) return cached;
  let node = readKnown(type, parent, cache);
  if (!node) {
    if (parent !== "doc" && !childrenAllowed[parent]?.includes("paragraph")) return null;
    node = unknownNode(storedOf(type), false);
  }
  cache.set(type, node);
  return node;
}

/** Blocks under a parent; an empty document or cell is shown with an empty paragraph that is stored nowhere. */
function readBlocks(type: Y.XmlFragment, parent: string, cache: Cache): Node[] | null {
  const nodes: Node[] = [];
  for (const child of storedChildren(type)) {
    const node = readBlock(child, parent, cache);
    if (!node) return null;
    nodes.push(node);
  }
  return nodes.length === 0 && childrenAllowed[parent]?.includes("paragraph")
    ? [schema.node("paragraph")]
    : nodes;
}

/** The document that a fragment stands for. */
export function readDocument(fragment: Y.XmlFragment, cache: Cache): Node {
  return schema.node("doc", null, readBlocks(fragment, "doc", cache) ?? undefined);
}

/** True for the paragraph that stands for nothing stored. */
export function isFiller(type: Y.XmlFragment, parent: Node): boolean {
  const only = parent.firstChild;
  return (
    type.length === 0 &&
    parent.childCount === 1 &&
    only !== null &&
    only.type.name === "paragraph" &&
    only.content.size === 0 &&
    only.attrs.kind === "p" &&
    only.attrs.indent === 0 &&
    only.marks.length === 0
  );
}

/** Forgets what changed, and all that contains it. */
export function forget(cache: Cache, type: object | null, root: Y.XmlFragment): void {
  let at = type as { parent?: object | null } | null;
  while (at && at !== root) {
    cache.delete(at);
    at = (at.parent ?? null) as typeof at;
  }
}
