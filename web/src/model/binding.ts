/**
 * Keeps one ProseMirror document and one Yjs XmlFragment in step.
 *
 * Local: after every change the host calls `push`; what changed is written in one Yjs transaction whose origin is the binding.
 * Remote: what changed is dispatched as one transaction of smallest steps, outside the history, marked with {@link remoteMeta}.
 * Opening writes nothing. The binding's `doc` is always what the fragment holds.
 */
import * as Y from "yjs";
import type { Node } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import type { Mapping } from "prosemirror-transform";
import { fromStored, toStored, type StoredPosition } from "./positions.ts";
import { forget, isFiller, readDocument, type Cache } from "./read.ts";
import { changeInto } from "./smallest.ts";
import { storedChildren, type StoredChild } from "./slots.ts";
import { writeDocument } from "./write.ts";

/** Set on every transaction that brings other people's changes (or an undo). */
export const remoteMeta = "footprint:remote";
/** The name that other ProseMirror packages look for on such transactions. */
const sharedMeta = "y-sync$";

/** What the binding needs of an editor view. */
export interface BindingHost {
  readonly state: EditorState;
  dispatch(transaction: Transaction): void;
  /** Takes over where the person has put the caret, before other people's changes are shown. */
  noticeSelection?(): void;
}

export class Binding {
  readonly fragment: Y.XmlFragment;
  readonly cache: Cache = new WeakMap();
  private current: Node;
  private host: BindingHost | null = null;
  private readonly observer: (events: Y.YEvent<never>[], transaction: Y.Transaction) => void;

  constructor(fragment: Y.XmlFragment) {
    if (!fragment.doc) throw new Error("A binding needs a fragment of a document.");
    this.fragment = fragment;
    this.current = readDocument(fragment, this.cache);
    this.observer = (events, transaction) => this.storedChanged(events, transaction);
    fragment.observeDeep(this.observer as never);
  }

  /** What the fragment holds now. The editor's first state must be made with it. */
  get doc(): Node {
    return this.current;
  }

  connect(host: BindingHost): void {
    this.host = host;
    if (host.state.doc !== this.current) this.show(this.current);
  }

  destroy(): void {
    this.fragment.unobserveDeep(this.observer as never);
    this.host = null;
  }

  /** Writes the editor's document into the fragment. Cheap when nothing changed. */
  push(doc: Node): void {
    if (doc === this.current) return;
    this.current = doc;
    this.fragment.doc?.transact(() => writeDocument(this.fragment, doc, this.cache), this);
  }

  toStored(position: number, assoc = -1): StoredPosition {
    return toStored(this.fragment, this.cache, this.current, position, assoc);
  }

  fromStored(stored: StoredPosition): number | null {
    const position = fromStored(this.fragment, this.cache, stored);
    return position === null ? null : Math.min(position, this.current.content.size);
  }

  private storedChanged(events: Y.YEvent<never>[], transaction: Y.Transaction): void {
    if (transaction.origin === this) return;
    this.host?.noticeSelection?.();
    for (const event of events) {
      forget(this.cache, event.target as unknown as object, this.fragment);
    }
    this.show(readDocument(this.fragment, this.cache));
  }

  /** Brings the editor to a document read from the fragment. */
  private show(doc: Node): void {
    const host = this.host;
    if (!host) {
      this.current = doc;
      return;
    }
    const before = host.state;
    const tr = before.tr.setMeta("addToHistory", false).setMeta(remoteMeta, true);
    tr.setMeta(sharedMeta, { isChangeOrigin: true });
    changeInto(tr, doc);
    // The steps made new objects where something changed: the cache must know those.
    this.current = tr.doc;
    this.remember(this.fragment, tr.doc);
    if (!tr.docChanged) return;
    keepSelection(tr, before);
    host.dispatch(tr);
  }

  private remember(parent: Y.XmlFragment, node: Node): void {
    if (isFiller(parent, node)) return;
    storedChildren(parent).forEach((type: StoredChild, index) => {
      const child = node.maybeChild(index);
      if (!child || this.cache.get(type) === child) return;
      this.cache.set(type, child);
      const known = type instanceof Y.XmlElement && type.nodeName === child.type.name;
      if (known && !child.isTextblock && !child.isLeaf) this.remember(type, child);
    });
  }
}

/** The caret stays with the character on its left, so that two people typing at one place make whole words. */
function keepSelection(tr: Transaction, before: EditorState): void {
  const { selection } = before;
  if (!(selection instanceof TextSelection)) return;
  const mapping: Mapping = tr.mapping;
  const $anchor = tr.doc.resolve(mapping.map(selection.anchor, -1));
  const $head = tr.doc.resolve(mapping.map(selection.head, -1));
  if ($anchor.parent.inlineContent && $head.parent.inlineContent) {
    tr.setSelection(new TextSelection($anchor, $head));
  }
}
