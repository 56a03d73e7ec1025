/** One run of several people editing at once over a network that delays and reorders. */
import * as Y from "yjs";
import { yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import { Binding } from "../../../web/src/model/binding.ts";
import { schema } from "../../../web/src/model/schema.ts";
import { Client, field, random, seeded, shape } from "./client.ts";
import { randomEdit } from "./random_edits.ts";

interface Message {
  readonly to: Client;
  readonly update: Uint8Array;
}

export interface RunResult {
  readonly seed: number;
  readonly edits: number;
  /** What is wrong, or null. */
  readonly problem: string | null;
}

function connect(clients: readonly Client[], wire: Message[]): void {
  for (const from of clients) {
    from.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === "network") return;
      for (const to of clients) if (to !== from) wire.push({ to, update });
    });
  }
}

function deliver(wire: Message[], next: () => number): void {
  // Mostly in order; sometimes any message first, which Yjs keeps until what it needs has come.
  const index = next() < 0.7 ? 0 : Math.floor(next() * wire.length);
  const [message] = wire.splice(index, 1);
  if (message) Y.applyUpdate(message.to.doc, message.update, "network");
}

function freshLoad(client: Client): string {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, client.update());
  const before = Y.encodeStateVector(doc).length;
  const binding = new Binding(doc.getXmlFragment(field));
  const result = shape(binding.doc);
  if (Y.encodeStateVector(doc).length !== before) throw new Error("opening wrote something");
  binding.destroy();
  return result;
}

/**
 * Two people who each remove one of a cell's two paragraphs leave it empty. We show it with an empty paragraph that is stored
 * nowhere; y-prosemirror removes such a cell. To compare all else, its copy gets the paragraph that we show.
 */
function fillEmptyCells(parent: Y.XmlFragment): void {
  for (const child of parent.toArray()) {
    if (!(child instanceof Y.XmlElement)) continue;
    if (/^table_(cell|header)$/.test(child.nodeName) && child.length === 0) {
      child.insert(0, [new Y.XmlElement("paragraph")]);
    } else if (child.nodeName.startsWith("table")) fillEmptyCells(child);
  }
}

function asOthersRead(client: Client): string {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, client.update());
  fillEmptyCells(doc.getXmlFragment(field));
  return shape(yXmlFragmentToProseMirrorRootNode(doc.getXmlFragment(field), schema), true);
}

/** Both around the first place where they differ. */
function difference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(at - 200, 0);
  return `\n${a.slice(from, at + 300)}\n${b.slice(from, at + 300)}`;
}

/**
 * A third of the runs begin with content of a newer version. Nothing that people do may remove its block. What stands inside a
 * paragraph is written anew where that is split or joined, so several who split, join and undo there at once can lose it, as they
 * can lose words; its mark goes with its words.
 */
function withUnknownContent(start: Uint8Array): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = 9998;
  Y.applyUpdate(doc, start);
  doc.transact(() => {
    const fragment = doc.getXmlFragment(field);
    const chart = new Y.XmlElement("chart");
    chart.insert(0, [new Y.XmlText("Spending by year")]);
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.setAttribute("kind", "p");
    const glowing = new Y.XmlText();
    glowing.insert(0, "glowing words", { glow: { level: 3 } });
    paragraph.insert(0, [new Y.XmlText("See "), new Y.XmlElement("formula"), glowing]);
    fragment.insert(1, [chart, paragraph]);
  });
  return Y.encodeStateAsUpdate(doc);
}

function missingUnknown(client: Client): string | null {
  const stored = JSON.stringify(client.fragment.toJSON());
  return stored.includes("<chart") ? null : "unknown content is gone";
}

function inStep(client: Client): string | null {
  const expected = freshLoad(client);
  const actual = shape(client.state.doc);
  return actual === expected ? null : `not in step:${difference(actual, expected)}`;
}

function check(clients: readonly Client[], unknown: boolean): string | null {
  const first = clients[0] as Client;
  const expected = shape(first.state.doc);
  for (const client of clients) {
    const at = `client ${client.doc.clientID}`;
    if (shape(client.state.doc) !== expected) {
      const differing = difference(expected, shape(client.state.doc));
      return `${at} differs from client ${first.doc.clientID}${differing}`;
    }
    if (client.state.doc !== client.binding.doc) return `${at}: binding and editor differ`;
    try {
      client.state.doc.check();
    } catch (error) {
      return `${at}: ${String(error)}`;
    }
    const fresh = freshLoad(client);
    if (fresh !== expected) return `${at} differs from a fresh load${difference(expected, fresh)}`;
  }
  if (unknown) return missingUnknown(first);
  // y-prosemirror removes what it does not know, so it is asked only where all is known.
  if (first.fragment.length > 0) {
    const ours = shape(first.state.doc, true);
    const theirs = asOthersRead(first);
    if (theirs !== ours) return `y-prosemirror reads another document${difference(ours, theirs)}`;
  }
  return null;
}

/** `checkEach` compares with a fresh load after every edit: slow, to find the edit that went wrong. */
export function run(seed: number, editsPerRun: number, checkEach = false): RunResult {
  const next = random(seed);
  const known = seeded(
    "The plan in one page",
    { kind: "h3", text: "Why change" },
    "We will 🙂 act together.",
  );
  const unknown = seed % 3 === 0;
  const start = unknown ? withUnknownContent(known) : known;
  const count = 2 + Math.floor(next() * 3);
  const clients = Array.from(
    { length: count },
    (_, i) => new Client(100 + i, start, random(seed + i)),
  );
  const wire: Message[] = [];
  connect(clients, wire);
  const trail: string[] = [];
  let problem: string | null = null;
  try {
    for (let i = 0; i < editsPerRun; i++) {
      const client = clients[Math.floor(next() * count)] as Client;
      trail.push(`${client.doc.clientID}:${randomEdit(client, next)}`);
      if (checkEach) {
        problem = inStep(client);
        if (problem) break;
      }
      while (wire.length > 0 && next() < 0.6) {
        deliver(wire, next);
        if (checkEach) problem ??= clients.map(inStep).find((found) => found !== null) ?? null;
      }
      if (problem) break;
      // Now and then somebody goes quiet and everything arrives at once.
      if (next() < 0.02) while (wire.length > 0) deliver(wire, next);
    }
    while (wire.length > 0) deliver(wire, next);
    problem ??= check(clients, unknown);
  } catch (error) {
    problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  for (const client of clients) client.destroy();
  if (problem) problem += `\nlast edits: ${trail.slice(-6).join(" ")}`;
  return { seed, edits: editsPerRun, problem };
}
