// Two people of two organisations and what may happen to them. FOOTPRINT_URL tests a server that already runs, without
// the tests that kill it; words on the command line pick tests by name.
import { expect, launch, plan, runTests, Server, until, Visitor } from "./harness.mjs";
import { keeping } from "./keeping.mjs";
import { people } from "./people.mjs";
import { refusals } from "./refusals.mjs";
import { rights } from "./rights.mjs";
import { writing } from "./writing.mjs";

const given = process.env["FOOTPRINT_URL"];
const only = process.argv[2];
const start = async (name, settings) =>
  given === undefined ? Server.start(name, settings) : { origin: given, stop: async () => {} };
const server = await start("browser-server");
const browser = await launch();
const ruth = "Ruth Adeyemi";
const priya = "Priya Menon";
const opener = (at) => (person, options) => Visitor.open(browser, at.origin, person, options);
const open = opener(server);

async function clean(...visitors) {
  const problems = visitors.flatMap((v) => v.problems);
  for (const v of visitors) await v.close();
  expect(
    "no page error, no blocked style, no foreign request",
    problems.length === 0,
    problems.join("\n"),
  );
}

/** Whether every badge of a caret stands in the margin, clear of the words. */
async function badgesBesideText(page) {
  return page.evaluate(() => {
    const clear = (a, b) =>
      a.right <= b.left || a.left >= b.right || a.bottom <= b.top || a.top >= b.bottom;
    return [...document.querySelectorAll(".fp-caret__badge")].every((badge) => {
      const box = badge.getBoundingClientRect();
      const range = document.createRange();
      const walk = document.createTreeWalker(badge.closest(".ProseMirror"), NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (badge.contains(node)) continue;
        range.selectNodeContents(node);
        if (![...range.getClientRects()].every((words) => clear(box, words))) return false;
      }
      return true;
    });
  });
}

async function together() {
  const a = await open(ruth);
  const b = await open(priya);
  await a.openSection("vision");
  await b.openSection("vision");
  await a.atEnd();
  await b.atEnd();
  await b.page.keyboard.press("Home");
  await Promise.all([
    a.page.keyboard.type(" Ruth wrote this at the end.", { delay: 20 }),
    b.page.keyboard.type("Priya wrote this first. ", { delay: 20 }),
  ]);
  for (const v of [a, b]) {
    await until("both see both", async () => {
      const text = await v.text();
      return (
        text.includes("Ruth wrote this at the end.") && text.includes("Priya wrote this first.")
      );
    });
  }
  await until("the same text", async () => (await a.text()) === (await b.text()));
  await a.page.locator(".fp-caret__badge", { hasText: "PM" }).first().waitFor();
  await b.page.locator(".fp-caret__badge", { hasText: "RA" }).first().waitFor();
  await a.page
    .getByRole("list", { name: "Writing in Our vision now" })
    .getByText("Priya Menon, Ousefen University Hospitals")
    .waitFor();
  expect("no badge covers text", await badgesBesideText(a.page));
  await a.page.getByRole("list", { name: "People in this section now" }).getByText(priya).waitFor();
  await Promise.all([a.status("saved"), b.status("saved")]);
  await a.screenshot("together-ruth");
  await b.screenshot("together-priya");
  await clean(a, b);
}

async function offline() {
  const a = await open(ruth);
  const b = await open(priya);
  await a.bridge();
  await a.openSection("vision");
  await b.openSection("vision");
  await a.offline();
  await a.atEnd();
  await a.page.keyboard.type(" Written on the train.");
  await a.status("unsaved", a.page, 40_000);
  const words = await a.page.locator(".fp-save__status").textContent();
  expect(
    "the status says since when and where the words are",
    /Not saved since \d\d:\d\d/.test(words ?? ""),
    words ?? "",
  );
  await a.screenshot("offline");
  await b.atEnd();
  await b.page.keyboard.press("Home");
  await b.page.keyboard.type("Meanwhile at the office. ");
  await b.status("saved");
  // The tab closes and comes back while there is still no network: the page's own code is not at stake here.
  await a.page.waitForTimeout(1500);
  expect("the other has not got them", !(await b.text()).includes("Written on the train."));
  await a.page.close({ runBeforeUnload: false });
  a.page = await a.newPage();
  await a.online();
  await a.openSection("vision");
  await until("the words of the closed tab reach the other", async () =>
    (await b.text()).includes("Written on the train."),
  );
  await until("both have the same", async () => (await a.text()) === (await b.text()));
  expect("nothing of the other is lost", (await a.text()).includes("Meanwhile at the office."));
  await clean(a, b);
}

