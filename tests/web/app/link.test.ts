import { Window } from "happy-dom";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Router } from "../../../web/src/app/router.ts";

const origin = "https://plans.example";
let page: Window;

beforeEach(() => {
  page = new Window({ url: `${origin}/link#s3cret` });
  vi.stubGlobal("location", page.location);
  vi.stubGlobal("history", page.history);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("scrollTo", () => {});
});
afterEach(() => vi.unstubAllGlobals());

it("takes the secret of a one-time link out of the address at once", () => {
  const router = new Router();
  expect(page.location.href).toBe(`${origin}/link`);
  expect(router.getSnapshot()).toEqual({ name: "link", token: "s3cret" });
});

it("takes another link that is pasted over the first", () => {
  const router = new Router();
  page.history.replaceState(null, "", "/link#another");
  page.dispatchEvent(new page.Event("popstate"));
  expect(router.getSnapshot()).toEqual({ name: "link", token: "another" });
  expect(page.location.href).toBe(`${origin}/link`);
});
