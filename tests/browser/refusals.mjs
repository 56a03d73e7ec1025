// What happens when the server says no: the words stay, and the page says what happened and what to do.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bridge } from "./bridge.mjs";
import { expect, plan, until } from "./harness.mjs";

export function refusals({ server, open, clean, ruth, priya }) {
  /** The held draft on the page: says why, shows the words, can be copied, and nothing of it is in the text. */
  async function heldDraft(visitor, words, reason) {
    const held = visitor.page.locator(".fp-held");
    await held.getByText(words).first().waitFor({ timeout: 30_000 });
    const text = (await held.textContent()) ?? "";
    expect("the message says why", reason.test(text), text.slice(0, 400));
    expect("and what to do", text.includes("put them back"), text.slice(0, 400));
    await held.getByRole("button", { name: "Copy these words" }).first().waitFor();
    await visitor.status("saved");
    expect("the text is the server's", !(await visitor.text()).includes(words));
  }

  async function schema() {
    const a = await open(ruth);
    await bridge(a.page, server.origin, { replace: ["strong", "strang"] });
    await a.openSection("digital");
    const before = await a.text();
    await a.atEnd();
    const html = "<p><strong>Bold words nobody knows.</strong></p>";
    await a.paste(a.field(), { "text/html": html });
    await heldDraft(a, "Bold words nobody knows.", /Words held back since \d\d:\d\d/);
    expect("the section is as it was", (await a.text()) === before);
    await a.noAxe("the held draft");
    await a.screenshot("held-draft");
    await a.page.reload();
    await a.page.locator(".fp-held").getByText("Bold words nobody knows.").first().waitFor();
    await a.page.getByRole("button", { name: "Discard" }).first().click();
    await a.page.getByRole("button", { name: "Keep them" }).first().click();
    await a.page.getByRole("button", { name: "Discard" }).first().click();
    await a.page.getByRole("button", { name: "Yes, discard them" }).first().click();
    await until("discarded", async () => (await a.page.locator(".fp-held").count()) === 0);
    await clean(a);
  }

  async function size() {
    const a = await open(ruth);
    await a.openSection("digital");
    await a.atEnd();
    const words = `Too long to take. ${"x".repeat(5 << 20)}`;
    await a.paste(a.field(), { "text/plain": words });
    const held = a.page.locator(".fp-held");
    await held.getByText("Too long to take.").first().waitFor({ timeout: 60_000 });
    await a.status("saved", a.page, 60_000);
    expect("the text is the server's", !(await a.text()).includes("Too long to take."));
    await clean(a);
  }

  async function rights() {
    const a = await open(ruth);
    const observer = await open("Overview and scrutiny officer");
    const [cookie] = await observer.context.cookies(server.origin);
    // To the server this page is an observer's; the page itself believes that it may write.
    await bridge(a.page, server.origin, {
      cookie: `${cookie.name}=${cookie.value}`,
      scope: () => "read-write",
    });
    await a.openSection("digital");
    await a.atEnd();
    await a.page.keyboard.insertText(" Not mine to write.");
    await heldDraft(a, "Not mine to write.", /You can read this section but not write in it/);
    await clean(a, observer);
  }

  async function tooOld() {
    const a = await open(ruth);
    const rules = {};
    const { cut } = await bridge(a.page, server.origin, rules);
    await a.openSection("digital");
    rules.down = true;
    await cut();
    await a.write(" Typed in an old page.");
    await a.status("unsaved", a.page, 40_000);
    rules.token = (text) => text.replace('"schema":1', '"schema":0');
    rules.down = false;
    await a.page.getByRole("heading", { name: "This page is out of date" }).waitFor({
      timeout: 30_000,
    });
    const status = (await a.page.locator(".fp-save__status").textContent()) ?? "";
    expect("not called saved", /^Not saved since .*this page is out of date/.test(status), status);
    await a.noAxe("the page that is too old");
    await a.screenshot("too-old");
    delete rules.token;
    a.page.once("dialog", (dialog) => void dialog.accept());
    await a.page.getByRole("button", { name: "Load the page again" }).click();
    await a.page.locator(".ProseMirror[contenteditable=true]").first().waitFor();
    await a.status("saved", a.page, 30_000);
    expect("the words are there", (await a.text()).includes("Typed in an old page."));
    await clean(a);
  }

  async function epoch() {
    const a = await open(ruth);
    const old = "epoch-before-restore";
    let real = "";
    const rules = {};
    await a.page.route(`**/api/v1/plans/${plan}`, async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      const section = body.sections.find((s) => s.key === "digital");
      real = section.epoch;
      section.epoch = old;
      await route.fulfill({ response, json: body });
    });
    rules.token = (text) => text.replace(old, real);
    const { cut } = await bridge(a.page, server.origin, rules);
    await a.openSection("digital");
    rules.down = true;
    await cut();
    await a.write(" Typed before the restore.");
    await a.status("unsaved", a.page, 40_000);
    // The section was made anew meanwhile: the server refuses the epoch that the page knows, and names its own.
    delete rules.token;
    rules.down = false;
    await heldDraft(a, "Typed before the restore.", /replaced while you were away/);
    await a.write(" Typed after it.");
    await a.status("saved");
    await clean(a);
  }

  async function notLoaded() {
    const a = await open(ruth);
    const rules = { deny: "load-failed" };
    await bridge(a.page, server.origin, rules);
    await a.page.goto(`${server.origin}/plans/${plan}/sections/vision`);
    await a.page
      .getByRole("heading", { name: "This section could not be opened for writing" })
      .waitFor();
    await a.page.locator(".fp-read p").first().waitFor();
    expect(
      "the words are shown, and there is no editor",
      (await a.page.locator(".ProseMirror").count()) === 0,
    );
    const status = (await a.page.locator(".fp-save__status").textContent()) ?? "";
    expect("the status says so too", /could not open this section/.test(status), status);
    await a.noAxe("a section that is not loaded");
    await a.screenshot("section-not-loaded");
    delete rules.deny;
    await a.page.locator(".ProseMirror[contenteditable=true]").first().waitFor();
    await a.status("saved");
    await clean(a);
  }

  /** Flips a byte in the middle of the database's largest table, which is full of one section's words. */
  function damage() {
    const folder = join(server.data, "log");
    const tables = readdirSync(folder).filter((name) => name.endsWith(".sst"));
    const files = tables.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
    const [largest] = files.sort((x, y) => y.bytes.length - x.bytes.length);
    const at = Math.floor(largest.bytes.length / 2);
    largest.bytes[at] ^= 0xff;
    writeFileSync(join(folder, largest.name), largest.bytes);
  }

  async function loadFailed() {
    const a = await open(ruth);
    await a.openSection("engagement");
    await a.atEnd();
    // Words that no compression makes small, in several updates: their records fill the middle of the file.
    for (let i = 0; i < 8; i++) {
      const noise = Array.from({ length: 60_000 }, () =>
        String.fromCharCode(33 + Math.floor(Math.random() * 90)),
      ).join("");
      await a.paste(a.field(), { "text/plain": noise });
      await a.status("saved");
    }
    await a.openSection("vision");
    await a.write(" The last record.");
    await a.status("saved");
    await a.close();
    const b = await open(priya);
    await server.kill();
    await server.run();
    await server.kill();
    damage();
    await server.run();
    await b.page.goto(`${server.origin}/plans/${plan}/sections/engagement`);
    const heading = b.page.getByRole("heading", { name: /could not be opened|problem/ });
    await heading.first().waitFor({ timeout: 30_000 });
    expect(
      "never an empty document to write in",
      (await b.page.locator(".ProseMirror[contenteditable=true]").count()) === 0,
    );
    const said = (await b.page.locator("main").textContent()) ?? "";
    expect("the page says that nothing is lost", /Nothing has been lost|safe/.test(said), said);
    const status = await b.page.locator(".fp-save__status[data-status=saved]").count();
    expect("nothing is called saved", status === 0);
    await b.noAxe("a section that could not be loaded");
    await b.screenshot("load-failed");
    await clean(b);
  }

  return {
    whileUp: [
      ["refused for what it holds: the words are kept aside", schema],
      ["refused for its size: the words are kept aside", size],
      ["refused for want of a right: the words are kept aside", rights],
      ["a page that is too old keeps the words for the new one", tooOld],
      ["a section that the server cannot load can be read, and comes back by itself", notLoaded],
      ["a section made anew keeps unsaved words aside", epoch],
    ],
    /** Leaves the server's data damaged. */
    last: [["a damaged section says so and is never shown empty", loadFailed]],
  };
}