async function killed() {
  const a = await open(ruth);
  const b = await open(priya);
  await a.openSection("vision");
  await b.openSection("vision");
  await a.atEnd();
  await a.page.keyboard.type(" Saved before the crash.");
  await a.page.waitForTimeout(300);
  await a.status("saved");
  await server.kill();
  await b.atEnd();
  await b.page.keyboard.press("Home");
  await b.page.keyboard.type("Typed during the crash. ");
  await b.status("unsaved", b.page, 40_000);
  await server.run();
  for (const v of [a, b]) {
    await until(
      "both have both",
      async () => {
        const text = await v.text();
        return text.includes("Saved before the crash.") && text.includes("Typed during the crash.");
      },
      60_000,
    );
    await v.status("saved", v.page, 60_000);
  }
  const c = await open("Tom Hallworth");
  await c.page.goto(`${server.origin}/plans/${plan}/sections/vision`);
  await c.page.getByText("Saved before the crash.").first().waitFor();
  await clean(a, b, c);
}

async function conflict() {
  const a = await open(ruth);
  const b = await open(priya);
  await a.openSection("finance");
  await b.openSection("finance");
  const name = /^Do nothing: CCG and primary care, 2017\/18/;
  const mine = await a.cell(name);
  const theirs = await b.cell(name);
  await mine.waitFor();
  await theirs.waitFor();
  await mine.fill("150");
  await theirs.fill("160");
  await theirs.press("Enter");
  await b.status("saved");
  await mine.press("Enter");
  const choice = a.page.locator(".fp-conflict");
  await choice.waitFor();
  const words = (await choice.textContent()) ?? "";
  expect(
    "both values are shown",
    /You typed 150\. Priya Menon, .+, changed it to 160 at \d\d:\d\d\./.test(words),
    words,
  );
  await a.screenshot("conflict");
  expect("axe on the conflict", (await a.axe()).length === 0, (await a.axe()).join("\n"));
  await a.page.getByRole("button", { name: /^Keep mine/ }).click();
  await a.status("saved");
  await until(
    "the other sees the value that was kept",
    async () => (await theirs.inputValue()) === "150",
  );
  await clean(a, b);
}

async function paste() {
  const a = await open(priya);
  const b = await open("Tom Hallworth");
  await a.openSection("finance");
  await b.openSection("finance");
  const first = await a.cell(/^Do nothing: providers, 2018\/19/);
  await first.focus();
  await first.evaluate((element) => {
    const data = new DataTransfer();
    data.setData("text/plain", "1,250.5\t(20)\r\n£30\t40\r\n");
    element.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await a.status("saved");
  for (const [name, value] of [
    [/^Do nothing: providers, 2018\/19/, "1,250.5"],
    [/^Do nothing: providers, 2019\/20/, "-20"],
    [/^Do nothing: CCG and primary care, 2018\/19/, "30"],
    [/^Do nothing: CCG and primary care, 2019\/20/, "40"],
  ]) {
    const cell = await b.cell(name);
    await until(`${name} reaches the other`, async () => (await cell.inputValue()) === value);
  }
  await (await a.cell(/^Do nothing: providers, 2018\/19/)).fill("many");
  await a.page.keyboard.press("Enter");
  await a.page.getByText("is not a number").first().waitFor();
  await a.screenshot("not-a-number");
  await clean(a, b);
}

async function leaving() {
  const a = await open(ruth);
  await a.bridge();
  await a.openSection("vision");
  await a.offline();
  await a.atEnd();
  await a.page.keyboard.type(" Not saved yet.");
  await a.status("unsaved", a.page, 40_000);
  const asked = [];
  a.page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void (dialog.type() === "beforeunload" ? dialog.accept() : dialog.dismiss());
  });
  await a.page.getByRole("link", { name: "My plans" }).first().click();
  await until("leaving inside the service asks", () => asked.includes("confirm"));
  expect("the person stays", a.page.url().endsWith("/sections/vision"), a.page.url());
  await a.page.close({ runBeforeUnload: true });
  await until("closing the page asks", () => asked.includes("beforeunload"));
  await a.close();
}

async function everyScreen() {
  const visitor = await open(null);
  const { page } = visitor;
  const at = (path) => `${server.origin}${path}`;
  const look = async (name) => {
    await page.waitForTimeout(500);
    const found = await visitor.axe();
    expect(`axe on ${name}`, found.length === 0, found.join("\n"));
    await visitor.screenshot(name);
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(`${name} at 360 pixels does not scroll sideways`, wide <= 0, `${wide} pixels too wide`);
    const narrow = await visitor.axe();
    expect(`axe on ${name} at 360 pixels`, narrow.length === 0, narrow.join("\n"));
    await visitor.screenshot(`${name}-360`);
    await page.setViewportSize({ width: 1280, height: 900 });
  };
  await page.goto(at("/"));
  await page.getByRole("button", { name: ruth }).waitFor();
  await page.getByText("anyone at this computer can sign in as anyone").waitFor();
  await look("sign-in");
  await visitor.signIn(ruth);
  await look("home");
  await page.goto(at(`/plans/${plan}`));
  await page.getByRole("heading", { name: "Sections" }).waitFor();
  await look("plan");
  await visitor.openSection("vision");
  await look("section");
  await visitor.openSection("finance");
  await page.locator(".fp-grid").first().waitFor();
  await look("section-tables");
  for (const [name, path, heading] of [
    ["help", "/help", "Help"],
    ["accessibility", "/accessibility", "Accessibility statement"],
    ["not-found", "/nowhere", "Page not found"],
    ["no-plan", "/plans/none", "Page not found"],
    ["signed-out", "/signed-out", "You have signed out"],
  ]) {
    await page.goto(at(path));
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await look(name);
  }
  await clean(visitor);
}

