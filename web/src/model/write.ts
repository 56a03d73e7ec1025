/** Writes a changed ProseMirror document into its fragment: the smallest edits, so that other people's edits beside them live. */
import * as Y from "yjs";
import type { Node } from "prosemirror-model";
import { isFiller, type Cache } from "./read.ts";
import { storedChildren, type StoredChild } from "./slots.ts";
import { sharedLength } from "./text_diff.ts";
import { rebuilt, type Stored } from "./unknown.ts";
import { newElement, writeAttributes } from "./write_attributes.ts";
import { newText, writeInline } from "./write_inline.ts";

type Inserted = Y.XmlElement | Y.XmlText;

/** Above this many comparisons changed blocks are paired in order instead of by likeness. */
const comparisonsMax = 4000;

function isUnknown(node: Node): boolean {
  return node.type.name === "unknown_block" || node.type.name === "unknown_inline";
}

/** A stored type for a whole new node. */
function newType(node: Node, cache: Cache): Inserted {
  const type: Inserted = isUnknown(node)
    ? (rebuilt(node.attrs.stored as Stored) as Inserted)
    : newElement(node);
  if (type instanceof Y.XmlElement && !isUnknown(node)) {
    if (node.isTextblock) {
      const children = newInlineChildren(node, cache);
      if (children.length > 0) type.insert(0, children);
    } else if (node.childCount > 0) {
      const children: Inserted[] = [];
      node.forEach((child) => children.push(newType(child, cache)));
      type.insert(0, children);
    }
  }
  cache.set(type, node);
  return type;
}

function newInlineChildren(node: Node, cache: Cache): Inserted[] {
  const children: Inserted[] = [];
  let run: Node[] = [];
  const close = () => {
    if (run.length > 0) children.push(newText(run));
    run = [];
  };
  node.forEach((child) => {
    const embedded = (child.attrs.stored as Stored | undefined)?.kind === "embed";
    if (child.isText || embedded) {
      run.push(child);
    } else {
      close();
      children.push(newType(child, cache));
    }
  });
  close();
  return children;
}

/** How well a stored block fits a node: below 0 not at all, else the characters that could stay. */
function likeness(type: StoredChild, before: Node | undefined, node: Node): number {
  if (!(type instanceof Y.XmlElement) || isUnknown(node) || (before && isUnknown(before))) {
    return before?.eq(node) ? 1 : -1;
  }
  if (type.nodeName !== node.type.name) return -1;
  const sameId = before?.attrs.bid && before.attrs.bid === node.attrs.bid ? 1 : 0;
  return 1 + sameId + 2 * sharedLength(before?.textContent ?? "", node.textContent);
}

type Pair = readonly [stored: number, wanted: number];

/** Pairs blocks, keeping their order, so that as many characters as possible stay in the type they were typed into. */
function pairUp(types: readonly StoredChild[], nodes: readonly Node[], cache: Cache): Pair[] {
  const rows = types.length;
  const columns = nodes.length;
  if (rows === 0 || columns === 0) return [];
  if (rows * columns > comparisonsMax) return pairInOrder(types, nodes, cache);
  const width = columns + 1;
  const best = new Float64Array((rows + 1) * width);
  const scores = new Float64Array(rows * columns);
  const at = (table: Float64Array, index: number) => table[index] ?? 0;
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const type = types[i] as StoredChild;
      const score = likeness(type, cache.get(type), nodes[j] as Node);
      scores[i * columns + j] = score;
      const paired = score < 0 ? -1 : score + at(best, (i + 1) * width + j + 1);
      best[i * width + j] = Math.max(
        paired,
        at(best, (i + 1) * width + j),
        at(best, i * width + j + 1),
      );
    }
  }
  const pairs: Pair[] = [];
  let i = 0;
  let j = 0;
  while (i < rows && j < columns) {
    const score = at(scores, i * columns + j);
    const here = at(best, i * width + j);
    if (score >= 0 && here === score + at(best, (i + 1) * width + j + 1)) pairs.push([i++, j++]);
    else if (here === at(best, (i + 1) * width + j)) i++;
    else j++;
  }
  return pairs;
}

function pairInOrder(types: readonly StoredChild[], nodes: readonly Node[], cache: Cache): Pair[] {
  const pairs: Pair[] = [];
  const end = Math.min(types.length, nodes.length);
  for (let i = 0; i < end; i++) {
    const type = types[i] as StoredChild;
    if (likeness(type, cache.get(type), nodes[i] as Node) >= 0) pairs.push([i, i]);
  }
  return pairs;
}

function unchanged(type: StoredChild, node: Node, cache: Cache): boolean {
  const known = cache.get(type);
  if (known === node) return true;
  if (!known?.eq(node)) return false;
  cache.set(type, node);
  return true;
}

/** Brings a stored block to a node's content. */
function writeElement(type: Y.XmlElement, node: Node, cache: Cache): void {
  if (unchanged(type, node, cache)) return;
  writeAttributes(type, node, cache.get(type));
  if (node.isTextblock) writeInline(type, node, cache);
  else if (!node.isLeaf) writeBlocks(type, node, cache);
  cache.set(type, node);
}

function writeBlocks(parent: Y.XmlFragment, node: Node, cache: Cache): void {
  if (isFiller(parent, node)) return;
  const types = storedChildren(parent);
  const nodes: Node[] = [];
  node.forEach((child) => nodes.push(child));
  const common = Math.min(types.length, nodes.length);
  let left = 0;
  while (left < common && unchanged(types[left] as StoredChild, nodes[left] as Node, cache)) left++;
  let right = 0;
  while (
    left + right < common &&
    unchanged(
      types[types.length - 1 - right] as StoredChild,
      nodes[nodes.length - 1 - right] as Node,
      cache,
    )
  ) {
    right++;
  }
  const middle = types.slice(left, types.length - right);
  const wanted = nodes.slice(left, nodes.length - right);
  const pairs = pairUp(middle, wanted, cache);
  // From the right, so that indexes on the left stay true.
  let storedEnd = middle.length;
  let wantedEnd = wanted.length;
  for (let i = pairs.length; i >= 0; i--) {
    const [stored, at] = i > 0 ? (pairs[i - 1] as Pair) : ([-1, -1] as const);
    const index = left + stored + 1;
    const added = wanted.slice(at + 1, wantedEnd).map((child) => newType(child, cache));
    if (added.length > 0) parent.insert(index, added);
    const removed = storedEnd - stored - 1;
    if (removed > 0) parent.delete(index + added.length, removed);
    if (i > 0) {
      const type = middle[stored] as StoredChild;
      if (type instanceof Y.XmlElement) writeElement(type, wanted[at] as Node, cache);
    }
    storedEnd = stored;
    wantedEnd = at;
  }
}

/** Must run inside a Yjs transaction. */
export function writeDocument(fragment: Y.XmlFragment, doc: Node, cache: Cache): void {
  writeBlocks(fragment, doc, cache);
}
