/** Writes a changed paragraph's inline content with the smallest edits of its stored texts. */
import * as Y from "yjs";
import type { Node } from "prosemirror-model";
import { formatPatch, formatsOf } from "./marks.ts";
import type { Cache } from "./read.ts";
import {
  embedCharacter,
  runLength,
  runsOf,
  storedChildren,
  storedSlots,
  type StoredElement,
} from "./slots.ts";
import { commonSuffix, diffText, sharedLength } from "./text_diff.ts";
import { isEmbed, rebuilt, type Stored } from "./unknown.ts";
import { newElement, writeAttributes } from "./write_attributes.ts";

interface NodeSlots {
  readonly slots: Node[][];
  readonly elements: Node[];
}

/** The paragraph's inline nodes in the form of {@link storedSlots}. */
function nodeSlots(parent: Node): NodeSlots {
  const slots: Node[][] = [[]];
  const elements: Node[] = [];
  parent.forEach((node) => {
    if (node.isText || isEmbed(node)) {
      slots[slots.length - 1]?.push(node);
    } else {
      elements.push(node);
      slots.push([]);
    }
  });
  return { slots, elements };
}

function nodeText(node: Node): string {
  return node.isText ? (node.text ?? "").toWellFormed() : embedCharacter;
}

function slotText(nodes: readonly Node[]): string {
  return nodes.map(nodeText).join("");
}

function storedText(texts: readonly Y.XmlText[]): string {
  return texts
    .flatMap(runsOf)
    .map((run) => (typeof run.insert === "string" ? run.insert : embedCharacter))
    .join("");
}

/** A stored inline element for this node. */
function newInline(node: Node, cache: Cache): StoredElement {
  const type =
    node.type.name === "unknown_inline"
      ? (rebuilt(node.attrs.stored as Stored) as StoredElement)
      : newElement(node);
  cache.set(type, node);
  return type;
}

/** Adds nodes of one slot to a text at an index; returns the length added. */
function insertNodes(
  text: Y.XmlText,
  index: number,
  nodes: readonly Node[],
  from: number,
  to: number,
): void {
  let at = 0;
  let target = index;
  for (const node of nodes) {
    const content = nodeText(node);
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, content.length);
    at += content.length;
    if (start >= end) continue;
    const formats = formatsOf(node.marks);
    if (node.isText) {
      text.insert(target, content.slice(start, end).toWellFormed(), formats);
    } else {
      const stored = node.attrs.stored as Extract<Stored, { kind: "embed" }>;
      text.insertEmbed(target, stored.value as object, formats);
    }
    target += end - start;
  }
}

export function newText(nodes: readonly Node[]): Y.XmlText {
  const text = new Y.XmlText();
  insertNodes(text, 0, nodes, 0, Infinity);
  return text;
}

/** The stored text and the index in it for a place in a slot; at a border, the text on the left. */
function placeIn(texts: readonly Y.XmlText[], offset: number): { text: Y.XmlText; index: number } {
  let rest = offset;
  for (const text of texts) {
    if (rest <= text.length) return { text, index: rest };
    rest -= text.length;
  }
  const last = texts[texts.length - 1] as Y.XmlText;
  return { text: last, index: last.length };
}

function deleteRange(texts: readonly Y.XmlText[], from: number, length: number): void {
  let start = 0;
  for (const text of texts) {
    const end = start + text.length;
    const first = Math.max(from, start);
    const last = Math.min(from + length, end);
    if (first < last) text.delete(first - start, last - first);
    start = end;
  }
}

/** Writes formats where they differ, only for marks that this version knows. */
function writeFormats(texts: readonly Y.XmlText[], nodes: readonly Node[]): void {
  const lengths = nodes.map((node) => nodeText(node).length);
  let nodeIndex = 0;
  let nodeRest = lengths[0] ?? 0;
  for (const text of texts) {
    const edits: { at: number; length: number; patch: Record<string, unknown> }[] = [];
    let at = 0;
    for (const run of runsOf(text)) {
      let rest = runLength(run);
      while (rest > 0 && nodeIndex < nodes.length) {
        const length = Math.min(rest, nodeRest);
        const patch = formatPatch(run.attributes, (nodes[nodeIndex] as Node).marks);
        if (patch) edits.push({ at, length, patch });
        at += length;
        rest -= length;
        nodeRest -= length;
        if (nodeRest === 0) nodeRest = lengths[++nodeIndex] ?? 0;
      }
      at += rest;
    }
    for (const edit of joined(edits)) text.format(edit.at, edit.length, edit.patch);
  }
}

function joined<T extends { at: number; length: number; patch: unknown }>(
  edits: readonly T[],
): T[] {
  const result: T[] = [];
  for (const edit of edits) {
    const last = result[result.length - 1];
    if (
      last &&
      last.at + last.length === edit.at &&
      JSON.stringify(last.patch) === JSON.stringify(edit.patch)
    ) {
      last.length += edit.length;
    } else {
      result.push(edit);
    }
  }
  return result;
}

/** Embedded things must not be kept as the same when they changed: a text of only stand-ins compares equal. */
function sameEmbeds(texts: readonly Y.XmlText[], nodes: readonly Node[]): boolean {
  const stored = texts.flatMap(runsOf).filter((run) => typeof run.insert !== "string");
  const wanted = nodes.filter((node) => !node.isText);
  return (
    stored.length === wanted.length &&
    stored.every(
      (run, index) =>
        JSON.stringify(run.insert) ===
        JSON.stringify((wanted[index]?.attrs.stored as { value: unknown }).value),
    )
  );
}

