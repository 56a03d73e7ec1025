/** The rules that the binding keeps, one by one. */
import { expect, test } from "vitest";
import * as Y from "yjs";
import { splitBlock } from "prosemirror-commands";
import { TextSelection } from "prosemirror-state";
import { prosemirrorToYDoc } from "y-prosemirror";
import { Binding } from "../../../web/src/model/binding.ts";
import { schema } from "../../../web/src/model/schema.ts";
import { Client, field, seeded, shape, syncAll } from "./client.ts";

function stored(write: (fragment: Y.XmlFragment) => void): Uint8Array {
  const doc = new Y.Doc();
  doc.transact(() => write(doc.getXmlFragment(field)));
  return Y.encodeStateAsUpdate(doc);
}

function paragraph(text: string, attributes: Record<string, unknown> = {}): Y.XmlElement {
  const element = new Y.XmlElement("paragraph");
  for (const [key, value] of Object.entries({ kind: "p", ...attributes })) {
    element.setAttribute(key, value as string);
  }
  element.insert(0, [new Y.XmlText(text)]);
  return element;
}

function withUnknown(): Uint8Array {
  return stored((fragment) => {
    const chart = new Y.XmlElement("chart");
    chart.setAttribute("source", "finance");
    chart.insert(0, [new Y.XmlText("Spending by year")]);
    const inline = paragraph("See ", {
      shade: "grey",
      _mark_glow: { level: 2 },
    });
    const formula = new Y.XmlElement("formula");
    formula.setAttribute("tex", "x^2");
    const text = new Y.XmlText();
    text.insert(0, " for words", { glow: { level: 3 } });
    inline.insert(1, [formula, text]);
    fragment.insert(0, [paragraph("First"), chart, inline]);
  });
}

test("opening writes nothing, whatever the document holds", () => {
  for (const update of [seeded("One", "Two"), withUnknown(), stored(() => undefined)]) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, update);
    const before = Y.encodeStateAsUpdate(doc);
    let updates = 0;
    doc.on("update", () => updates++);
    const binding = new Binding(doc.getXmlFragment(field));
    binding.doc.check();
    binding.destroy();
    expect(updates).toBe(0);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  }
});

test("unknown blocks, inline elements, marks and attributes are shown and outlive edits beside them", () => {
  const client = new Client(5, withUnknown());
  const names: string[] = [];
  client.state.doc.descendants((node) => void names.push(node.type.name));
  expect(names).toContain("unknown_block");
  expect(names).toContain("unknown_inline");
  expect(client.state.doc.child(1).attrs.text).toBe("Spending by year");
  client.type("New ", 1);
  const last = client.state.doc.content.size - 1;
  client.type("more", last);
  client.edit((tr) => tr.setNodeAttribute(client.state.doc.child(0).nodeSize + 1, "kind", "h3"));
  const xml = client.fragment.toArray() as Y.XmlElement[];
  expect(xml[1]?.nodeName).toBe("chart");
  expect(xml[1]?.getAttribute("source")).toBe("finance");
  expect(xml[2]?.getAttribute("shade")).toBe("grey");
  expect(xml[2]?.getAttribute("_mark_glow")).toEqual({ level: 2 });
  expect(xml[2]?.getAttribute("kind")).toBe("h3");
  expect((xml[2]?.get(1) as Y.XmlElement).getAttribute("tex")).toBe("x^2");
  expect((xml[2]?.get(2) as Y.XmlText).toDelta()[0].attributes).toEqual({
    glow: { level: 3 },
  });
});

test("splitting a paragraph carries unknown marks and elements along", () => {
  const client = new Client(5, withUnknown());
  const start = client.state.doc.child(0).nodeSize + client.state.doc.child(1).nodeSize;
  client.edit((tr) => tr.setSelection(TextSelection.create(tr.doc, start + 2)));
  splitBlock(client.state, (tr) => client.dispatch(tr));
  const json = JSON.stringify(client.fragment.toJSON());
  expect(json).toContain("formula");
  expect(json).toContain("glow");
  const fresh = new Client(6, client.update());
  expect(shape(fresh.state.doc)).toBe(shape(client.state.doc));
});

