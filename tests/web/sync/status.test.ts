import { expect, test } from "vitest";
import { guardLeaving } from "../../../web/src/sync/leave.ts";
import { EventFeed } from "../../../web/src/sync/events.ts";
import { readFrame } from "../../../web/src/sync/frames.ts";
import { denialOf, parseMessage } from "../../../web/src/sync/messages.ts";
import { statusText, worst } from "../../../web/src/sync/status.ts";
import type { PlanEvent } from "../../../web/src/sync/types.ts";
import { frame, frames } from "./support.ts";

// Summer time in England, whatever the clock of this machine.
const twoPastTwo = Date.UTC(2026, 4, 4, 13, 2);

test("the three states in words", () => {
  expect(statusText({ kind: "saved" })).toBe("Saved");
  expect(statusText({ kind: "saving" })).toBe("Saving…");
  const unsaved = { kind: "unsaved", since: twoPastTwo, reason: "offline" } as const;
  expect(statusText({ ...unsaved, kept: true })).toBe(
    "Not saved since 14:02: you are offline; your words are kept on this device",
  );
  expect(statusText({ ...unsaved, kept: false })).toBe(
    "Not saved since 14:02: you are offline; this device cannot keep your words, so leave this page open",
  );
});

test("a plan says the worst of its sections", () => {
  const unsaved = { kind: "unsaved", since: 5, reason: "offline", kept: true } as const;
  const earlier = { kind: "unsaved", since: 3, reason: "sign-in", kept: true } as const;
  expect(worst([])).toEqual({ kind: "saved" });
  expect(worst([{ kind: "saved" }, { kind: "saving" }])).toEqual({
    kind: "saving",
  });
  expect(worst([unsaved, { kind: "saving" }, earlier])).toBe(earlier);
});

test("frames are told apart, and what is none is left alone", () => {
  expect(readFrame(frames.update, false)).toMatchObject({ kind: "update" });
  expect(readFrame(frames.step2, false)).toMatchObject({ kind: "step2" });
  expect(readFrame(frames.saved, true)).toMatchObject({
    kind: "status",
    applied: true,
  });
  expect(readFrame(frame("plan", 2, 1, "no-right"), true)).toMatchObject({
    kind: "denied",
  });
  expect(readFrame(Uint8Array.of(9), true)).toEqual({ kind: "keepalive" });
  expect(readFrame(Uint8Array.of(200, 200), true)).toBeNull();
});

test("messages and reasons that are not known do no harm", () => {
  expect(parseMessage("not json")).toBeNull();
  expect(parseMessage('{"type":"future"}')).toBeNull();
  expect(parseMessage("[]")).toBeNull();
  expect(denialOf("sign-in")).toBe("sign-in");
  expect(denialOf("Failed to get token during sendToken(): Error: sign-in")).toBe("sign-in");
  expect(denialOf("something new")).toBe("load-failed");
});

test("leaving with unsaved words asks first", () => {
  const page = new EventTarget();
  let unsaved = true;
  const stop = guardLeaving(() => unsaved, page as never);
  const leave = () => page.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  expect(leave()).toBe(false);
  unsaved = false;
  expect(leave()).toBe(true);
  unsaved = true;
  stop();
  expect(leave()).toBe(true);
});

test("events that passed while the socket was down are told once", async () => {
  const event = (position: number): PlanEvent => ({
    position,
    at: 0,
    kind: "figure.changed",
    actor: null,
    body: {},
  });
  const log = [1, 2, 3, 4, 5].map(event);
  const feed = new EventFeed(async (after, limit) => ({
    events: log.filter(({ position }) => position > after).slice(0, limit),
    head: 2,
  }));
  const told: number[] = [];
  feed.listen(({ position }) => told.push(position));
  await feed.catchUp();
  feed.tell(event(3));
  await feed.catchUp();
  feed.tell(event(5));
  expect(told).toEqual([3, 4, 5]);
});
