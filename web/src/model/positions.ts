/** Places in the ProseMirror document to and from places in the stored types, which stay with their words. */
import * as Y from "yjs";
import type { Node } from "prosemirror-model";
import type { Cache } from "./read.ts";
import { storedChildren, type StoredChild } from "./slots.ts";

/** As it travels: JSON of Yjs's relative position. */
export type StoredPosition = unknown;

function sizeOf(type: StoredChild, cache: Cache): number {
  const node = cache.get(type);
  if (node) return node.nodeSize;
  return type instanceof Y.XmlText ? type.length : 0;
}

function place(type: Y.XmlFragment | Y.XmlText, index: number, assoc: number): StoredPosition {
  return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(type, index, assoc));
}

/** `assoc` -1 stays with the character on the left, 0 with the one on the right. */
export function toStored(
  root: Y.XmlFragment,
  cache: Cache,
  doc: Node,
  position: number,
  assoc = -1,
): StoredPosition {
  let parent: Y.XmlFragment = root;
  let node = doc;
  let rest = Math.min(Math.max(position, 0), doc.content.size);
  for (;;) {
    const children = storedChildren(parent);
    let index = 0;
    let inside: Y.XmlElement | null = null;
    for (const child of children) {
      const size = sizeOf(child, cache);
      if (child instanceof Y.XmlText && node.isTextblock && rest <= size) {
        return place(child, rest, assoc);
      }
      if (rest < size || (rest === size && !node.isTextblock && rest === 0)) {
        if (rest > 0 && child instanceof Y.XmlElement && !cache.get(child)?.isLeaf) inside = child;
        break;
      }
      rest -= size;
      index++;
    }
    if (!inside) return place(parent, Math.min(index, children.length), assoc);
    parent = inside;
    node = cache.get(inside) as Node;
    rest -= 1;
  }
}

/** The place in the ProseMirror document, or null where its words are gone from this fragment. */
export function fromStored(
  root: Y.XmlFragment,
  cache: Cache,
  stored: StoredPosition,
): number | null {
  const document = root.doc;
  if (!document) return null;
  let relative: Y.RelativePosition;
  try {
    relative = Y.createRelativePositionFromJSON(stored);
  } catch {
    return null;
  }
  const absolute = Y.createAbsolutePositionFromRelativePosition(relative, document);
  if (!absolute) return null;
  let type = absolute.type as unknown as StoredChild | Y.XmlFragment;
  let position = 0;
  if (type instanceof Y.XmlText) {
    position = absolute.index;
  } else if (type instanceof Y.XmlFragment) {
    const children = storedChildren(type).slice(0, absolute.index);
    position = children.reduce((sum, child) => sum + sizeOf(child, cache), 0);
  }
  while (type !== root) {
    const parent: unknown = type.parent;
    if (!(parent instanceof Y.XmlFragment)) return null;
    // A text's own start is its parent's content; an element has an opening place of its own.
    if (!(type instanceof Y.XmlText)) position += 1;
    for (const sibling of storedChildren(parent)) {
      if (sibling === (type as unknown)) break;
      position += sizeOf(sibling, cache);
    }
    type = parent;
  }
  return position;
}
