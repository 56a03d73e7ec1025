import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { afterMs, Gate, holdMsMax } from "../../../web/src/sync/gate.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what comes while letters are composed waits, in its order", () => {
  const gate = new Gate();
  const seen: number[] = [];
  gate.pass(() => seen.push(1));
  gate.compose(true);
  gate.pass(() => seen.push(2));
  gate.pass(() => seen.push(3));
  expect(seen).toEqual([1]);
  gate.compose(false);
  gate.pass(() => seen.push(4));
  expect(seen).toEqual([1]);
  vi.advanceTimersByTime(afterMs);
  expect(seen).toEqual([1, 2, 3, 4]);
  gate.pass(() => seen.push(5));
  expect(seen).toHaveLength(5);
});

test("a composition that never ends holds nothing for good", () => {
  const gate = new Gate();
  const seen: number[] = [];
  gate.compose(true);
  gate.pass(() => seen.push(1));
  vi.advanceTimersByTime(holdMsMax);
  expect(seen).toEqual([1]);
});

test("an end without a beginning holds nothing", () => {
  const gate = new Gate();
  const seen: number[] = [];
  gate.compose(false);
  gate.pass(() => seen.push(1));
  expect(seen).toEqual([1]);
});