async function reading() {
  const observer = await open("Overview and scrutiny officer");
  await observer.page.goto(`${server.origin}/plans/${plan}/sections/vision`);
  const read = observer.page.locator(".fp-read");
  const refused = observer.page.getByRole("heading", {
    name: "You do not have access to this page",
  });
  await read.or(refused).first().waitFor();
  expect("an observer gets no editor", (await observer.page.locator(".ProseMirror").count()) === 0);
  if ((await read.count()) > 0) await observer.page.locator(".nhsuk-inset-text").first().waitFor();
  const found = await observer.axe();
  expect("axe", found.length === 0, found.join("\n"));
  await observer.screenshot("reading");
  await clean(observer);
}

async function keyboardOnly() {
  const visitor = await open(null);
  const { page } = visitor;
  const focused = (text) =>
    page.evaluate((t) => document.activeElement?.textContent?.includes(t) ?? false, text);
  const tabTo = async (text) => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("Tab");
      if (await focused(text)) return;
    }
    throw new Error(`no way by Tab to ${text}`);
  };
  await page.goto(`${server.origin}/sign-in`);
  await page.getByRole("button", { name: ruth }).waitFor();
  await page.keyboard.press("Tab");
  expect("the first stop skips to the content", await focused("Skip to main content"));
  await tabTo(ruth);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "My plans" }).waitFor();
  await until("the focus is on the new page's heading", () => focused("My plans"));
  await tabTo("Vision and case for change");
  await page.keyboard.press("Enter");
  await page.locator(".ProseMirror[contenteditable=true]").first().waitFor();
  await visitor.status("saved");
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.classList.contains("ProseMirror"))) break;
  }
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" By keyboard alone.");
  await until("the words are in the text", async () =>
    (await visitor.text()).includes("By keyboard alone."),
  );
  await page.keyboard.press("Alt+F10");
  expect(
    "Alt+F10 goes to the toolbar",
    await page.evaluate(() => document.activeElement?.closest("[role=toolbar]") !== null),
  );
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  expect(
    "Escape, then Tab leaves the text",
    !(await page.evaluate(() => document.activeElement?.classList.contains("ProseMirror"))),
  );
  await visitor.openSection("finance");
  const cell = await visitor.cell(/^Do nothing: CCG and primary care, 2016\/17/);
  await cell.focus();
  await page.keyboard.press("ArrowDown");
  const name = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  expect(
    "Down goes to the next row that may be changed",
    (await name()).startsWith("Sustainability and Transformation Fund, 2016/17"),
    await name(),
  );
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowRight");
  expect(
    "Right at the end goes to the next column",
    (await name()).includes("2017/18"),
    await name(),
  );
  await page.keyboard.press("Shift+Enter");
  expect(
    "Shift+Enter goes up",
    (await name()).startsWith("Do nothing: CCG and primary care, 2017/18"),
    await name(),
  );
  await clean(visitor);
}

const tests = [
  ["every screen: axe, 360 pixels, screenshots", everyScreen],
  ["two people write in one paragraph at once and see each other", together],
  ["a figure changed by two shows both values", conflict],
  ["a block from a spreadsheet is pasted, and text is refused as a number", paste],
  ["offline, the tab closed, and back", offline],
  ["leaving with unsaved words asks", leaving],
  ["who may not write reads", reading],
  ["keyboard alone", keyboardOnly],
];
// Rows of tests side by side, each with a server of its own: most of a test is waiting.
const other = await start("browser-server-2");
const world = { server: other, open: opener(other), clean, ruth, priya };
const others = [...writing(world), ...refusals(world).whileUp];
const own = { server, open, clean, ruth, priya };
tests.push(...keeping(own).always);
if (given === undefined) {
  tests.push(
    ...keeping(own).own,
    ["the server killed and started again", killed],
    ...refusals(own).last,
  );
}
// A third, for real accounts and for rights that change.
const real = given === undefined ? await start("browser-server-3", []) : null;
const governed = await start("browser-server-4");
const access = rights({ server: governed, open: opener(governed), clean, ruth, priya });
if (real !== null) access.unshift(...people({ server: real, open: opener(real), clean }));
const rows = [tests, others, access];
const results = await Promise.all(rows.map((row) => runTests(row, only)));
await browser.close();
for (const each of [server, other, governed, real]) await each?.stop();
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
