/** The save status never says more than is true, and refused words are kept. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { frames, World, write } from "./support.ts";
import type { Section } from "../../../web/src/sync/section.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 4, 4, 13, 2) }));
afterEach(() => void vi.useRealTimers());

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

async function opened(world = new World()): Promise<{ world: World; section: Section }> {
  const section = world.section();
  await settle();
  world.provider.admit();
  world.provider.confirm();
  return { world, section };
}

const kind = (section: Section) => section.getSnapshot().status.kind;

test("saved only after the server has confirmed what it was sent", async () => {
  const world = new World();
  const section = world.section();
  expect(section.getSnapshot().phase).toBe("loading");
  await settle();
  expect(section.getSnapshot().phase).toBe("checking");
  expect(kind(section)).toBe("saving");
  world.provider.admit();
  expect(section.getSnapshot().phase).toBe("ready");
  expect(kind(section)).toBe("saving");
  world.provider.confirm();
  expect(kind(section)).toBe("saved");
  write(section.getSnapshot().doc, "word", Y);
  expect(kind(section)).toBe("saving");
  expect(section.unsaved).toBe(true);
  world.provider.confirm();
  expect(kind(section)).toBe("saved");
  expect(section.unsaved).toBe(false);
});

test("the provider's counter at zero is not enough while a frame is unconfirmed", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "one", Y);
  write(section.getSnapshot().doc, "two", Y);
  world.provider.confirm();
  expect(world.provider.hasUnsyncedChanges).toBe(false);
  expect(kind(section)).toBe("saving");
  world.provider.confirm();
  expect(kind(section)).toBe("saved");
});

test("a refused frame never counts as saved", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "one", Y);
  world.provider.hasUnsyncedChanges = false;
  world.ledger.received(frames.notApplied);
  expect(kind(section)).toBe("saving");
});

test("not saved while this device's copy is behind", async () => {
  const { world, section } = await opened();
  world.copies[0]?.flushed.set(false);
  expect(kind(section)).toBe("saving");
  world.copies[0]?.flushed.set(true);
  expect(kind(section)).toBe("saved");
});

test("offline says since when, after a short grace, and comes back", async () => {
  const { world, section } = await opened();
  const lost = Date.now();
  world.provider.drop();
  expect(kind(section)).toBe("saving");
  await vi.advanceTimersByTimeAsync(2_100);
  expect(section.getSnapshot().status).toEqual({
    kind: "unsaved",
    since: lost,
    reason: "offline",
    kept: true,
  });
  write(section.getSnapshot().doc, "kept", Y);
  expect(section.unsaved).toBe(true);
  world.connected = true;
  world.ledger.opened(world.socket);
  world.provider.begin();
  world.provider.admit();
  // Still "not saved since": the words are on their way, not there.
  expect(kind(section)).not.toBe("saved");
  world.provider.confirm();
  expect(kind(section)).toBe("saved");
  expect(section.unsaved).toBe(false);
});

test("a server that does not answer is not called saving for ever", async () => {
  const { section } = await opened();
  write(section.getSnapshot().doc, "word", Y);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(kind(section)).toBe("saving");
  await vi.advanceTimersByTimeAsync(1_500);
  expect(kind(section)).toBe("unsaved");
});

test("a device that keeps nothing says so", async () => {
  const world = new World();
  world.keeps = false;
  const { section } = await opened(world);
  expect(kind(section)).toBe("saved");
  expect(section.getSnapshot().keepsOffline).toBe(false);
  world.provider.drop();
  await vi.advanceTimersByTimeAsync(2_100);
  expect(section.getSnapshot().status).toMatchObject({ kept: false });
});

test("an ended session asks to sign in, and tries again when told to", async () => {
  const { world, section } = await opened();
  world.ledger.received(frames.denied);
  world.provider.options.onDenied("sign-in");
  expect(section.getSnapshot()).toMatchObject({
    phase: "denied",
    denial: "sign-in",
  });
  expect(section.getSnapshot().status).toMatchObject({
    kind: "unsaved",
    reason: "sign-in",
  });
  // Nothing more is sent for it until a token was.
  expect(world.ledger.sending(frames.update)).toBe(false);
  section.retry();
  await settle();
  expect(world.provider.tokens).toBe(1);
  world.provider.admit();
  world.provider.confirm();
  expect(kind(section)).toBe("saved");
});

test("too old a page is told to reload", async () => {
  const { world, section } = await opened();
  world.provider.options.onDenied("client-too-old");
  expect(section.getSnapshot().status).toMatchObject({
    kind: "unsaved",
    reason: "too-old",
  });
});

test("refused words are held aside and the server's text is loaded anew", async () => {
  const { world, section } = await opened();
  const { doc, generation } = section.getSnapshot();
  write(doc, "Agreed words", Y);
  write(doc, "Words that are too many", Y);
  const agreed = Y.encodeStateAsUpdate(doc);
  world.provider.options.onMessage(
    JSON.stringify({
      type: "refused",
      code: "section.too-large",
      message: "Too long.",
    }),
  );
  const [draft] = section.getSnapshot().held;
  expect(draft).toMatchObject({
    code: "section.too-large",
    message: "Too long.",
    section: "vision",
  });
  expect(world.renewed).toBe(1);
  expect(world.providers[0]?.destroyed).toBe(true);
  await settle();
  expect(world.copies[0]?.cleared).toBe(1);
  const after = section.getSnapshot();
  expect(after.generation).toBe(generation + 1);
  expect(after.doc).not.toBe(doc);
  const server = new Y.Doc();
  Y.applyUpdate(server, agreed);
  server.getXmlFragment("narrative").delete(1, 1);
  Y.applyUpdate(after.doc, Y.encodeStateAsUpdate(server), world.provider);
  world.provider.begin();
  world.provider.admit();
  world.provider.confirm();
  expect(kind(section)).toBe("saved");
  // Only what the server's text lacks stays in the draft.
  expect(section.getSnapshot().held[0]?.fields).toEqual([
    { field: "narrative", paragraphs: ["Words that are too many"] },
  ]);
  section.discardHeld(String(draft?.id));
  expect(section.getSnapshot().held).toEqual([]);
});

test("a replaced section is opened at its new epoch, and unsaved words are held", async () => {
  const { world, section } = await opened();
  world.provider.drop();
  write(section.getSnapshot().doc, "Written while away", Y);
  world.connected = true;
  world.epoch = "e2";
  world.provider.options.onDenied("epoch-changed");
  await settle();
  expect(section.getSnapshot().held).toHaveLength(1);
  expect(section.getSnapshot().generation).toBe(1);
  expect(await world.provider.options.token()).toContain('"e2"');
});

test("a reader has nothing to save and sends no edits", async () => {
  const world = new World();
  const section = world.section();
  await settle();
  world.provider.admit("readonly");
  expect(kind(section)).toBe("saved");
  expect(section.getSnapshot().mayWrite).toBe(false);
  expect(world.ledger.sending(frames.update)).toBe(false);
});

test("a section that is left with unsaved words stays until they are saved", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "last words", Y);
  let ended = false;
  section.end(() => (ended = true));
  expect(ended).toBe(false);
  world.provider.confirm();
  expect(ended).toBe(true);
  expect(world.provider.destroyed).toBe(true);
});

test("words that a closed tab left on the device are known after opening again", async () => {
  const world = new World();
  const { section } = await opened(world);
  world.provider.drop();
  write(section.getSnapshot().doc, "kept", Y);
  section.finish();
  const again = world.section();
  expect(again.unsaved).toBe(true);
});

test("words that found no room on the device are not said to be kept", async () => {
  const { world, section } = await opened();
  world.provider.drop();
  write(section.getSnapshot().doc, "word", Y);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(section.getSnapshot().status).toMatchObject({ kind: "unsaved", kept: true });
  world.copies[0]?.keeps.set(false);
  expect(section.getSnapshot().status).toMatchObject({ kind: "unsaved", kept: false });
  expect(section.getSnapshot().keepsOffline).toBe(false);
});

test("before a lost connection is noticed words are being saved, never saved; then they are not", async () => {
  const { section } = await opened();
  // The socket says that it is open; nothing comes back.
  write(section.getSnapshot().doc, "word", Y);
  for (let second = 0; second < 10; second++) {
    expect(kind(section)).toBe("saving");
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(section.getSnapshot().status).toMatchObject({ kind: "unsaved", reason: "no-answer" });
  expect(section.unsaved).toBe(true);
});

test("after a reconnection nothing is saved before the server has said so on the new connection", async () => {
  const { world, section } = await opened();
  write(section.getSnapshot().doc, "word", Y);
  world.provider.drop();
  world.connected = true;
  world.ledger.opened(world.socket);
  section.refresh();
  expect(kind(section)).not.toBe("saved");
  world.provider.begin();
  expect(kind(section)).not.toBe("saved");
  world.provider.admit();
  // In step, but our answer with the word is not confirmed.
  expect(kind(section)).not.toBe("saved");
  world.provider.confirm();
  expect(kind(section)).toBe("saved");
});

test("somebody else's sign-in in another tab gets none of our words", async () => {
  const world = new World();
  world.person = "u-other";
  world.section();
  await settle();
  await expect(world.provider.options.token()).rejects.toThrow("sign-in");
});

test("what is larger than the server takes is held aside instead of breaking every connection", async () => {
  const { world, section } = await opened();
  const limits = { update_bytes_max: frames.update.length - 1 };
  world.provider.options.onMessage(JSON.stringify({ type: "welcome", schema: 1, limits }));
  write(section.getSnapshot().doc, "a whole book", Y);
  expect(kind(section)).not.toBe("saved");
  await vi.advanceTimersByTimeAsync(10);
  expect(section.getSnapshot().held[0]).toMatchObject({ code: "update.too_large" });
  expect(section.getSnapshot().generation).toBe(1);
});
