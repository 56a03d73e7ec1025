import { describe, expect, it } from "vitest";
import type { Column } from "../../../web/src/api/types.ts";
import {
  parseCell,
  parseClipboard,
  parseNumber,
  shownValue,
} from "../../../web/src/features/figures/numbers.ts";

describe("parseNumber", () => {
  it.each([
    ["12.5", 12.5],
    ["1,234", 1234],
    ["1,234,567.8", 1234567.8],
    ["(52.9)", -52.9],
    ["(£1,200)", -1200],
    ["£ 3 000", 3000],
    ["\u2212 7", -7],
    ["45%", 45],
    [".5", 0.5],
    ["-0", 0],
  ])("reads %s", (text, value) => expect(parseNumber(text)).toBe(value));

  it.each(["", "abc", "1,5", "12,34", "1.2.3", "(-5)", "--1", "1e5", "NaN", "1-2"])(
    "refuses %s",
    (text) => expect(parseNumber(text)).toBeNull(),
  );
});

describe("parseClipboard", () => {
  it("takes rows and cells as spreadsheets put them", () => {
    expect(parseClipboard("1\t2\r\n3\t4\r\n")).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
  });
  it("keeps line breaks, tabs and quotes inside quoted cells", () => {
    expect(parseClipboard('"a\nb"\t"say ""hi"""\n"x\ty"')).toEqual([
      ["a\nb", 'say "hi"'],
      ["x\ty"],
    ]);
  });
  it("keeps empty cells", () => expect(parseClipboard("1\t\t3")).toEqual([["1", "", "3"]]));
});

describe("parseCell", () => {
  const column = (type: Column["type"]): Column => ({
    key: "c",
    title: "C",
    type,
    choices: [{ value: "green", title: "Green: likely" }],
  });
  it("takes UK dates and refuses days that do not exist", () => {
    expect(parseCell(column("date"), "31/3/2017")).toEqual({ ok: true, value: "2017-03-31" });
    expect(parseCell(column("date"), "31/02/2017").ok).toBe(false);
  });
  it("takes a choice by its value or its title", () => {
    expect(parseCell(column("choice"), "green: Likely")).toEqual({ ok: true, value: "green" });
    expect(parseCell(column("choice"), "blue").ok).toBe(false);
  });
  it("takes an emptied cell as no value", () => {
    expect(parseCell(column("number"), " ")).toEqual({ ok: true, value: null });
  });
  it("shows negatives with a real minus", () =>
    expect(shownValue(column("number"), -1234.5)).toBe("\u22121,234.5"));
});
