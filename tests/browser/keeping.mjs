// "Saved" and "kept on this device" are never said where they are not true.
import { bridge } from "./bridge.mjs";
import { expect, plan, until } from "./harness.mjs";

// Of Ruth's own organisation: she leads the footprint, not other bodies' figures.
const cellName = /^Do nothing: CCG and primary care, 2016\/17/;
const other = /^Do nothing: CCG and primary care, 2017\/18/;

export function keeping({ server, open, clean, ruth, priya }) {
  const shown = (visitor, page = visitor.page) => page.locator(".fp-save__status").textContent();

  /** Collects every status that the page ever shows from now on. */
  async function watchStatus(page) {
    await page.evaluate(() => {
      const status = document.querySelector(".fp-save__status");
      globalThis.seenStatuses = [status.dataset.status];
      new MutationObserver(() => globalThis.seenStatuses.push(status.dataset.status)).observe(
        status,
        { attributes: true, childList: true, characterData: true, subtree: true },
      );
    });
    return async () => page.evaluate(() => [...new Set(globalThis.seenStatuses.splice(0))]);
  }

  async function noAnswer() {
    const a = await open(ruth);
    await a.openSection("finance");
    const cell = await a.cell(cellName);
    await cell.waitFor();
    server.pause();
    try {
      await a.write(" Nobody hears this yet.");
      const seen = await watchStatus(a.page);
      await cell.fill("81");
      await cell.press("Enter");
      await a.status("unsaved", a.page, 30_000);
      const said = (await shown(a)) ?? "";
      expect("it says why", /the service does not answer; your words are kept/.test(said), said);
      await a.page.waitForTimeout(6_000);
      const statuses = await seen();
      expect("never called saved", !statuses.includes("saved"), statuses.join());
      await a.screenshot("no-answer");
    } finally {
      server.resume();
    }
    await a.status("saved", a.page, 60_000);
    const b = await open(priya);
    await b.openSection("finance");
    expect("the words arrived", (await b.text()).includes("Nobody hears this yet."));
    const same = await b.cell(cellName);
    await until("the figure arrived", async () => (await same.inputValue()) === "81");
    await clean(a, b);
  }

  async function offlineFigures() {
    const a = await open(ruth);
    await a.bridge();
    await a.openSection("finance");
    const cell = await a.cell(cellName);
    await cell.waitFor();
    await a.offline();
    await cell.fill("82");
    await cell.press("Enter");
    await a.status("unsaved", a.page, 40_000);
    await a.page.close({ runBeforeUnload: false });
    a.page = await a.newPage();
    await a.online();
    // Nobody has opened the section yet: signing out now would lose the figure, so it asks.
    await a.page.goto(server.origin);
    await a.page.getByRole("heading", { level: 1, name: "My plans" }).waitFor();
    let asked = "";
    a.page.once("dialog", (dialog) => {
      asked = dialog.message();
      void dialog.dismiss();
    });
    await a.page.getByRole("button", { name: "Sign out" }).click();
    await until("signing out asks", () => asked !== "");
    expect("it says what would be lost", /on this device only/.test(asked), asked);
    await a.page.getByRole("heading", { level: 1, name: "My plans" }).waitFor();
    await a.openSection("finance");
    const b = await open(priya);
    await b.openSection("finance");
    const theirs = await b.cell(cellName);
    await until("the figure is sent later", async () => (await theirs.inputValue()) === "82");
    await a.status("saved");
    await a.page.getByRole("button", { name: "Sign out" }).click();
    await a.page.getByRole("heading", { name: "You have signed out" }).waitFor();
    await clean(a, b);
  }

  async function offlineFigureConflict() {
    const a = await open(ruth);
    await a.bridge();
    const b = await open(priya);
    await a.openSection("finance");
    await b.openSection("finance");
    const mine = await a.cell(cellName);
    await mine.waitFor();
    await a.offline();
    await mine.fill("91");
    await mine.press("Enter");
    await a.status("unsaved", a.page, 40_000);
    const theirs = await b.cell(cellName);
    await theirs.fill("92");
    await theirs.press("Enter");
    await b.status("saved");
    await a.online();
    const choice = a.page.locator(".fp-conflict");
    await choice.waitFor({ timeout: 40_000 });
    const words = (await choice.textContent()) ?? "";
    expect("both values are offered", /You typed 91\..* changed it to 92/.test(words), words);
    await a.page.getByRole("button", { name: /^Take theirs/ }).click();
    await a.status("saved");
    expect("theirs stays", (await mine.inputValue()) === "92");
    await clean(a, b);
  }

  async function twoTabs() {
    const a = await open(ruth);
    const first = {};
    const { cut } = await bridge(a.page, server.origin, first);
    await a.page.route("**/figures", (route) => (first.down ? route.abort() : route.continue()));
    await a.openSection("finance");
    first.down = true;
    await cut();
    await a.write(" From the first tab.");
    const cell = await a.cell(cellName);
    await cell.fill("83");
    await cell.press("Enter");
    await a.status("unsaved", a.page, 40_000);
    const seen = await watchStatus(a.page);
    const second = await a.newPage();
    // The second tab finds both on the device and sends them; it must not be the first that says so.
    await a.openSection("finance", second);
    await until("the second tab has the words", async () =>
      (await a.text(second)).includes("From the first tab."),
    );
    const figure = await a.cell(cellName, second);
    await until("and the figure", async () => (await figure.inputValue()) === "83");
    await a.status("saved", second);
    // The first goes on typing: what the second tab does must not take that off the device.
    await (await a.cell(other)).fill("84");
    await a.page.keyboard.press("Enter");
    await second.waitForTimeout(500);
    const statuses = await seen();
    expect("the first tab was never saved", !statuses.includes("saved"), statuses.join());
    await a.page.close({ runBeforeUnload: false });
    await second.reload();
    const late = await a.cell(other, second);
    await until("the first tab's last figure", async () => (await late.inputValue()) === "84");
    await a.status("saved", second);
    const b = await open(priya);
    await b.openSection("finance");
    expect("all is with the server", (await b.text()).includes("From the first tab."));
    expect("figures too", (await (await b.cell(other)).inputValue()) === "84");
    await clean(a, b);
  }

  async function otherPerson() {
    const a = await open(ruth);
    await a.bridge();
    await a.openSection("vision");
    await a.offline();
    await a.write(" Only Ruth may say this.");
    await a.status("unsaved", a.page, 40_000);
    await a.page.close({ runBeforeUnload: false });
    const page = await a.newPage();
    a.page = page;
    await a.online();
    // Somebody else sits down at the same browser while Ruth's words are still on it.
    await a.signIn(priya);
    await a.openSection("vision");
    expect("nobody meets another's words", !(await a.text()).includes("Only Ruth may say this."));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "You have signed out" }).waitFor();
    await a.signIn(ruth);
    await a.openSection("vision");
    expect("Ruth's words waited for her", (await a.text()).includes("Only Ruth may say this."));
    await clean(a);
  }

  async function otherTabSignsIn() {
    const a = await open(ruth);
    const rules = {};
    const { cut } = await bridge(a.page, server.origin, rules);
    await a.openSection("self_care");
    rules.down = true;
    await cut();
    await a.write(" Typed by Ruth.");
    await a.status("unsaved", a.page, 40_000);
    const second = await a.newPage();
    await second.goto(`${server.origin}/sign-in`);
    await second.getByRole("button", { name: priya }).click();
    await second.getByRole("heading", { level: 1, name: "My plans" }).waitFor();
    rules.down = false;
    await a.page
      .getByText(/^Priya Menon, /)
      .first()
      .waitFor();
    await a.page.waitForTimeout(3_000);
    const b = await open("Tom Hallworth");
    await b.page.goto(`${server.origin}/plans/${plan}/sections/self_care`);
    await b.page.locator(".fp-read, .ProseMirror").first().waitFor();
    const text = (await b.page.locator("main").textContent()) ?? "";
    expect("nothing was written in another's name", !text.includes("Typed by Ruth."));
    await clean(a, b);
  }

  async function noStorage() {
    const a = await open(ruth);
    await a.bridge();
    await a.page.addInitScript(() => {
      Object.defineProperty(globalThis, "indexedDB", { value: undefined });
    });
    await a.openSection("workforce");
    await a.page.getByRole("heading", { name: /cannot keep offline copies/ }).waitFor();
    await a.offline();
    await a.write(" Nowhere to keep this.");
    await a.status("unsaved", a.page, 40_000);
    const said = (await shown(a)) ?? "";
    expect("not said to be kept", !/are kept/.test(said), said);
    expect("but what to do", /leave this page open/.test(said), said);
    await a.noAxe("no storage");
    await a.screenshot("no-storage");
    await a.online();
    await a.status("saved", a.page, 40_000);
    await clean(a);
  }

  async function fullStorage() {
    const a = await open(ruth);
    await a.bridge();
    await a.openSection("workforce");
    await a.page.evaluate(() => {
      const { add } = IDBObjectStore.prototype;
      globalThis.full = true;
      IDBObjectStore.prototype.add = function (...args) {
        if (globalThis.full) throw new DOMException("The quota is used up.", "QuotaExceededError");
        return add.apply(this, args);
      };
    });
    await a.offline();
    await a.write(" No room for this.");
    await a.status("unsaved", a.page, 40_000);
    let said = (await shown(a)) ?? "";
    expect("not said to be kept", /cannot keep your words/.test(said), said);
    await a.page.evaluate(() => (globalThis.full = false));
    await a.page.keyboard.type(" Room again.");
    await until("kept again", async () => /are kept/.test((said = (await shown(a)) ?? "")));
    await a.page.close({ runBeforeUnload: false });
    a.page = await a.newPage();
    await a.online();
    await a.openSection("workforce");
    const text = await a.text();
    expect("all of it came back", text.includes("No room for this. Room again."), text);
    await clean(a);
  }

  async function figureSurvivesKill() {
    const a = await open(ruth);
    await a.openSection("finance");
    const cell = await a.cell(/^Do nothing: CCG and primary care, 2020\/21/);
    await cell.waitFor();
    await cell.fill("317.5");
    await cell.press("Enter");
    await until("sent", async () => (await cell.getAttribute("aria-invalid")) === null);
    await a.page.waitForTimeout(100);
    await a.status("saved");
    await server.kill();
    await server.run();
    const b = await open(priya);
    await b.openSection("finance");
    const found = await (await b.cell(/^Do nothing: CCG and primary care, 2020\/21/)).inputValue();
    expect("the figure is there after the crash", found === "317.5", found);
    await a.status("saved", a.page, 60_000);
    await clean(a, b);
  }

  return {
    always: [
      ["figures typed offline are kept, asked about at sign-out, and sent", offlineFigures],
      ["a figure typed offline that somebody else changed is offered", offlineFigureConflict],
      ["two tabs keep and send one another's words and figures", twoTabs],
      ["another person at the same browser meets nobody's words", otherPerson],
      ["a sign-in in another tab takes no words with it", otherTabSignsIn],
      ["a browser that keeps nothing says so", noStorage],
      ["a device without room says so, and goes on when there is room", fullStorage],
    ],
    /** These stop or kill the server. */
    own: [
      ["a server that does not answer: nothing is called saved", noAnswer],
      ["an acknowledged figure survives a kill", figureSurvivesKill],
    ],
  };
}
