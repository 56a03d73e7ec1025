/** Random edits as people make them, on any document. */
import { Fragment, Slice, type Node } from "prosemirror-model";
import { joinBackward, splitBlock, toggleMark } from "prosemirror-commands";
import { TextSelection, type Transaction } from "prosemirror-state";
import { canJoin } from "prosemirror-transform";
import { schema } from "../../../web/src/model/schema.ts";
import type { Client } from "./client.ts";

const words = [
  "health ",
  "care ",
  "a",
  "🙂",
  "👩‍⚕️",
  "e\u0301",
  "plan",
  " ",
  "x",
  "aa",
  "bed\u00a0days ",
];
const kinds = ["p", "h3", "h4", "h5", "ul", "ol", "quote"];

type Next = () => number;

function pick<T>(next: Next, from: readonly T[]): T {
  return from[Math.floor(next() * from.length)] as T;
}

/** A place where text may be, never inside a character of two units. */
function textPosition(doc: Node, next: Next): number | null {
  for (let attempt = 0; attempt < 12; attempt++) {
    const position = Math.floor(next() * (doc.content.size + 1));
    const $position = doc.resolve(position);
    if (!$position.parent.inlineContent) continue;
    const before = $position.nodeBefore?.text ?? "";
    const unit = before.charCodeAt(before.length - 1);
    if (unit >= 0xd800 && unit <= 0xdbff) continue;
    return position;
  }
  return null;
}

function range(doc: Node, next: Next, longest: number): [number, number] | null {
  const from = textPosition(doc, next);
  if (from === null) return null;
  for (let attempt = 0; attempt < 6; attempt++) {
    const to = textPosition(doc, next);
    if (to !== null && to > from && to - from <= longest) return [from, to];
  }
  return null;
}

function withSelection(client: Client, from: number, to = from): void {
  client.edit((tr) => tr.setSelection(TextSelection.create(tr.doc, from, to)));
}

function typeText(client: Client, next: Next): void {
  const at = textPosition(client.state.doc, next);
  if (at !== null) client.type(pick(next, words), at);
}

function remove(client: Client, next: Next): void {
  const found = range(client.state.doc, next, 30);
  if (found) client.edit((tr) => tr.delete(...found));
}

function split(client: Client, next: Next): void {
  const at = textPosition(client.state.doc, next);
  if (at === null) return;
  withSelection(client, at);
  splitBlock(client.state, (tr) => client.dispatch(tr));
}

function join(client: Client, next: Next): void {
  const { doc } = client.state;
  const places: number[] = [];
  doc.forEach((node, offset, index) => {
    const before = index > 0 ? doc.child(index - 1) : null;
    if (before?.isTextblock && node.isTextblock && canJoin(doc, offset)) places.push(offset);
  });
  if (places.length === 0) return;
  const place = pick(next, places);
  if (next() < 0.5) {
    client.edit((tr) => tr.join(place));
  } else {
    withSelection(client, place + 1);
    joinBackward(client.state, (tr) => client.dispatch(tr));
  }
}

function changeKind(client: Client, next: Next): void {
  const found: { node: Node; position: number }[] = [];
  client.state.doc.descendants((node, position) => {
    if (node.type.name === "paragraph") found.push({ node, position });
  });
  if (found.length === 0) return;
  const { node, position } = pick(next, found);
  const change = next() < 0.7 ? { kind: pick(next, kinds) } : { indent: Math.floor(next() * 4) };
  client.edit((tr) => tr.setNodeMarkup(position, undefined, { ...node.attrs, ...change }));
}

function mark(client: Client, next: Next): void {
  const found = range(client.state.doc, next, 20);
  if (!found) return;
  withSelection(client, ...found);
  const type = pick(next, ["strong", "em", "strong", "link"]);
  const attrs = type === "link" ? { href: `https://example.org/${Math.floor(next() * 3)}` } : null;
  const command = toggleMark(schema.marks[type] as never, attrs);
  command(client.state, (tr) => client.dispatch(tr));
}

function comment(client: Client, next: Next): void {
  const found = range(client.state.doc, next, 25);
  if (!found) return;
  const id = `thread${String(Math.floor(next() * 30)).padStart(2, "0")}`;
  client.edit((tr) => tr.addMark(...found, schema.mark("comment", { id })));
}

function suggest(client: Client, next: Next): void {
  const found = range(client.state.doc, next, 10);
  if (!found) return;
  const type = pick(next, ["insertion", "deletion"]);
  client.edit((tr) =>
    tr.addMark(...found, schema.mark(type, { id: `suggest${Math.floor(next() * 9)}` })),
  );
}

