/** Tables in prose: what the commands do, and that two people's changes to one table come together. */
import { expect, test } from "vitest";
import type { Node } from "prosemirror-model";
import { TextSelection, type Command } from "prosemirror-state";
import { TableMap } from "prosemirror-tables";
import {
  addColumn,
  addRow,
  insertTable,
  inTable,
  removeColumn,
  removeRow,
  removeTable,
} from "../../../web/src/editor/tables.ts";
import { Client, seeded, shape, syncAll } from "../model/client.ts";

function act(client: Client, command: Command): boolean {
  return command(client.state, (tr) => client.dispatch(tr));
}

function tableOf(client: Client): Node {
  let found: Node | null = null;
  client.state.doc.forEach((node) => {
    if (node.type.name === "table") found = node;
  });
  if (!found) throw new Error("no table");
  return found;
}

function size(client: Client): string {
  const { width, height, problems } = TableMap.get(tableOf(client));
  return `${width}x${height}${problems ? " with gaps" : ""}`;
}

/** Puts the caret into the table's first cell. */
function intoTable(client: Client): void {
  let at = 0;
  client.state.doc.forEach((node, offset) => {
    if (node.type.name === "table") at = offset + 4;
  });
  client.edit((tr) => tr.setSelection(TextSelection.create(tr.doc, at)));
}

function withTable(): [Client, Client] {
  const a = new Client(11, seeded("Before", "After"));
  a.caret(3);
  expect(act(a, insertTable)).toBe(true);
  const b = new Client(22, a.update());
  intoTable(b);
  return [a, b];
}

test("a table comes after the caret's paragraph, with headings, and the caret in its first cell", () => {
  const [a] = withTable();
  expect(size(a)).toBe("3x3");
  expect(a.state.doc.child(1).type.name).toBe("table");
  expect(tableOf(a).firstChild?.firstChild?.type.name).toBe("table_header");
  expect(inTable(a.state)).toBe(true);
  expect(act(a, insertTable)).toBe(false);
});

test("a table at the end leaves a paragraph to go on in; an empty paragraph makes room for it", () => {
  const client = new Client(11, seeded(""));
  client.caret(1);
  act(client, insertTable);
  expect(client.state.doc.child(0).type.name).toBe("table");
  expect(client.state.doc.lastChild?.type.name).toBe("paragraph");
});

test("rows and columns come and go", () => {
  const [a] = withTable();
  act(a, addRow);
  expect(size(a)).toBe("3x4");
  expect(tableOf(a).child(1).firstChild?.type.name).toBe("table_cell");
  act(a, addColumn);
  expect(size(a)).toBe("4x4");
  act(a, removeColumn);
  act(a, removeRow);
  expect(size(a)).toBe("3x3");
  act(a, removeTable);
  expect(a.text).toBe("Before\nAfter");
});

test("a row by one and a column by the other at once lose nothing; the next change fills the gap, nobody's arrival does", () => {
  const [a, b] = withTable();
  a.edit((tr) => tr.insertText("Ours"));
  act(a, addRow);
  act(b, addColumn);
  syncAll(a, b);
  expect(shape(a.state.doc)).toBe(shape(b.state.doc));
  expect(a.text).toContain("Ours");
  expect(size(a)).toBe("4x4 with gaps");
  intoTable(a);
  act(a, addRow);
  expect(size(a)).toBe("4x5");
  syncAll(a, b);
  expect(size(b)).toBe("4x5");
  expect(shape(a.state.doc)).toBe(shape(b.state.doc));
});

test("outside a table its commands say that they cannot act", () => {
  const client = new Client(11, seeded("Before"));
  client.caret(2);
  for (const command of [addRow, addColumn, removeRow, removeColumn, removeTable])
    expect(act(client, command)).toBe(false);
});
