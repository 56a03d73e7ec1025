import { describe, expect, it } from "vitest";
import { firstSentence } from "../../../web/src/app/Shell.tsx";
import { needsBySection } from "../../../web/src/features/home/HomePage.tsx";
import { initials } from "../../../web/src/ui/initials.ts";

describe("small words", () => {
  it("makes initials of first and last name", () => {
    expect(initials("Ruth Adeyemi")).toBe("RA");
    expect(initials("Dr Elin  Vaughan")).toBe("DV");
    expect(initials("Zo\u00eb")).toBe("Z");
    expect(initials("")).toBe("");
  });
  it("parts the first sentence from the rest", () => {
    expect(firstSentence("One. Two three.")).toEqual(["One.", "Two three."]);
    expect(firstSentence("One")).toEqual(["One", ""]);
  });
  it("shows one entry a section with its most pressing need, soonest first", () => {
    const need = (section: string, code: "lead" | "over_limit", due_date: string) => ({
      section,
      title: section,
      code,
      message: code,
      due_date,
    });
    const found = needsBySection([
      need("b", "lead", "2016-09-30"),
      need("b", "over_limit", "2016-09-30"),
      need("a", "lead", "2016-06-30"),
    ]);
    expect(found.map((f) => [f.section, f.code, f.messages.length])).toEqual([
      ["a", "lead", 1],
      ["b", "over_limit", 2],
    ]);
  });
});
