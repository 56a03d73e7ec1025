import { describe, expect, it, vi } from "vitest";
import { Announcer } from "../../../web/src/app/announcer.ts";
import { parseRoute, paths } from "../../../web/src/app/router.ts";
import { calendarDate, clockTimeOrDay, listed, timeAgo, words } from "../../../web/src/app/time.ts";

describe("parseRoute", () => {
  it("reads every address that paths writes", () => {
    expect(parseRoute("/")).toEqual({ name: "home" });
    expect(parseRoute(paths.plan("a b"))).toEqual({ name: "plan", plan: "a b" });
    expect(parseRoute(paths.section("p", "vision"))).toEqual({
      name: "section",
      plan: "p",
      section: "vision",
    });
    expect(parseRoute("/help/")).toEqual({ name: "help" });
    expect(parseRoute(paths.sectionSettings("p", "vision"))).toEqual({
      name: "section-settings",
      plan: "p",
      section: "vision",
    });
    expect(parseRoute(paths.member("p", "u-tom"))).toEqual({
      name: "member",
      plan: "p",
      person: "u-tom",
    });
    for (const [path, name] of [
      [paths.people("p"), "people"],
      [paths.invite("p"), "invite"],
      [paths.organisations("p"), "organisations"],
      [paths.audit("p"), "audit"],
    ] as const) {
      expect(parseRoute(path)).toEqual({ name, plan: "p" });
    }
    expect(parseRoute(paths.accountOf("u-tom"))).toEqual({ name: "account-of", person: "u-tom" });
    expect(parseRoute("/link", "", "#secret")).toEqual({ name: "link", token: "secret" });
    expect(parseRoute("/plans/p/sections/vision/settings/more").name).toBe("not-found");
    expect(parseRoute("/plans/p/sections").name).toBe("not-found");
    expect(parseRoute("/%E0%A4%A").name).toBe("not-found");
  });
  it("goes on after sign-in only inside this service", () => {
    expect(parseRoute("/sign-in", "?next=%2Fplans%2Fp")).toEqual({
      name: "sign-in",
      next: "/plans/p",
      problem: null,
    });
    for (const next of [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
    ]) {
      expect(parseRoute("/sign-in", `?next=${encodeURIComponent(next)}`)).toEqual({
        name: "sign-in",
        next: "/",
        problem: null,
      });
    }
  });
});

describe("times in words", () => {
  const now = Date.UTC(2026, 5, 5, 13, 0);
  it("says how long ago, in UK time", () => {
    expect(timeAgo(now - 20_000, now)).toBe("just now");
    expect(timeAgo(now - 5 * 60_000, now)).toBe("5 minutes ago");
    expect(timeAgo(now - 3 * 3_600_000, now)).toBe("today at 11:00");
    expect(timeAgo(now - 26 * 3_600_000, now)).toBe("yesterday at 12:00");
    expect(timeAgo(now - 72 * 3_600_000, now)).toBe("2 June 2026 at 14:00");
    expect(timeAgo(now + 5000, now)).toBe("just now");
    expect(clockTimeOrDay(now - 72 * 3_600_000, now)).toBe("14:00 on 2 June 2026");
  });
  it("writes dates, counts and lists", () => {
    expect(calendarDate("2016-06-30")).toBe("30 June 2016");
    expect(words(1)).toBe("1 word");
    expect(words(1234)).toBe("1,234 words");
    expect(listed(["Ruth", "Tom", "Una"])).toBe("Ruth, Tom and Una");
  });
});

describe("Announcer", () => {
  it("says own acts at once, also the same words twice, and gathers others'", () => {
    vi.useFakeTimers();
    const announcer = new Announcer();
    announcer.say("Saved");
    expect(announcer.getSnapshot().own).toBe("Saved");
    announcer.say("Saved");
    expect(announcer.getSnapshot().own).not.toBe("Saved");
    announcer.mention("Tom joined.");
    announcer.mention("Una joined.");
    announcer.mention("Tom joined.");
    expect(announcer.getSnapshot().others).toBe("");
    vi.advanceTimersByTime(5000);
    expect(announcer.getSnapshot().others).toBe("Tom joined. Una joined.");
    vi.useRealTimers();
  });
});
