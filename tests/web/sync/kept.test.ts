/** What this device keeps: never one tab's words under another's, never a claim that is not true. */
import { expect, test } from "vitest";
import { PageKept } from "./page_kept.ts";
import { HeldDrafts, pageNotes, UnsavedMark, unsavedCopies } from "../../../web/src/sync/notes.ts";
import type { HeldDraft } from "../../../web/src/sync/types.ts";

function draft(id: string): HeldDraft {
  return {
    id,
    section: "vision",
    at: 1,
    code: "too-large",
    message: "Too large.",
    fields: [{ field: "statement", paragraphs: [id] }],
  };
}

const settled = () => new Promise((done) => setTimeout(done, 0));

test("drafts that two tabs hold do not remove one another", async () => {
  const kept = new PageKept();
  const one = new HeldDrafts(kept, "plan", "u-lead");
  const two = new HeldDrafts(kept, "plan", "u-lead");
  await Promise.all([one.ready, two.ready]);
  one.put(draft("first"));
  two.put(draft("second"));
  await settled();
  const later = new HeldDrafts(kept, "plan", "u-lead");
  await later.ready;
  expect(later.all.getSnapshot().map(({ id }) => id)).toEqual(["first", "second"]);
  two.discard("second");
  expect([...kept.records.values()]).toMatchObject([{ id: "first" }]);
});

test("nobody meets another person's drafts, or another plan's", async () => {
  const kept = new PageKept();
  new HeldDrafts(kept, "plan", "u-lead").put(draft("mine"));
  for (const other of [
    new HeldDrafts(kept, "plan", "u-lead2"),
    new HeldDrafts(kept, "plan2", "u-lead"),
  ]) {
    await other.ready;
    expect(other.all.getSnapshot()).toEqual([]);
  }
});

test("a draft that the device could not keep says so", async () => {
  const kept = new PageKept();
  kept.refuses = true;
  const held = new HeldDrafts(kept, "plan", "u-lead");
  held.put(draft("mine"));
  await settled();
  expect(held.all.getSnapshot()[0]?.onDevice).toBe(false);
  kept.refuses = false;
  held.put(draft("mine"));
  await settled();
  expect(held.all.getSnapshot()[0]?.onDevice).toBe(true);
});

test("a tab that saved what it found takes away no mark of a tab that has typed on", () => {
  const notes = pageNotes();
  const name = "footprint/plan/vision/e1/u-lead";
  const typing = new UnsavedMark(notes, name, "a");
  typing.add();
  const opened = new UnsavedMark(notes, name, "b");
  expect(opened.set).toBe(true);
  typing.add();
  opened.clear();
  expect([...unsavedCopies(notes)]).toEqual([name]);
  expect(new UnsavedMark(notes, name, "c").set).toBe(true);
  typing.clear();
  expect(unsavedCopies(notes).size).toBe(0);
});

test("the mark of a closed tab goes when another has sent its words", () => {
  const notes = pageNotes();
  new UnsavedMark(notes, "copy", "a").add();
  const later = new UnsavedMark(notes, "copy", "b");
  expect(later.set).toBe(true);
  later.clear();
  expect(later.set).toBe(false);
  expect(notes.keys()).toEqual([]);
});