test("unknown content cannot be removed here", () => {
  const client = new Client(5, withUnknown());
  client.edit((tr) => tr.delete(0, tr.doc.content.size));
  expect(client.fragment.length).toBe(3);
  expect(JSON.stringify(client.fragment.toJSON())).toContain("chart");
});

test("a remote keystroke is one step of one character, and is no history", () => {
  const [a, b] = [new Client(1, seeded("Hello", "world")), new Client(2, undefined)];
  syncAll(a, b);
  a.type("!", 6);
  syncAll(a, b);
  const tr = b.lastRemote;
  expect(tr?.steps.length).toBe(1);
  expect(tr?.steps[0]?.toJSON()).toMatchObject({
    from: 6,
    to: 6,
    slice: { content: [{ text: "!" }] },
  });
  expect(tr?.getMeta("addToHistory")).toBe(false);
});

test("the caret stays with the character on its left", () => {
  const start = seeded("Hello world");
  const [a, b] = [new Client(1, start), new Client(2, start)];
  b.caret(6);
  a.type("XX", 6);
  syncAll(a, b);
  expect(b.state.selection.head).toBe(6);
  a.type("YY", 1);
  syncAll(a, b);
  expect(b.state.selection.head).toBe(8);
});

test("a remote split and a remote heading leave the caret with its word", () => {
  const start = seeded("Hello world again", "Last");
  const [a, b] = [new Client(1, start), new Client(2, start)];
  const at = "Hello world".length + 1;
  b.caret(at);
  a.edit((tr) => tr.setNodeAttribute(0, "kind", "h4"));
  syncAll(a, b);
  expect(b.state.selection.head).toBe(at);
  a.caret(7);
  splitBlock(a.state, (tr) => a.dispatch(tr));
  syncAll(a, b);
  expect(b.state.doc.resolve(b.state.selection.head).nodeBefore?.text).toBe("world");
});

test("emoji are never cut", () => {
  const start = seeded("a🙂b");
  const [a, b] = [new Client(1, start), new Client(2, start)];
  a.edit((tr) => tr.insertText("🙃", 2, 4));
  b.edit((tr) => tr.insertText("😀", 2, 4));
  syncAll(a, b);
  expect(a.text).toBe(b.text);
  expect(a.text.isWellFormed()).toBe(true);
  expect(a.text).not.toContain("\uFFFD");
  a.edit((tr) => tr.insertText("\uD83D", 1));
  expect(a.text.isWellFormed()).toBe(true);
  expect(shape(new Client(3, a.update()).state.doc)).toBe(shape(a.state.doc));
});

test("several comments on the same words have one order for everybody", () => {
  const start = seeded("Some words here");
  const [a, b] = [new Client(1, start), new Client(2, start)];
  a.edit((tr) => tr.addMark(1, 11, schema.mark("comment", { id: "zzzzzzzz" })));
  b.edit((tr) => tr.addMark(5, 16, schema.mark("comment", { id: "aaaaaaaa" })));
  syncAll(a, b);
  const ids = (client: Client) => {
    const found: string[] = [];
    client.state.doc.descendants((node) => {
      if (node.isText) found.push(node.marks.map((mark) => String(mark.attrs.id)).join("+"));
    });
    return found;
  };
  expect(ids(a)).toEqual(["zzzzzzzz", "aaaaaaaa+zzzzzzzz", "aaaaaaaa"]);
  expect(ids(b)).toEqual(ids(a));
});

