/** Commands as data, without a view: what they do to the document and whether they can. */
import { expect, test } from "vitest";
import type { Node } from "prosemirror-model";
import { EditorState, TextSelection, type Command } from "prosemirror-state";
import {
  changeIndent,
  editorCommands,
  enter,
  plainAtStart,
  setKind,
  shortcutText,
  toggleKind,
} from "../../../web/src/editor/commands.ts";
import { safeColour } from "../../../web/src/editor/carets.ts";
import { cleanSlice, plainTextSlice } from "../../../web/src/editor/paste.ts";
import { countWords } from "../../../web/src/editor/words.ts";
import { safeHref, schema } from "../../../web/src/model/schema.ts";

function paragraph(kind: string, text: string, indent = 0): Node {
  return schema.node("paragraph", { kind, indent }, text ? schema.text(text) : undefined);
}

function at(position: number, ...paragraphs: Node[]): EditorState {
  const doc = schema.node("doc", null, paragraphs);
  return EditorState.create({
    doc,
    selection: TextSelection.create(doc, position),
  });
}

function after(state: EditorState, command: Command): EditorState {
  let result = state;
  command(state, (tr) => (result = result.apply(tr)));
  return result;
}

const kinds = (state: EditorState) => {
  const found: string[] = [];
  state.doc.forEach(
    (node) => void found.push(`${String(node.attrs.kind)}${String(node.attrs.indent)}`),
  );
  return found;
};

test("a list button toggles, a heading button sets", () => {
  const plain = at(1, paragraph("p", "words"));
  const list = after(plain, toggleKind("ul"));
  expect(kinds(list)).toEqual(["ul0"]);
  expect(kinds(after(list, toggleKind("ul")))).toEqual(["p0"]);
  expect(kinds(after(list, setKind("h3")))).toEqual(["h30"]);
});

test("only list items move in and out, within bounds", () => {
  expect(changeIndent(1)(at(1, paragraph("p", "words")))).toBe(false);
  const item = at(1, paragraph("ul", "words"));
  expect(changeIndent(-1)(item)).toBe(false);
  expect(kinds(after(item, changeIndent(1)))).toEqual(["ul1"]);
});

test("Enter continues a list, ends it when empty, and writes plain text after a heading", () => {
  expect(kinds(after(at(6, paragraph("ul", "words")), enter))).toEqual(["ul0", "ul0"]);
  expect(kinds(after(at(1, paragraph("ol", "", 1)), enter))).toEqual(["ol0"]);
  expect(kinds(after(at(1, paragraph("ol", "")), enter))).toEqual(["p0"]);
  expect(kinds(after(at(6, paragraph("h3", "words")), enter))).toEqual(["h30", "p0"]);
});

test("Backspace at the start makes plain text before it joins", () => {
  expect(kinds(after(at(1, paragraph("quote", "words")), plainAtStart))).toEqual(["p0"]);
  expect(plainAtStart(at(1, paragraph("p", "words")))).toBe(false);
});

test("every command has its own id, a label and a key of its own", () => {
  const none: Command = () => false;
  const commands = editorCommands({ undo: none, redo: none, link: none });
  const keys = commands.flatMap((command) => command.keys);
  expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
  expect(new Set(keys).size).toBe(keys.length);
  expect(commands.every(({ label }) => label.length > 2)).toBe(true);
});

test("keys in words", () => {
  expect(shortcutText("Mod-Alt-3", false)).toBe("Ctrl+Alt+3");
  expect(shortcutText("Mod-b", true)).toBe("⌘B");
});

test("what is pasted gets no ids, comments or suggestions of others, and no harmful links", () => {
  const marks = [
    schema.mark("link", { href: "javascript:alert(1)" }),
    schema.mark("strong"),
    schema.mark("comment", { id: "abcdefgh" }),
  ];
  const node = schema.node("paragraph", { bid: "abcdefgh" }, schema.text("words", marks));
  const doc = schema.node("doc", null, [node]);
  const clean = cleanSlice(doc.slice(0, doc.content.size)).content.firstChild;
  expect(clean?.attrs.bid).toBeNull();
  expect(clean?.firstChild?.marks.map((mark) => mark.type.name)).toEqual(["link", "strong"]);
  expect(clean?.firstChild?.marks[0]?.attrs.href).toBe("#");
});

test("lines of plain text become paragraphs", () => {
  const slice = plainTextSlice("one\r\n\r\ntwo\nthree");
  expect(slice.content.childCount).toBe(3);
  expect(slice.openStart).toBe(1);
  expect(plainTextSlice("").size).toBe(0);
});

test("words are counted as people do", () => {
  const doc = schema.node("doc", null, [
    paragraph("p", "It's £2.5 million – now"),
    paragraph("ul", "two words"),
  ]);
  expect(countWords(doc)).toBe(6);
});

test("addresses and colours from others are checked", () => {
  expect(safeHref("https://example.org")).toBe("https://example.org");
  expect(safeHref("data:text/html,x")).toBe("#");
  expect(safeHref("//elsewhere.example")).toBe("#");
  expect(safeColour("#12ab34")).toBe("#12ab34");
  expect(safeColour("red; background: url(x)")).toBe("#005eb8");
});
