import { describe, expect, it } from "vitest";
import { auditPath } from "../../../web/src/api/access.ts";
import { ApiError } from "../../../web/src/api/client.ts";
import type { SectionSummary } from "../../../web/src/api/types.ts";
import { browserWords } from "../../../web/src/features/account/AccountPage.tsx";
import { grouped } from "../../../web/src/features/account/SecondFactor.tsx";
import { membershipProblems } from "../../../web/src/features/people/Memberships.tsx";
import { nameFrom } from "../../../web/src/features/people/OrganisationsPage.tsx";
import { sectionChange } from "../../../web/src/features/people/SectionSettingsPage.tsx";
import { membershipWords, rolesInWords } from "../../../web/src/features/people/words.ts";
import { leadWords } from "../../../web/src/features/plan/lead.ts";
import { paragraphsOf } from "../../../web/src/features/section/append.ts";
import { problemWords } from "../../../web/src/features/signin/problems.ts";
import { found } from "../../../web/src/features/start/StartPage.tsx";
import { failureWords } from "../../../web/src/ui/failure.ts";
import { emailNeeded, passwordNeeded } from "../../../web/src/ui/form.ts";

const ruth = { person: "u-lead", name: "Ruth", organisation: "a", organisation_name: "A" };
const section = {
  key: "vision",
  title: "Vision",
  lead: ruth,
  lead_organisation: "a",
  deputies: [],
  status: "drafting",
  due_date: "2016-09-30",
  visibility: "partners",
  named_people: [],
} as unknown as SectionSummary;
const same = {
  values: {
    title: "Vision",
    lead: "u-lead",
    lead_organisation: "a",
    due_date: "2016-09-30",
    visibility: "partners",
    status: "drafting",
    reason: "",
  },
  deputies: [],
  named: [],
};

describe("settings of a section", () => {
  it("sends only what differs: each part needs a right of its own", () => {
    expect(sectionChange(section, same)).toEqual({});
    expect(
      sectionChange(section, {
        values: { ...same.values, visibility: "named", reason: " Not yet public " },
        deputies: [],
        named: ["u-fin"],
      }),
    ).toEqual({ visibility: "named", named_people: ["u-fin"], reason: "Not yet public" });
    expect(sectionChange(section, { ...same, deputies: ["u-fin"] })).toEqual({
      deputies: ["u-fin"],
    });
  });
  it("has words for a section without a lead", () => {
    expect(leadWords({ lead: ruth })).toBe("Ruth, A");
    expect(leadWords({ lead: { ...ruth, name: "" } })).toBe("Nobody yet");
  });
});

describe("memberships", () => {
  it("need an organisation each, once, and a role", () => {
    const fields = (list: Parameters<typeof membershipProblems>[0]) =>
      membershipProblems(list).flatMap((p) => (p === null ? [] : [p.field]));
    expect(fields([{ organisation: "a", roles: ["author"] }])).toEqual([]);
    expect(fields([{ organisation: "", roles: [] }])).toEqual(["organisation-0", "roles-0"]);
    expect(
      fields([
        { organisation: "a", roles: ["author"] },
        { organisation: "a", roles: ["pmo"] },
      ]),
    ).toEqual(["organisation-1"]);
  });
  it("are said in words", () => {
    const names = new Map([["a", "Ousefen CCG"]]);
    expect(membershipWords({ organisation: "a", roles: ["pmo", "author"] }, names)).toBe(
      "Ousefen CCG: programme office, author",
    );
    expect(rolesInWords(["observer"])).toBe("Reads only");
  });
  it("organisations get a name for the log", () => {
    expect(nameFrom("NHS Ousefen & Northgate (North)")).toBe("nhs-ousefen-northgate-north");
    expect(nameFrom("x".repeat(60))).toHaveLength(40);
  });
});

describe("small words of access", () => {
  it("finds footprints by place and organisation", () => {
    const all = [
      { number: 1, name: "Northumberland", region: "North", organisations: ["Tyne Trust"] },
      { number: 21, name: "Cambridgeshire", region: "Midlands", organisations: [] },
    ].map((f) => ({ ...f, population: 300_000, started: false }));
    expect(found(all, "tyne north").map((f) => f.number)).toEqual([1]);
    expect(found(all, " ").length).toBe(2);
    expect(found(all, "nowhere")).toEqual([]);
  });
  it("says what to do about a failed single sign-on, and repeats nothing that is no code", () => {
    expect(problemWords("sso.no_access")).toContain("invite you");
    expect(problemWords("sso.new_code")).toContain("sso.new_code");
    expect(problemWords("<b>Call 0800</b>")).toBe("Signing in did not work. Try again.");
  });
  it("says when to try again, and what was not sent under another name", () => {
    const error = (kind: "too-many" | "conflict", code: string, retrySeconds = 0) =>
      new ApiError(kind, 429, { code, message: "m" }, { retrySeconds });
    expect(failureWords(error("too-many", "session.too_many", 61))).toContain("in 2 minutes");
    expect(failureWords(error("too-many", "session.too_many"))).toContain("in 1 minute.");
    expect(failureWords(error("conflict", "session.other_person"))).toContain("still here");
  });
  it("checks e-mail addresses and passwords before they are sent", () => {
    expect(emailNeeded("a@b.nhs.uk")).toBeNull();
    for (const bad of ["", "a", "a@b", "a b@c.uk"]) expect(emailNeeded(bad)).not.toBeNull();
    expect(passwordNeeded("\u{1f600}".repeat(12))).toBeNull();
    expect(passwordNeeded("short")).not.toBeNull();
  });
  it("calls browsers what people call them", () => {
    expect(browserWords("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36")).toBe(
      "Chrome on Linux",
    );
    expect(browserWords("Mozilla/5.0 (Windows NT 10.0) Chrome/156 Safari/537 Edg/156")).toBe(
      "Edge on Windows",
    );
    expect(browserWords("curl/7.88.1")).toBe("curl");
    expect(browserWords("")).toBe("Unknown browser");
  });
  it("groups a secret, makes paragraphs, asks for a page of the record", () => {
    expect(grouped("ABCDEFGHIJ")).toBe("ABCD EFGH IJ");
    expect(paragraphsOf("one\nstill one\n\n\ntwo\n\n")).toEqual(["one\nstill one", "two"]);
    expect(auditPath("p", { kind: "member.changed", person: "" }, { format: "csv" })).toBe(
      "/plans/p/audit?kind=member.changed&format=csv",
    );
  });
});
