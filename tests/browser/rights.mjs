// Rights that change while people write: the page follows at once, says who did it, and no word is lost.
import { bridge } from "./bridge.mjs";
import { expect, plan, until } from "./harness.mjs";

export function rights({ server, open, clean, ruth, priya }) {
  const section = "vision";

  /** Changes somebody's one role by the screens of people. */
  async function setRole(lead, name, from, to) {
    const { page } = lead;
    await page.goto(`${server.origin}/plans/${plan}/people`);
    await lead.at("People");
    await page.getByRole("link", { name: `Change the roles of ${name}` }).click();
    await lead.at(`Roles of ${name}`);
    for (const role of from)
      await page.getByRole("checkbox", { name: role, exact: true }).uncheck();
    for (const role of to) await page.getByRole("checkbox", { name: role, exact: true }).check();
    await page.getByRole("button", { name: "Save roles" }).click();
    await lead.at("People");
  }

  const texts = (visitor) => visitor.page.locator("main").textContent();

  /** Both write; the lead makes the other a reviewer; what was not taken is held, offered, and taken over. */
  async function takenAway() {
    const a = await open(ruth);
    const b = await open(priya);
    const rules = {};
    const { release } = await bridge(b.page, server.origin, rules);
    await a.openSection(section);
    await b.openSection(section);
    await a.atEnd();
    await b.atEnd();
    await b.page.keyboard.press("Home");
    await Promise.all([
      a.page.keyboard.type(" Ruth was here."),
      b.page.keyboard.type("Priya was in time. "),
    ]);
    await Promise.all([a.status("saved"), b.status("saved")]);
    await until("both have both", async () =>
      [await a.text(), await b.text()].every(
        (text) => text.includes("Ruth was here.") && text.includes("Priya was in time."),
      ),
    );
    // From here on the page hears nothing, so it goes on writing: the server refuses that.
    rules.late = [];
    await setRole(a, priya, ["Section lead", "Author"], ["Reviewer"]);
    await b.page.keyboard.type("Priya was too late. ");
    await until("the server has answered the words", () => rules.late.length >= 3);
    release();
    const notice = b.page.getByRole("region", { name: "You no longer have the right to write" });
    await notice.waitFor();
    const said = (await notice.textContent()) ?? "";
    expect("the notice says who did it", said.includes(ruth), said);
    const held = b.page.locator(".fp-held");
    await held.getByText("Priya was too late.").first().waitFor();
    await until(
      "the editor is gone without a reload",
      async () => (await b.page.locator(".ProseMirror").count()) === 0,
    );
    await b.page.locator(".fp-read").getByText("Priya was in time.").first().waitFor();
    await b.look("right-taken-away");
    await held.getByRole("button", { name: `Offer them to ${ruth}` }).click();
    await b.page.getByText("wait for an answer").waitFor();
    expect("the words are no longer held", !(await texts(b)).includes("Words held back"));

    await a.openSection(section);
    await a.page.getByRole("heading", { name: /^Words offered to you/ }).waitFor();
    await a.look("words-offered");
    await a.page.getByRole("button", { name: "Add to the end of the text" }).click();
    await until("the words are in the text", async () =>
      (await a.text()).includes("Priya was too late."),
    );
    await a.status("saved");
    await b.page.locator(".fp-read").getByText("Priya was too late.").first().waitFor();
    await b.page.getByText(`${ruth} took the words that you offered`).waitFor();

    // Given back: writable in place, without a reload.
    await setRole(a, priya, ["Reviewer"], ["Section lead", "Author"]);
    await b.page.locator(".ProseMirror[contenteditable=true]").first().waitFor();
    await b.page.getByRole("region", { name: "You can write here now" }).waitFor();
    await b.write(" Priya is back.");
    await b.status("saved");
    await clean(a, b);
  }

  /** A section that is hidden from somebody who has it open. */
  async function hidden() {
    const a = await open(ruth);
    const b = await open("Gareth Blaine");
    await b.page.goto(`${server.origin}/plans/${plan}/sections/prevention`);
    await b.page.locator(".fp-read p").first().waitFor();
    await a.page.goto(`${server.origin}/plans/${plan}/sections/prevention/settings`);
    await a.at("Settings of Prevention");
    await a.page.getByLabel("Partners only").check();
    await a.look("section-settings");
    await a.page.getByRole("button", { name: "Save settings" }).click();
    await a.at("Prevention");
    await b.page
      .getByRole("region", { name: "You no longer have the right" })
      .or(b.page.getByRole("heading", { level: 1, name: "Page not found" }))
      .first()
      .waitFor();
    expect("its text is gone", (await b.page.locator(".fp-read").count()) === 0);
    await b.look("section-hidden");
    await b.page.goto(`${server.origin}/plans/${plan}`);
    await b.page.getByRole("heading", { name: "Sections" }).waitFor();
    expect("and so is its title", !(await texts(b)).includes("Prevention"));
    await clean(a, b);
  }

  /** The programme office changes another organisation's figure, with a reason; then it is locked. */
  async function figures() {
    const a = await open("Tom Hallworth");
    await a.openSection("finance");
    const name = /^Do nothing: providers, 2019\/20/;
    const cell = await a.cell(name);
    await cell.fill("77.5");
    await a.page.keyboard.press("Enter");
    const form = a.page.getByRole("form", { name: "Reason for a change" });
    await form.waitFor();
    await a.screenshot("reason-asked");
    await form.getByRole("button", { name: "Save with this reason" }).click();
    await form.getByText("Enter why you change it").waitFor();
    await form.getByLabel("Reason").fill("Month 3 figures of the trust");
    await form.getByRole("button", { name: "Save with this reason" }).click();
    await a.status("saved");
    await a.page
      .getByRole("button", { name: /^Lock or unlock figures/ })
      .first()
      .click();
    await a.page.getByRole("button", { name: /^Lock Do nothing: providers, 2019\/20/ }).click();
    await a.page.getByRole("button", { name: /^Unlock Do nothing: providers, 2019\/20/ }).waitFor();
    await a.look("figure-locked");
    const b = await open(priya);
    await b.openSection("finance");
    await b.page.getByText("locked", { exact: true }).first().waitFor();
    expect("a locked figure has no box", (await (await b.cell(name)).count()) === 0);
    await clean(a, b);
  }

  return [
    [
      "a right taken away while two are writing: the words are held, offered and taken over",
      takenAway,
    ],
    ["a section hidden from somebody who is in it", hidden],
    ["a figure of another organisation needs a reason, and is locked", figures],
  ];
}