test("a comment that only its id names is read as such", () => {
  const update = stored((fragment) => {
    fragment.insert(0, [paragraph("Some words")]);
    (fragment.get(0) as Y.XmlElement).get(0);
    ((fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText).format(0, 4, {
      "comment--AbCd1234": {},
    });
  });
  const client = new Client(4, update);
  expect(client.state.doc.firstChild?.firstChild?.marks[0]?.attrs.id).toBe("AbCd1234");
  client.type("!", 2);
  const text = (client.fragment.get(0) as Y.XmlElement).get(0) as Y.XmlText;
  expect(text.toDelta()[0].attributes).toHaveProperty("comment--AbCd1234");
});

test("undo takes back only one's own edits", () => {
  const start = seeded("Hello world");
  const [a, b] = [new Client(1, start), new Client(2, start)];
  a.edit((tr) => tr.addMark(1, 6, schema.mark("strong")));
  b.type(" there", 6);
  syncAll(a, b);
  a.undoManager.undo();
  syncAll(a, b);
  expect(a.text).toBe("Hello there world");
  expect(shape(a.state.doc)).not.toContain("strong");
  expect(shape(a.state.doc)).toBe(shape(b.state.doc));
});

test("every new block gets an id of its own; the half with most words keeps its", () => {
  const client = new Client(3, seeded("Hello world again"));
  const old = client.state.doc.child(0).attrs.bid as string;
  expect(old).toMatch(/^[A-Za-z0-9]{8}$/);
  client.caret(13);
  splitBlock(client.state, (tr) => client.dispatch(tr));
  const ids = [0, 1].map((index) => client.state.doc.child(index).attrs.bid as string);
  expect(ids[0]).toBe(old);
  expect(ids[1]).toMatch(/^[A-Za-z0-9]{8}$/);
  expect(ids[1]).not.toBe(old);
  client.edit((tr) => tr.insert(tr.doc.content.size, client.state.doc.child(0)));
  const all = new Set<unknown>();
  client.state.doc.forEach((node) => all.add(node.attrs.bid));
  expect(all.size).toBe(3);
});

test("documents that y-prosemirror wrote are read the same", () => {
  const doc = schema.node("doc", null, [
    schema.node("paragraph", { kind: "h3", bid: "abcdefgh" }, schema.text("Title")),
    schema.node("paragraph", { kind: "ul", indent: 1, bid: "ijklmnop" }, [
      schema.text("bold", [schema.mark("strong")]),
      schema.node("hard_break"),
      schema.text("link", [schema.mark("link", { href: "https://example.org" })]),
    ]),
  ]);
  const written = prosemirrorToYDoc(doc, field);
  const client = new Client(9, Y.encodeStateAsUpdate(written));
  expect(shape(client.state.doc)).toBe(shape(doc));
});

test("text of two people who begin in one empty paragraph stands side by side", () => {
  const start = stored((fragment) => {
    const empty = new Y.XmlElement("paragraph");
    empty.setAttribute("bid", "emptyone");
    fragment.insert(0, [empty]);
  });
  const [a, b] = [new Client(1, start), new Client(2, start)];
  a.type("left", 1);
  b.type("right", 1);
  syncAll(a, b);
  expect(a.text).toBe(b.text);
  expect(["leftright", "rightleft"]).toContain(a.text);
  a.edit((tr) => tr.delete(3, 7));
  syncAll(a, b);
  expect(a.text).toHaveLength(5);
  expect(shape(a.state.doc)).toBe(shape(b.state.doc));
});

test("marks on whole blocks are stored under their own key", () => {
  const client = new Client(3, seeded("Hello"));
  const mark = schema.mark("modification", {
    id: "suggest1",
    attrName: "kind",
    type: "attr",
  });
  client.edit((tr) => tr.addNodeMark(0, mark));
  const keys = Object.keys((client.fragment.get(0) as Y.XmlElement).getAttributes());
  expect(keys).toContain("_mark_modification--suggest1-kind");
  expect(shape(new Client(4, client.update()).state.doc)).toBe(shape(client.state.doc));
});

test("a place keeps to its words through a stored position", () => {
  const start = seeded("Hello world", "Second");
  const [a, b] = [new Client(1, start), new Client(2, start)];
  for (let position = 0; position <= a.state.doc.content.size; position++) {
    if (!a.state.doc.resolve(position).parent.inlineContent) continue;
    const there = a.binding.fromStored(a.binding.toStored(position));
    expect(there).toBe(position);
  }
  const place = a.binding.toStored(7);
  b.type("Oh! ", 1);
  syncAll(a, b);
  expect(a.binding.fromStored(place)).toBe(11);
});
