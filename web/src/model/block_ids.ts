/**
 * Tidies local changes before they are stored: every new block gets an id of its own, several marks of one kind get their one
 * order, and halves of characters are mended. Never acts on remote changes, so opening and reading write nothing.
 */
import { Mark, type Node } from "prosemirror-model";
import { Plugin, type EditorState, type Transaction } from "prosemirror-state";
import { remoteMeta } from "./binding.ts";
import { canonicalMarks } from "./marks.ts";
import { sharedLength } from "./text_diff.ts";
import type { Stored } from "./unknown.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const idLength = 8;

export type RandomBytes = (count: number) => Uint8Array;

const browserRandom: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));

export function newBlockId(random: RandomBytes = browserRandom): string {
  return Array.from(random(idLength), (byte) => alphabet.charAt(byte % alphabet.length)).join("");
}

interface Block {
  readonly node: Node;
  readonly position: number;
}

function blocksWithId(doc: Node): Block[] {
  const blocks: Block[] = [];
  doc.descendants((node, position) => {
    if (node.type.spec.attrs && "bid" in node.type.spec.attrs) blocks.push({ node, position });
    return !node.isTextblock;
  });
  return blocks;
}

/** The empty document's paragraph is stored nowhere yet: it gets its id with its first letter. */
function isUnwritten(doc: Node): boolean {
  const only = doc.firstChild;
  return doc.childCount === 1 && only !== null && only.isTextblock && only.content.size === 0;
}

/** Of blocks with one id, the one that keeps it: the untouched one, else the one with most of the old words. */
function keeperOf(blocks: readonly Block[], old: Node | undefined): Block | undefined {
  let keeper = blocks[0];
  let most = -1;
  for (const block of blocks) {
    const shared =
      block.node === old ? Infinity : sharedLength(old?.textContent ?? "", block.node.textContent);
    if (shared > most) {
      keeper = block;
      most = shared;
    }
  }
  return keeper;
}

function renewIds(tr: Transaction, before: Node, after: Node, random: RandomBytes): void {
  if (isUnwritten(after)) return;
  const known = new Set<Node>();
  const oldById = new Map<string, Node[]>();
  for (const { node } of blocksWithId(before)) {
    known.add(node);
    const bid: unknown = node.attrs.bid;
    if (typeof bid === "string") oldById.set(bid, [...(oldById.get(bid) ?? []), node]);
  }
  const byId = new Map<string, Block[]>();
  const renew = (block: Block) => tr.setNodeAttribute(block.position, "bid", newBlockId(random));
  for (const block of blocksWithId(after)) {
    const bid: unknown = block.node.attrs.bid;
    if (typeof bid === "string" && bid !== "") {
      const same = byId.get(bid);
      if (same) same.push(block);
      else byId.set(bid, [block]);
    } else if (!known.has(block.node)) {
      renew(block);
    }
  }
  for (const [bid, blocks] of byId) {
    const old = oldById.get(bid) ?? [];
    // Twins that came from elsewhere stay: they were there before this change.
    let excess = blocks.length - Math.max(old.length, 1);
    if (excess <= 0) continue;
    const keeper = keeperOf(blocks, old[0]);
    const others = blocks.filter((block) => block !== keeper);
    const newFirst = [
      ...others.filter(({ node }) => !known.has(node)),
      ...others.filter(({ node }) => known.has(node)).reverse(),
    ];
    for (const block of newFirst) if (excess-- > 0) renew(block);
  }
}

/** An element of a newer version stays as it is stored: marks that lie over it here are not written, so they are not shown. */
function marksToStore(node: Node): readonly Mark[] {
  const stored = node.attrs.stored as Stored | undefined;
  return stored?.kind === "element" ? Mark.none : canonicalMarks(node.marks);
}

function tidyText(tr: Transaction, before: Node, after: Node): void {
  const known = new Set<Node>();
  before.descendants((node) => {
    if (node.isTextblock) known.add(node);
    return !node.isTextblock;
  });
  after.descendants((node, position) => {
    if (!node.isTextblock) return true;
    if (known.has(node)) return false;
    node.forEach((child, offset) => {
      const at = position + 1 + offset;
      const marks = marksToStore(child);
      const text = child.isText ? (child.text ?? "") : "";
      if (text.isWellFormed() && Mark.sameSet(marks, child.marks)) return;
      const tidy = child.isText
        ? child.type.schema.text(text.toWellFormed(), marks)
        : child.mark(marks);
      tr.replaceWith(at, at + child.nodeSize, tidy);
    });
    return false;
  });
}

/** The plugin that does all this. */
export function blockIds(random: RandomBytes = browserRandom): Plugin {
  return new Plugin({
    appendTransaction(transactions, before: EditorState, after: EditorState) {
      const local = transactions.some((tr) => tr.docChanged && !tr.getMeta(remoteMeta));
      if (!local) return null;
      const tr = after.tr;
      renewIds(tr, before.doc, after.doc, random);
      tidyText(tr, before.doc, tr.doc);
      if (!tr.docChanged) return null;
      // Replacing text for its marks must not move the caret.
      if (!tr.selection.eq(after.selection)) {
        tr.setSelection(after.selection.map(tr.doc, tr.mapping));
      }
      return tr;
    },
  });
}
