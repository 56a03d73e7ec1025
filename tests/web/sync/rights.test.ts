/** Rights that change while somebody writes: the page follows, and no word is lost. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { Section } from "../../../web/src/sync/section.ts";
import { frames, World, write } from "./support.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 4, 4, 13, 2) }));
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

async function opened(world = new World()): Promise<{ world: World; section: Section }> {
  const section = world.section();
  await settle();
  world.provider.admit();
  world.provider.confirm();
  return { world, section };
}

function told(read: boolean, mayWrite: boolean): string {
  return JSON.stringify({
    type: "rights",
    section: "vision",
    may: { read, write: mayWrite },
    message: "Priya Menon (Hospital) made you a reviewer.",
    actor: { person: "u-fin" },
    position: 41,
  });
}

test("a right taken away is told in the server's words, and the section stays open for reading", async () => {
  const { world, section } = await opened();
  world.provider.options.onMessage(told(true, false));
  world.provider.options.onAuthenticated("readonly");
  await vi.advanceTimersByTimeAsync(1_000);
  const { mayWrite, rights, held, phase, denial } = section.getSnapshot();
  expect({ mayWrite, phase, denial }).toEqual({ mayWrite: false, phase: "ready", denial: null });
  expect(rights).toEqual({
    message: "Priya Menon (Hospital) made you a reviewer.",
    read: true,
    write: false,
    position: 41,
  });
  expect(held).toEqual([]);
});

test("words under way when the right goes become a held draft with the server's reason", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "too late", Y);
  world.provider.options.onMessage(told(true, false));
  world.provider.options.onAuthenticated("readonly");
  await settle();
  await settle();
  const [draft] = section.getSnapshot().held;
  expect(draft).toMatchObject({
    code: "right.read_only",
    message: "Priya Menon (Hospital) made you a reviewer.",
    fields: [{ field: "narrative", paragraphs: ["too late"] }],
  });
  expect(section.getSnapshot().generation).toBe(1);
});

test("words that were taken before the right went are no draft", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "in time", Y);
  world.provider.options.onMessage(told(true, false));
  world.provider.options.onAuthenticated("readonly");
  world.provider.confirm();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(section.getSnapshot().held).toEqual([]);
  expect(section.getSnapshot().generation).toBe(0);
});

test("a draft of which the server has every word is put away again", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "both", Y);
  world.provider.options.onMessage(told(true, false));
  world.provider.options.onAuthenticated("readonly");
  await settle();
  await settle();
  expect(section.getSnapshot().held).toHaveLength(1);
  const { doc } = section.getSnapshot();
  doc.transact(() => {
    const paragraph = new Y.XmlElement("paragraph");
    paragraph.insert(0, [new Y.XmlText("both")]);
    doc.getXmlFragment("narrative").push([paragraph]);
  }, world.provider);
  world.provider.admit("readonly");
  world.provider.confirm();
  expect(section.getSnapshot().held).toEqual([]);
});

test("a refusal that comes after the change of scope is heeded too", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "too late", Y);
  world.provider.options.onAuthenticated("readonly");
  world.provider.options.onMessage(
    JSON.stringify({ type: "refused", code: "right.read_only", message: "You cannot write." }),
  );
  world.ledger.received(frames.notApplied);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(section.getSnapshot().held.map((d) => d.message)).toEqual(["You cannot write."]);
});

test("a right given makes the section writable in place", async () => {
  const world = new World();
  const section = new Section("vision", "e1", world.parts(), false);
  await settle();
  world.provider.admit("readonly");
  world.provider.confirm();
  expect(section.getSnapshot().mayWrite).toBe(false);
  world.provider.options.onMessage(told(true, true));
  world.provider.options.onAuthenticated("read-write");
  const { mayWrite, generation, rights } = section.getSnapshot();
  expect({ mayWrite, generation, write: rights?.write }).toEqual({
    mayWrite: true,
    generation: 0,
    write: true,
  });
  write(section.getSnapshot().doc, "at last", Y);
  world.provider.confirm();
  expect(section.getSnapshot().status.kind).toBe("saved");
});

test("who may no longer read keeps the words that were not taken", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "mine", Y);
  world.provider.options.onMessage(told(false, false));
  world.provider.options.onDenied("no-right");
  expect(section.getSnapshot()).toMatchObject({ denial: "no-right", mayWrite: false });
  expect(section.getSnapshot().held).toMatchObject([
    {
      code: "right.no_access",
      message: "Priya Menon (Hospital) made you a reviewer.",
      fields: [{ field: "narrative", paragraphs: ["mine"] }],
    },
  ]);
  expect(section.unsaved).toBe(false);
});