function inlineElement(client: Client, next: Next): void {
  const at = textPosition(client.state.doc, next);
  if (at === null) return;
  const node =
    next() < 0.6
      ? schema.node("hard_break")
      : schema.node("mention", {
          person: "u-lead",
          label: `Person ${Math.floor(next() * 4)}`,
        });
  client.edit((tr) => tr.insert(at, node));
}

function block(client: Client, next: Next): void {
  const { doc } = client.state;
  const index = Math.floor(next() * (doc.childCount + 1));
  let at = 0;
  for (let i = 0; i < index; i++) at += doc.child(i).nodeSize;
  const cell = () =>
    schema.node("table_cell", null, [
      schema.node("paragraph", null, schema.text(pick(next, words))),
    ]);
  const row = () => schema.node("table_row", null, [cell(), cell()]);
  const node =
    next() < 0.5
      ? schema.node("figure", { ref: `finance/${Math.floor(next() * 5)}` })
      : schema.node("table", null, [row(), row()]);
  client.edit((tr) => tr.insert(at, node));
}

function removeBlock(client: Client, next: Next): void {
  const { doc } = client.state;
  if (doc.childCount < 3) return;
  const index = Math.floor(next() * doc.childCount);
  let at = 0;
  for (let i = 0; i < index; i++) at += doc.child(i).nodeSize;
  client.edit((tr) => tr.delete(at, at + doc.child(index).nodeSize));
}

function addRow(client: Client, next: Next): void {
  const tables: { node: Node; position: number }[] = [];
  client.state.doc.forEach((node, position) => {
    if (node.type.name === "table") tables.push({ node, position });
  });
  if (tables.length === 0) return;
  const { node, position } = pick(next, tables);
  const first = node.firstChild;
  if (!first) return;
  if (next() < 0.6 || node.childCount === 1) {
    const row = first.type.create(
      null,
      Array.from(
        { length: first.childCount },
        () => schema.nodes.table_cell?.createAndFill() as Node,
      ),
    );
    client.edit((tr) => tr.insert(position + 1, row));
  } else {
    client.edit((tr) => tr.delete(position + 1, position + 1 + first.nodeSize));
  }
}

function paste(client: Client, next: Next): void {
  const found = range(client.state.doc, next, 40);
  const at = textPosition(client.state.doc, next);
  if (!found || at === null) return;
  const slice = client.state.doc.slice(...found);
  client.edit((tr: Transaction) => tr.replace(at, at, closed(slice)));
}

/** A whole document, as from a word processor. */
function pasteMany(client: Client, next: Next): void {
  const at = textPosition(client.state.doc, next);
  if (at === null) return;
  const count = 4 + Math.floor(next() * 12);
  const blocks = Array.from({ length: count }, () =>
    schema.node("paragraph", { kind: pick(next, kinds) }, schema.text(pick(next, words))),
  );
  client.edit((tr: Transaction) => tr.replace(at, at, new Slice(Fragment.from(blocks), 1, 1)));
}

/** Tables and figures are not pasted inside a paragraph. */
function closed(slice: Slice): Slice {
  let plain = true;
  slice.content.forEach((node) => {
    if (node.type.name !== "paragraph" && !node.isInline) plain = false;
  });
  return plain ? slice : new Slice(Fragment.empty, 0, 0);
}

function undo(client: Client): void {
  client.undoManager.undo();
}

function redo(client: Client): void {
  client.undoManager.redo();
}

const edits: readonly (readonly [(client: Client, next: Next) => void, number])[] = [
  [typeText, 30],
  [remove, 10],
  [split, 9],
  [join, 6],
  [changeKind, 9],
  [mark, 9],
  [comment, 7],
  [suggest, 3],
  [inlineElement, 4],
  [block, 1],
  [removeBlock, 2],
  [addRow, 2],
  [paste, 3],
  [pasteMany, 1],
  [undo, 4],
  [redo, 2],
];

const total = edits.reduce((sum, [, weight]) => sum + weight, 0);

/** One random edit; returns its name. */
export function randomEdit(client: Client, next: Next): string {
  let rest = next() * total;
  for (const [edit, weight] of edits) {
    rest -= weight;
    if (rest < 0) {
      edit(client, next);
      // Each edit is an undo step of its own about half of the time.
      if (next() < 0.5) client.undoManager.stopCapturing();
      return edit.name;
    }
  }
  return "none";
}
