// A person in a real browser, with a real provider.
import { chromium } from "playwright-core";
import { PLAN, equal, expect, until } from "./harness.mjs";

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const chrome = [...flags, "--disable-background-networking", "--disable-component-update"];

async function visitor(browser) {
  const context = await browser.newContext({ locale: "en-GB" });
  // The provider's pages ask for fonts of the network.
  await context.route(
    (url) => !["127.0.0.1", "localhost"].includes(url.hostname),
    (route) => route.abort(),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return { context, page };
}

const start = (world, next) =>
  `${world.origin}/api/v1/sso/real/start?next=${encodeURIComponent(next)}`;

/** Fills in the provider's own pages. */
async function sign_in(world, page, login, next) {
  await page.goto(start(world, next));
  await page.fill("input[name=login]", login);
  await page.fill("input[name=password]", "anything");
  await page.click("button[type=submit]");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(`${world.origin}${next}`);
}

const session = (page) => page.evaluate(async () => (await fetch("/api/v1/session")).json());

export async function browser_cases(checks, world) {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: chrome });
  world.real.people = {
    hanna: { name: "Hanna Lind", email: "hanna@nhs.net", email_verified: true },
    omar: { name: "Omar Aziz", email: "omar@nhs.net", email_verified: true },
    paul: { name: "Paul Stranger", email: "paul@example.org", email_verified: true },
  };
  try {
    await signing_in(checks, world, browser);
    await by_the_button(checks, world, browser);
    await signing_out(checks, world, browser);
  } finally {
    await browser.close();
  }
}

async function signing_in(checks, world, browser) {
  await checks.run(
    "in the browser: to the provider and back, signed in on the page asked for",
    async () => {
      const { context, page } = await visitor(browser);
      await sign_in(world, page, "hanna", `/plans/${PLAN}`);
      const { person } = await session(page);
      equal(await world.memberships(person.id), { "ccg-cp": ["author"] });
      equal(person.name, "Hanna Lind");
      const cookies = await context.cookies(world.origin);
      equal(
        cookies.map((each) => [each.name, each.sameSite, each.httpOnly]),
        [["footprint_session", "Strict", true]],
      );
      await context.close();
    },
  );
  await checks.run("in the browser: the session's cookie reaches even the first page", async () => {
    const { context, page } = await visitor(browser);
    await sign_in(world, page, "hanna", "/api/v1/session");
    const { person } = JSON.parse(await page.textContent("body"));
    equal(person?.name, "Hanna Lind");
    // Neither code nor state stays in the address or in the way back.
    await page.goBack();
    expect(!page.url().includes("code="), page.url());
    await context.close();
  });
  await checks.run(
    "in the browser: the provider changes its keys between two sign-ins",
    async () => {
      await world.real.rotate();
      const { context, page } = await visitor(browser);
      await sign_in(world, page, "omar", "/plans");
      equal((await session(page)).person.name, "Omar Aziz");
      await context.close();
    },
  );
  await checks.run("in the browser: cancelled, and nothing to do here", async () => {
    const { context, page } = await visitor(browser);
    await page.goto(start(world, "/plans"));
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.waitForURL(`${world.origin}/sign-in?problem=sso.cancelled`);
    await sign_in_unwelcome(world, page);
    equal((await session(page)).person, null);
    await context.close();
  });
}

async function by_the_button(checks, world, browser) {
  await checks.run(
    "in the browser: the button of the sign-in page, and words for what went wrong",
    async () => {
      const { context, page } = await visitor(browser);
      await page.goto(`${world.plain.origin}/sign-in?problem=sso.cancelled`);
      await page.getByText("You stopped signing in").first().waitFor();
      Object.assign(world.stranger, { subject: "jane", claims: { name: "Jane Button" } });
      await page.getByRole("link", { name: "Sign in with Provider stranger" }).click();
      await page.waitForURL(
        (url) =>
          url.origin === world.plain.origin &&
          !url.pathname.includes("sign-in") &&
          !url.pathname.includes("/api/"),
      );
      equal((await session(page)).person?.name, "Jane Button");
      await context.close();
    },
  );
}

async function sign_in_unwelcome(world, page) {
  await page.goto(start(world, "/plans"));
  await page.fill("input[name=login]", "paul");
  await page.fill("input[name=password]", "anything");
  await page.click("button[type=submit]");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL(`${world.origin}/sign-in?problem=sso.no_access`);
}

async function signing_out(checks, world, browser) {
  await checks.run(
    "in the browser: signing out at the provider ends session and socket",
    async () => {
      const { context, page } = await visitor(browser);
      await sign_in(world, page, "omar", "/sign-in");
      // A section's own socket, by the page's cookie.
      await page.evaluate((path) => {
        const socket = new WebSocket(`${location.origin.replace("http", "ws")}${path}`);
        globalThis.ended = new Promise((done) => {
          socket.onclose = (event) => done(event.code);
        });
        return new Promise((done, fail) => {
          socket.onmessage = done;
          socket.onerror = fail;
        });
      }, `/yjs/${PLAN}/vision`);
      const elsewhere = await context.newPage();
      await elsewhere.goto(`${world.real.issuer}/session/end`);
      await elsewhere.click("button[value=yes]");
      await until(
        "the session has ended",
        async () => (await session(page)).person === null,
        30_000,
      );
      equal(await page.evaluate(() => globalThis.ended), 4401);
      await context.close();
    },
  );
}
