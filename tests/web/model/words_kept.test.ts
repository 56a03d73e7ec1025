/** Two people do things to one paragraph at once: no typed word is lost. */
import { expect, test } from "vitest";
import { splitBlock } from "prosemirror-commands";
import { Fragment, Slice } from "prosemirror-model";
import { TextSelection } from "prosemirror-state";
import { schema } from "../../../web/src/model/schema.ts";
import { Client, random, seeded, shape, syncAll } from "./client.ts";

const text = "Our hospitals and councils will act together from today.";

function pair(): [Client, Client] {
  const start = seeded("Before", text, "After");
  return [new Client(11, start), new Client(22, start)];
}

/** Position of the middle paragraph's content. */
function middle(client: Client): number {
  return (client.state.doc.firstChild?.nodeSize ?? 0) + 1;
}

function setAttribute(client: Client, name: string, value: unknown): void {
  client.edit((tr) => tr.setNodeAttribute(middle(client) - 1, name, value));
}

function splitAt(client: Client, offset: number): void {
  const at = middle(client) + offset;
  client.edit((tr) => tr.setSelection(TextSelection.create(tr.doc, at)));
  splitBlock(client.state, (tr) => client.dispatch(tr));
}

function bold(client: Client, from: number, to: number): void {
  const at = middle(client);
  client.edit((tr) => tr.addMark(at + from, at + to, schema.mark("strong")));
}

const acts: Record<string, (client: Client, next: () => number) => void> = {
  "makes it a heading": (client) => setAttribute(client, "kind", "h3"),
  "makes it a bullet": (client) => setAttribute(client, "kind", "ul"),
  "makes it a quotation": (client) => setAttribute(client, "kind", "quote"),
  "moves it in": (client) => setAttribute(client, "indent", 2),
  "splits it": (client, next) => splitAt(client, Math.floor(next() * (text.length + 1))),
  "makes words bold": (client, next) => {
    const from = Math.floor(next() * (text.length - 5));
    bold(client, from, from + 5);
  },
  "comments on words": (client, next) => {
    const at = middle(client) + Math.floor(next() * (text.length - 9));
    client.edit((tr) => tr.addMark(at, at + 9, schema.mark("comment", { id: "thread01" })));
  },
  "types too": (client, next) => {
    client.type("Partners. ", middle(client) + Math.floor(next() * (text.length + 1)));
  },
};

test.each(Object.keys(acts))("a word typed while somebody else %s is kept", (name) => {
  for (let seed = 1; seed <= 60; seed++) {
    const next = random(seed);
    const [a, b] = pair();
    const word = "🙂Xylophone🙂";
    const at = middle(a) + Math.floor(next() * (text.length + 1));
    a.type(word, at);
    acts[name]?.(b, next);
    syncAll(a, b);
    expect(shape(a.state.doc)).toBe(shape(b.state.doc));
    // Typed into the very middle of the other's new words it may stand apart, never be gone.
    const letters = b.text.replace("Partners. ", "");
    expect(letters.includes(word) || name === "types too").toBe(true);
    for (const letter of new Set(word)) expect(b.text).toContain(letter);
    a.destroy();
    b.destroy();
  }
});

test("a whole paragraph's change of kind is one small attribute edit", () => {
  const [a, b] = pair();
  let bytes = 0;
  a.doc.on("update", (update: Uint8Array) => (bytes += update.length));
  setAttribute(a, "kind", "h3");
  expect(bytes).toBeLessThan(30);
  b.type("typed ", middle(b) + 4);
  syncAll(a, b);
  expect(a.state.doc.child(1).attrs.kind).toBe("h3");
  expect(a.text).toContain("Our typed hospitals");
});

test("two people typing at one place make whole words", () => {
  const [a, b] = pair();
  const at = middle(a) + 4;
  a.caret(at);
  b.caret(at);
  for (const [left, right] of [
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
  ] as const) {
    a.edit((tr) => tr.insertText(left));
    b.edit((tr) => tr.insertText(right));
    syncAll(a, b);
  }
  expect(a.text).toBe(b.text);
  expect(a.text.includes("abc") && a.text.includes("123")).toBe(true);
});

test("splitting keeps the longer half in its own type", () => {
  const [a, b] = pair();
  const type = a.fragment.get(1);
  splitAt(a, 4);
  expect(a.fragment.get(2)).toBe(type);
  b.type("NEW ", middle(b) + 20);
  syncAll(a, b);
  expect(a.state.doc.child(2).textContent).toContain("NEW ");
});

test("four people at one paragraph: a split, a heading, bold and typing at once keep every word", () => {
  for (let seed = 1; seed <= 80; seed++) {
    const next = random(seed);
    const start = seeded("Before", text, "After");
    const people = [11, 22, 33, 44].map((id) => new Client(id, start));
    const [a, b, c, d] = people as [Client, Client, Client, Client];
    splitAt(a, Math.floor(next() * (text.length + 1)));
    setAttribute(b, "kind", "h3");
    const from = Math.floor(next() * (text.length - 8));
    bold(c, from, from + 8);
    d.type("Xylophone", middle(d) + Math.floor(next() * (text.length + 1)));
    syncAll(...people);
    syncAll(...people);
    for (const person of people) expect(shape(person.state.doc)).toBe(shape(a.state.doc));
    const letters = a.text.replaceAll("\n", "");
    expect(letters).toContain("Xylophone");
    expect(letters.replace("Xylophone", "")).toBe(`Before${text}After`);
    for (const person of people) person.destroy();
  }
});

test("a long paste into a paragraph that somebody else removes is kept", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const next = random(seed);
    const [a, b] = pair();
    const blocks = Array.from({ length: 30 }, (_, i) =>
      schema.node("paragraph", { kind: i % 4 === 0 ? "h3" : "ul" }, schema.text(`Pasted ${i}.`)),
    );
    const at = middle(a) + Math.floor(next() * (text.length + 1));
    a.edit((tr) => tr.replace(at, at, new Slice(Fragment.from(blocks), 1, 1)));
    const from = middle(b) - 1;
    b.edit((tr) => tr.delete(from, from + text.length + 2));
    syncAll(a, b);
    syncAll(a, b);
    expect(shape(a.state.doc)).toBe(shape(b.state.doc));
    // The first and the last stand in the removed paragraph's halves; all between are blocks of their own.
    for (let i = 1; i < 29; i++) expect(b.text).toContain(`Pasted ${i}.`);
    expect(b.text).toContain("Before");
    expect(b.text).toContain("After");
    a.destroy();
    b.destroy();
  }
});
