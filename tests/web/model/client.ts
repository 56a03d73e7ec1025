/** A person at an editor, without a browser: a Yjs document, a binding and an editor state that it keeps in step. */
import * as Y from "yjs";
import type { Node } from "prosemirror-model";
import { EditorState, TextSelection, type Plugin, type Transaction } from "prosemirror-state";
import { Binding } from "../../../web/src/model/binding.ts";
import { blockIds } from "../../../web/src/model/block_ids.ts";
import { canonicalMarks } from "../../../web/src/model/marks.ts";
import { keepUnknown } from "../../../web/src/model/keep_unknown.ts";
import { schema } from "../../../web/src/model/schema.ts";

/** mulberry32: the same numbers for the same seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

export const field = "narrative";

export class Client {
  readonly doc = new Y.Doc();
  readonly fragment: Y.XmlFragment;
  readonly binding: Binding;
  readonly undoManager: Y.UndoManager;
  state: EditorState;
  /** Steps of the last remote transaction. */
  lastRemote: Transaction | null = null;

  constructor(id: number, update?: Uint8Array, next: () => number = random(id)) {
    this.doc.clientID = id;
    if (update) Y.applyUpdate(this.doc, update);
    this.fragment = this.doc.getXmlFragment(field);
    this.binding = new Binding(this.fragment);
    this.undoManager = new Y.UndoManager(this.fragment, {
      trackedOrigins: new Set([this.binding]),
    });
    const bytes = (count: number) => Uint8Array.from({ length: count }, () => next() * 256);
    const plugins: Plugin[] = [blockIds(bytes), keepUnknown()];
    this.state = EditorState.create({ doc: this.binding.doc, plugins });
    this.binding.connect(this);
  }

  dispatch(tr: Transaction): void {
    if (tr.getMeta("footprint:remote")) this.lastRemote = tr;
    this.state = this.state.apply(tr);
    this.binding.push(this.state.doc);
  }

  edit(change: (tr: Transaction) => Transaction | void): void {
    const tr = this.state.tr;
    this.dispatch(change(tr) ?? tr);
  }

  type(text: string, at: number): void {
    this.edit((tr) => tr.insertText(text, at));
  }

  caret(at: number): void {
    this.edit((tr) => tr.setSelection(TextSelection.create(tr.doc, at)));
  }

  get text(): string {
    return this.state.doc.textBetween(0, this.state.doc.content.size, "\n");
  }

  update(since?: Uint8Array): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc, since);
  }

  destroy(): void {
    this.undoManager.destroy();
    this.binding.destroy();
    this.doc.destroy();
  }
}

/** Gives each all that the others have. */
export function syncAll(...clients: Client[]): void {
  for (const from of clients) {
    for (const to of clients) {
      if (from !== to) Y.applyUpdate(to.doc, from.update(Y.encodeStateVector(to.doc)), "network");
    }
  }
}

/** A first state for everybody: given paragraphs, written by somebody else. */
export function seeded(...paragraphs: (string | { kind: string; text: string })[]): Uint8Array {
  const author = new Client(9999);
  author.edit((tr) =>
    tr.replaceWith(
      0,
      tr.doc.content.size,
      paragraphs.map((entry) => {
        const { kind, text } = typeof entry === "string" ? { kind: "p", text: entry } : entry;
        return schema.node("paragraph", { kind }, text ? schema.text(text) : undefined);
      }),
    ),
  );
  const update = author.update();
  author.destroy();
  return update;
}

interface Shape {
  readonly type: string;
  text?: string;
  readonly attrs: Record<string, unknown>;
  readonly marks: string;
  readonly content: Shape[];
}

/**
 * The document with marks of one kind in their one order, as JSON text. `textMarksOnly` leaves out the marks of blocks and inline
 * elements, which y-prosemirror does not read.
 */
export function shape(doc: Node, textMarksOnly = false): string {
  const tidy = (node: Node): Shape => {
    const content: Shape[] = [];
    node.forEach((child) => {
      const next = tidy(child);
      const last = content[content.length - 1];
      // Text cut only by another order of marks is one text.
      if (last?.text !== undefined && next.text !== undefined && last.marks === next.marks) {
        last.text += next.text;
      } else {
        content.push(next);
      }
    });
    const marks = textMarksOnly && !node.isText ? [] : canonicalMarks(node.marks);
    return {
      type: node.type.name,
      ...(node.isText ? { text: node.text ?? "" } : {}),
      attrs: { ...node.attrs },
      marks: JSON.stringify(marks.map((mark) => mark.toJSON() as unknown)),
      content,
    };
  };
  return JSON.stringify(tidy(doc));
}
