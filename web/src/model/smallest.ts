/**
 * Turns the difference between two documents into the smallest steps, so that selections, decorations and mapped plugin state
 * beside a remote change live on. Blocks that did not change must be the same objects in both documents.
 */
import type { Fragment, Node } from "prosemirror-model";
import type { Transaction } from "prosemirror-state";
import { ReplaceStep } from "prosemirror-transform";

/** A stretch of children that differs, given by indexes into the old and the new parent. */
interface Region {
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

function differingRegions(before: Node, after: Node): Region[] {
  const indexOf = new Map<Node, number>();
  before.forEach((child, _offset, index) => indexOf.set(child, index));
  const regions: Region[] = [];
  let oldAt = 0;
  let newAt = 0;
  const close = (oldTo: number, newTo: number) => {
    if (oldTo > oldAt || newTo > newAt) {
      regions.push({ oldFrom: oldAt, oldTo, newFrom: newAt, newTo });
    }
  };
  after.forEach((child, _offset, index) => {
    const same = indexOf.get(child);
    if (same === undefined || same < oldAt) return;
    close(same, index);
    oldAt = same + 1;
    newAt = index + 1;
  });
  close(before.childCount, after.childCount);
  return regions;
}

/** Marks must agree where text is compared; attributes of blocks need not: they are put right afterwards. */
function comparable(a: Node, b: Node): boolean {
  if (a.isText || a.isLeaf) return a.sameMarkup(b);
  return a.type === b.type;
}

function diffStart(a: Fragment, b: Fragment, position: number): number | null {
  let pos = position;
  for (let i = 0; ; i++) {
    if (i === a.childCount || i === b.childCount) return a.childCount === b.childCount ? null : pos;
    const childA = a.child(i);
    const childB = b.child(i);
    if (childA === childB) {
      pos += childA.nodeSize;
      continue;
    }
    if (!comparable(childA, childB)) return pos;
    if (childA.isText && childA.text !== childB.text) {
      const textA = childA.text ?? "";
      const textB = childB.text ?? "";
      let at = 0;
      while (at < textA.length && textA.charCodeAt(at) === textB.charCodeAt(at)) at++;
      return pos + at;
    }
    if (childA.content.size > 0 || childB.content.size > 0) {
      const inner = diffStart(childA.content, childB.content, pos + 1);
      if (inner !== null) return inner;
    }
    pos += childA.nodeSize;
  }
}

interface Ends {
  readonly a: number;
  readonly b: number;
}

function diffEnd(a: Fragment, b: Fragment, endA: number, endB: number): Ends | null {
  let posA = endA;
  let posB = endB;
  let indexA = a.childCount;
  let indexB = b.childCount;
  for (;;) {
    if (indexA === 0 || indexB === 0) return indexA === indexB ? null : { a: posA, b: posB };
    const childA = a.child(--indexA);
    const childB = b.child(--indexB);
    if (childA === childB) {
      posA -= childA.nodeSize;
      posB -= childB.nodeSize;
      continue;
    }
    if (!comparable(childA, childB)) return { a: posA, b: posB };
    if (childA.isText && childA.text !== childB.text) {
      const textA = childA.text ?? "";
      const textB = childB.text ?? "";
      const most = Math.min(textA.length, textB.length);
      let same = 0;
      while (same < most && textA.at(-1 - same) === textB.at(-1 - same)) same++;
      return { a: posA - same, b: posB - same };
    }
    if (childA.content.size > 0 || childB.content.size > 0) {
      const inner = diffEnd(childA.content, childB.content, posA - 1, posB - 1);
      if (inner) return inner;
    }
    posA -= childA.nodeSize;
    posB -= childB.nodeSize;
  }
}

/** One replacement of what differs between two stretches of content that begin at `offset` in both documents' own counts. */
function replaceDiffering(
  tr: Transaction,
  before: Fragment,
  after: Fragment,
  beforeAt: number,
  newDoc: Node,
  afterAt: number,
): void {
  const start = diffStart(before, after, 0);
  if (start === null) return;
  const ends = diffEnd(before, after, before.size, after.size) ?? { a: start, b: start };
  const overlap = Math.max(start - Math.min(ends.a, ends.b), 0);
  const slice = newDoc.slice(afterAt + start, afterAt + ends.b + overlap);
  tr.step(new ReplaceStep(beforeAt + start, beforeAt + ends.a + overlap, slice));
}

function sameTypes(before: Node, after: Node, region: Region): boolean {
  const count = region.oldTo - region.oldFrom;
  if (count !== region.newTo - region.newFrom) return false;
  for (let i = 0; i < count; i++) {
    const a = before.child(region.oldFrom + i);
    if (a.type !== after.child(region.newFrom + i).type || a.isLeaf) return false;
  }
  return true;
}

function offsetOf(parent: Node, index: number): number {
  let offset = 0;
  for (let i = 0; i < index; i++) offset += parent.child(i).nodeSize;
  return offset;
}

function childrenBetween(parent: Node, from: number, to: number): Fragment {
  return parent.content.cut(offsetOf(parent, from), offsetOf(parent, to));
}

/** Steps for the content of two nodes of one type; from the end, so that positions before stay true. */
function changeContent(
  tr: Transaction,
  before: Node,
  at: number,
  after: Node,
  newDoc: Node,
  newAt: number,
): void {
  if (before.inlineContent) {
    replaceDiffering(tr, before.content, after.content, at, newDoc, newAt);
    return;
  }
  const regions = differingRegions(before, after);
  for (const region of regions.reverse()) {
    let old = at + offsetOf(before, region.oldTo);
    let fresh = newAt + offsetOf(after, region.newTo);
    if (sameTypes(before, after, region)) {
      for (let i = region.oldTo - region.oldFrom - 1; i >= 0; i--) {
        const a = before.child(region.oldFrom + i);
        const b = after.child(region.newFrom + i);
        old -= a.nodeSize;
        fresh -= b.nodeSize;
        changeContent(tr, a, old + 1, b, newDoc, fresh + 1);
      }
    } else {
      replaceDiffering(
        tr,
        childrenBetween(before, region.oldFrom, region.oldTo),
        childrenBetween(after, region.newFrom, region.newTo),
        at + offsetOf(before, region.oldFrom),
        newDoc,
        newAt + offsetOf(after, region.newFrom),
      );
    }
  }
}

/** Puts attributes and marks of blocks right, now that both documents have the same shape. */
function changeMarkup(tr: Transaction, before: Node, after: Node, at: number): void {
  let pos = at;
  for (let i = 0; i < after.childCount && i < before.childCount; i++) {
    const a = before.child(i);
    const b = after.child(i);
    if (a !== b && !a.isText && a.type === b.type && !a.isLeaf) {
      if (!a.sameMarkup(b)) tr.setNodeMarkup(pos, b.type, b.attrs, b.marks);
      changeMarkup(tr, a, b, pos + 1);
    }
    pos += a.nodeSize;
  }
}

/** Adds steps to a transaction on `tr.doc` that make it equal to `after`. */
export function changeInto(tr: Transaction, after: Node): void {
  const before = tr.doc;
  if (before === after) return;
  try {
    changeContent(tr, before, 0, after, after, 0);
    changeMarkup(tr, tr.doc, after, 0);
    if (tr.doc.eq(after)) return;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  // Shapes that do not fit together in small steps: a whole replacement is right after any of them.
  tr.step(new ReplaceStep(0, tr.doc.content.size, after.slice(0, after.content.size)));
}