/** Brings one slot to the content of these nodes. `index` is where its first text is, or would be, among the children. */
function writeSlot(
  parent: Y.XmlElement,
  texts: readonly Y.XmlText[],
  index: number,
  nodes: readonly Node[],
): void {
  if (texts.length === 0) {
    if (nodes.length > 0) parent.insert(index, [newText(nodes)]);
    return;
  }
  const before = storedText(texts);
  const after = slotText(nodes);
  if (before !== after) {
    const change = diffText(before, after);
    if (change.removed > 0) deleteRange(texts, change.from, change.removed);
    if (change.inserted > 0) {
      const place = placeIn(texts, change.from);
      insertNodes(place.text, place.index, nodes, change.from, change.from + change.inserted);
    }
  } else if (before.includes(embedCharacter) && !sameEmbeds(texts, nodes)) {
    deleteRange(texts, 0, before.length);
    insertNodes(texts[0] as Y.XmlText, 0, nodes, 0, after.length);
  }
  writeFormats(texts, nodes);
}

function sameElement(type: StoredElement, node: Node, cache: Cache): boolean {
  const known = cache.get(type);
  return known !== undefined && known.eq(node);
}

/** An element that can take over another's place by attribute edits. */
function fits(type: StoredElement, node: Node): boolean {
  return type instanceof Y.XmlElement && type.nodeName === node.type.name;
}

/** Index of a slot among the parent's children. */
function slotIndex(parent: Y.XmlElement, slot: number): number {
  const { slots } = storedSlots(parent);
  let index = 0;
  for (let i = 0; i < slot; i++) index += (slots[i]?.length ?? 0) + 1;
  return index;
}

export function writeInline(parent: Y.XmlElement, node: Node, cache: Cache): void {
  const stored = storedSlots(parent);
  const wanted = nodeSlots(node);
  const common = Math.min(stored.elements.length, wanted.elements.length);
  const storedAt = (i: number) => storedText(stored.slots[i] ?? []);
  const wantedAt = (i: number) => slotText(wanted.slots[i] ?? []);
  let left = 0;
  while (
    left < common &&
    sameElement(stored.elements[left] as StoredElement, wanted.elements[left] as Node, cache) &&
    storedAt(left) === wantedAt(left)
  ) {
    left++;
  }
  const storedEnd = stored.elements.length;
  const wantedEnd = wanted.elements.length;
  let right = 0;
  while (
    left + right < common &&
    sameElement(
      stored.elements[storedEnd - 1 - right] as StoredElement,
      wanted.elements[wantedEnd - 1 - right] as Node,
      cache,
    ) &&
    storedAt(storedEnd - right) === wantedAt(wantedEnd - right)
  ) {
    right++;
  }
  const middle = stored.elements.slice(left, storedEnd - right);
  const middleWanted = wanted.elements.slice(left, wantedEnd - right);
  const paired =
    middle.length === middleWanted.length &&
    middle.every((type, i) => fits(type, middleWanted[i] as Node));
  // From the right, so that indexes on the left stay true.
  for (let i = 0; i < right; i++) {
    writeSlotAt(
      parent,
      stored.slots.length - 1 - i,
      wanted.slots[wanted.slots.length - 1 - i] ?? [],
    );
  }
  if (paired) {
    middle.forEach((type, i) => {
      writeAttributes(type as Y.XmlElement, middleWanted[i] as Node, cache.get(type));
      cache.set(type, middleWanted[i] as Node);
    });
    for (let i = left + middle.length; i >= left; i--) {
      writeSlotAt(parent, i, wanted.slots[i] ?? []);
    }
  } else {
    for (const type of middle)
      parent.delete(storedChildren(parent).indexOf(type as Y.XmlElement), 1);
    writeMiddle(parent, left, wanted.slots.slice(left, wantedEnd - right + 1), middleWanted, cache);
  }
  for (let i = left - 1; i >= 0; i--) writeSlotAt(parent, i, wanted.slots[i] ?? []);
}

function writeSlotAt(parent: Y.XmlElement, slot: number, nodes: readonly Node[]): void {
  const { slots } = storedSlots(parent);
  writeSlot(parent, slots[slot] ?? [], slotIndex(parent, slot), nodes);
}

/** One stored slot becomes several with elements between: its texts stay with the part that shares most with them. */
function writeMiddle(
  parent: Y.XmlElement,
  slot: number,
  wanted: readonly Node[][],
  elements: readonly Node[],
  cache: Cache,
): void {
  const before = storedText(storedSlots(parent).slots[slot] ?? []);
  let kept = 0;
  let most = -1;
  wanted.forEach((nodes, index) => {
    const text = slotText(nodes);
    const shared = index === 0 ? sharedLength(before, text) : commonSuffix(before, text);
    const score = Math.max(shared, before.includes(text) ? text.length : 0);
    if (score > most) {
      kept = index;
      most = score;
    }
  });
  const pieces = (from: number, to: number, elementFirst: boolean) => {
    const types: (Y.XmlElement | Y.XmlText)[] = [];
    for (let i = from; i < to; i++) {
      const text = wanted[elementFirst ? i + 1 : i] ?? [];
      const element = newInline(elements[i] as Node, cache) as Y.XmlElement;
      const texts = text.length > 0 ? [newText(text)] : [];
      types.push(...(elementFirst ? [element, ...texts] : [...texts, element]));
    }
    return types;
  };
  const texts = storedSlots(parent).slots[slot]?.length ?? 0;
  const at = slotIndex(parent, slot);
  const after = pieces(kept, elements.length, true);
  if (after.length > 0) parent.insert(at + texts, after);
  const before_ = pieces(0, kept, false);
  if (before_.length > 0) parent.insert(at, before_);
  writeSlotAt(parent, slot + kept, wanted[kept] ?? []);
}
