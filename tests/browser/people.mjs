// People come in by their own name: the first administrator, a plan, an invitation, second factors, and rights that change.
import { createHmac } from "node:crypto";
import { expect, until } from "./harness.mjs";

export const password = "three random words";

/** The code that an authenticator app would show (RFC 6238). */
export function totp(secret, at = Date.now()) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/\s/g, "")]
    .map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export function people({ server, open, clean }) {
  const ada = { name: "Ada Admin", email: "ada@example.nhs.uk" };
  const una = { name: "Una Clarke", email: "una@example.nhs.uk" };
  let invitation = "";
  let plan = "";

  async function signIn(visitor, email) {
    const { page } = visitor;
    await page.goto(`${server.origin}/sign-in`);
    await visitor.at("Sign in");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  async function firstRun() {
    const a = await open(null);
    const { page } = a;
    await page.goto(server.origin);
    await a.at("This service is not set up yet");
    await a.look("not-set-up");
    const link = await server.setupLink();
    await page.goto(link);
    await a.at("Set up the first administrator");
    expect("the secret is out of the address", !page.url().includes("#"), page.url());
    await a.look("link-setup");
    await page.getByRole("button", { name: "Save and go on" }).click();
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    expect("the title says that there is an error", (await page.title()).startsWith("Error: "));
    await page.getByRole("link", { name: "Enter your name" }).click();
    const focused = () => page.evaluate(() => document.activeElement?.id);
    expect("the summary leads to the field", (await focused()) === "name", await focused());
    await page.getByLabel("Your name").fill(ada.name);
    await page.getByLabel("E-mail address").fill(ada.email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Save and go on" }).click();
    await a.at("My plans");
    await a.look("first-run");
    // The link is used up, and says so.
    const b = await open(null);
    await b.page.goto(link);
    await b.at("This link cannot be used");
    await b.look("link-used");
    await clean(a, b);
  }

  /** Pick a footprint, invite, write. */
  async function invite() {
    const a = await open(null);
    const { page } = a;
    await signIn(a, ada.email);
    await a.at("My plans");
    await page.getByRole("link", { name: "Start a plan" }).click();
    await a.at("Start a plan");
    await page.getByLabel("Search by place or organisation").fill("cambridgeshire");
    await page.getByText("1 of 44 footprints").waitFor();
    await a.look("start");
    await page.getByRole("button", { name: /^Start a plan for Cambridgeshire/ }).click();
    await a.at("Invite somebody");
    plan = /plans\/([^/]+)\/invite/.exec(page.url())[1];
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    await a.look("invite-errors");
    await page.getByLabel("Name", { exact: true }).fill(una.name);
    await page.getByLabel("E-mail address").fill(una.email);
    await page.getByLabel("Organisation", { exact: true }).selectOption({ index: 2 });
    await page.getByLabel("Programme office").check();
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    const link = page.getByLabel(`Link for ${una.name}`);
    await link.waitFor();
    await a.look("invited");
    invitation = await link.inputValue();
    await page.getByRole("link", { name: "People" }).first().click();
    await a.at("People");
    await page.getByText(una.email).waitFor();
    await a.look("people");
    await page
      .getByRole("link", { name: /^Footprint|Sustainability|Cambridgeshire/ })
      .last()
      .click();
    await page.getByRole("heading", { name: "Sections" }).waitFor();
    await page.locator(".fp-section-item a").first().click();
    await page.locator(".ProseMirror[contenteditable=true]").first().waitFor();
    await a.status("saved");
    await a.look("new-section");

    const b = await open(null);
    await b.page.goto(invitation);
    await b.at("You have been invited");
    const said = (await b.page.locator("main").textContent()) ?? "";
    for (const words of [ada.name, "programme office"]) {
      expect(`the invitation says ${words}`, said.includes(words), said.slice(0, 400));
    }
    await b.look("link-invitation");
    await b.page.getByLabel("Password", { exact: true }).fill(password);
    await b.page.getByRole("button", { name: "Save and go on" }).click();
    await b.page.getByRole("heading", { name: "Sections" }).waitFor();
    await clean(a, b);
  }

  /** The cookie is another person's by now, and the page has not heard of it. */
  async function otherPerson() {
    const b = await open(null);
    const { page } = b;
    await signIn(b, una.email);
    await b.at("My plans");
    await page.getByRole("link", { name: /^My account/ }).click();
    await b.at("My account");
    await page.getByLabel("Name", { exact: true }).fill("Una B Clarke");
    const answer = await b.context.request.post(`${server.origin}/api/v1/session`, {
      data: { email: ada.email, password },
      headers: { Origin: server.origin },
    });
    expect("somebody else has signed in", answer.ok(), String(answer.status()));
    await page.getByRole("button", { name: "Save name" }).click();
    await page.getByRole("heading", { name: "Somebody else is signed in by now" }).waitFor();
    await page.getByText(`${ada.name} is signed in to this browser now.`).waitFor();
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    const typed = await page.getByLabel("Name", { exact: true }).inputValue();
    expect("nothing that was typed is lost", typed === "Una B Clarke", typed);
    await b.look("other-person");
    await page.getByRole("button", { name: /^Leave it and go on as/ }).click();
    await page.getByRole("link", { name: /^My account: Ada Admin/ }).waitFor();
    await clean(b);
  }

  async function secondFactor() {
    const b = await open(null);
    const { page } = b;
    await signIn(b, una.email);
    await b.at("My plans");
    await page.getByRole("link", { name: /^My account/ }).click();
    await b.at("My account");
    await b.look("account");
    await page.locator("#factor-password").fill(password);
    await page.getByRole("button", { name: "Set up sign-in codes" }).click();
    await page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
    await b.look("account-qr");
    const secret = (await page.locator(".fp-factor__words code").textContent()) ?? "";
    await page.getByLabel("Code from the app").fill(totp(secret));
    await page.getByRole("button", { name: "Turn sign-in codes on" }).click();
    await page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
    await b.look("account-codes");
    const recovery = (await page.locator(".fp-codes code").first().textContent()) ?? "";
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.locator("#token-name").fill("Weekly export");
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByLabel("Token", { exact: true }).waitFor();
    await b.look("account-token");
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await b.at("You have signed out");

    await signInByKeys(b);
    await b.at("Enter your sign-in code");
    await b.look("sign-in-code");
    await page.keyboard.type("000000");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    expect("the title says that there is an error", (await page.title()).startsWith("Error: "));
    await page.getByRole("button", { name: "I cannot use the app" }).click();
    await page.getByLabel("Recovery code").fill(recovery);
    await page.keyboard.press("Enter");
    await b.at("My plans");
    await clean(b);
  }

  /** With the keyboard alone, as far as the code. */
  async function signInByKeys(visitor) {
    const { page } = visitor;
    const tabTo = async (id) => {
      for (let i = 0; i < 40; i++) {
        if (await page.evaluate((wanted) => document.activeElement?.id === wanted, id)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`no way by Tab to ${id}`);
    };
    await page.goto(`${server.origin}/sign-in`);
    await visitor.at("Sign in");
    await visitor.look("sign-in-account");
    await page.keyboard.press("Tab");
    await tabTo("email");
    await page.keyboard.type(una.email);
    await tabTo("password");
    await page.keyboard.type("not the password");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    await visitor.look("sign-in-wrong");
    const summary = () =>
      page.evaluate(() => document.activeElement?.classList.contains("nhsuk-error-summary"));
    await until("the focus is on the summary", summary);
    await tabTo("password");
    await page.keyboard.press("Control+A");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await until("the focus is on the code", () =>
      page.evaluate(() => document.activeElement?.id === "code"),
    );
  }

  async function administration() {
    const a = await open(null);
    const { page } = a;
    await signIn(a, ada.email);
    await a.at("My plans");
    await page.getByRole("link", { name: "Administration" }).click();
    await a.at("Administration of accounts");
    await page.getByRole("link", { name: una.name }).waitFor();
    await a.look("administration");
    await page.getByRole("link", { name: una.name }).click();
    await a.at(una.name);
    await page.getByRole("button", { name: "Make a link for a new password" }).click();
    await page.getByRole("textbox", { name: `Link for ${una.name}` }).waitFor();
    await a.look("administration-person");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Export all that is held" }).click(),
    ]);
    expect("the export is a file", file.suggestedFilename().endsWith(".json"));
    await page.goto(`${server.origin}/plans/${plan}/record`);
    await a.at("Record of acts");
    await page.locator(".fp-data tbody tr").first().waitFor();
    await a.look("record");
    await page.getByLabel("What", { exact: true }).selectOption("member.changed");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await until("only what was done with people", async () => {
      const rows = await page.locator(".fp-data tbody tr").count();
      return rows > 0 && rows <= 2;
    });
    const [sheet] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "spreadsheet (CSV)" }).click(),
    ]);
    expect("the record is a file", sheet.suggestedFilename().endsWith(".csv"));
    await page.goto(`${server.origin}/plans/${plan}/organisations`);
    await a.at("Organisations");
    await page.getByRole("button", { name: "Add an organisation" }).click();
    await a.look("organisations");
    await clean(a);
  }

  return [
    ["the first start: an administrator by the printed link", firstRun],
    ["a plan in three clicks, and an invitation to it", invite],
    ["somebody else signed in meanwhile: nothing goes under their name", otherPerson],
    ["second factor, recovery code, and signing in by keyboard alone", secondFactor],
    ["administration of accounts and the record of acts", administration],
  ];
}
