// The real server on a free port with an empty data folder, real Chromium, and what every browser test needs.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { bridge } from "./bridge.mjs";

export const root = new URL("../../", import.meta.url).pathname;
export const plan = "cambridgeshire-and-peterborough-2016";
const screens = join(root, "tests/output/screens");
const binary = process.env["FOOTPRINT_BIN"] ?? join(root, "build/bin/footprint");
const axe = readFileSync(join(root, "web/node_modules/axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const chromiumFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** `footprint serve` that can be killed and started again on the same port and data. */
export class Server {
  #process = null;
  #log = "";

  /** `name`: of the file that its log is kept in. `settings`: of the command line, instead of a demonstration's. */
  static async start(name, settings = ["--demo"]) {
    const server = new Server();
    server.name = name;
    server.settings = settings;
    server.port = await freePort();
    server.origin = `http://127.0.0.1:${server.port}`;
    server.data = mkdtempSync(join(tmpdir(), "footprint-browser-"));
    await server.run();
    return server;
  }

  async run() {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run ./dev build`);
    const listen = `127.0.0.1:${this.port}`;
    const web = join(root, "web/dist");
    const args = ["serve", ...this.settings, "--data", this.data, "--web", web];
    args.push("--listen", listen);
    this.#process = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on("data", (text) => (this.#log += text));
    }
    await this.ready();
  }

  /** The link for the first administrator, as it was printed at this start. */
  async setupLink() {
    return until("the link is printed", () => /http:\S+\/link#\S+/.exec(this.#log)?.[0]);
  }

  async ready() {
    for (let i = 0; i < 300; i++) {
      if (this.#process.exitCode !== null) break;
      const answer = await fetch(`${this.origin}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await sleep(100);
    }
    throw new Error(`the server did not become ready:\n${this.#log.slice(-3000)}`);
  }

  /** As a power cut would: no goodbye. */
  async kill() {
    const gone = new Promise((done) => this.#process.once("exit", done));
    this.#process.kill("SIGKILL");
    await gone;
  }

  /** Takes connections and answers nothing, as a server in deep trouble does; until `resume`. */
  pause() {
    this.#process.kill("SIGSTOP");
  }

  resume() {
    this.#process.kill("SIGCONT");
  }

  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.kill();
    mkdirSync(join(root, "tests/output"), { recursive: true });
    writeFileSync(join(root, `tests/output/${this.name}.log`), this.#log);
    rmSync(this.data, { recursive: true, force: true });
  }
}

export async function launch() {
  mkdirSync(screens, { recursive: true });
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: chromiumFlags });
}

/** A person in a browser of their own. */
export class Visitor {
  static async open(browser, origin, person, options = {}) {
    const visitor = new Visitor();
    visitor.origin = origin;
    visitor.context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: "en-GB",
      timezoneId: "Europe/London",
      ...options,
    });
    visitor.problems = [];
    visitor.nets = [];
    visitor.page = await visitor.newPage();
    if (person !== null) await visitor.signIn(person);
    return visitor;
  }

  /** Puts a man in the middle of the page's socket, and of all pages opened later; see bridge.mjs for the rules. */
  async bridge(rules = {}) {
    this.rules = rules;
    this.nets.push(await bridge(this.page, this.origin, rules));
  }

  async newPage() {
    const page = await this.context.newPage();
    if (this.rules) this.nets.push(await bridge(page, this.origin, this.rules));
    page.setDefaultTimeout(15_000);
    page.on("pageerror", (error) => this.problems.push(`page error: ${error.message}`));
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) this.problems.push(message.text());
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith("http") && url.origin !== this.origin) {
        this.problems.push(`request to another host: ${url.href}`);
      }
    });
    return page;
  }

  async signIn(name) {
    await this.page.goto(`${this.origin}/sign-in`);
    await this.page.getByRole("button", { name }).click();
    await this.page.getByRole("heading", { level: 1, name: "My plans" }).waitFor();
  }

  async openSection(key, page = this.page) {
    await page.goto(`${this.origin}/plans/${plan}/sections/${key}`);
    await page.locator(".ProseMirror[contenteditable=true]").first().waitFor();
    await this.status("saved", page);
  }

  field(index = 0, page = this.page) {
    return page.locator(".ProseMirror").nth(index);
  }

  async status(kind, page = this.page, timeout = 20_000) {
    await page.locator(`.fp-save__status[data-status=${kind}]`).waitFor({ timeout });
  }

  /** The text of the first field, without the carets of others. */
  async text(page = this.page) {
    return page
      .locator(".ProseMirror")
      .first()
      .evaluate((element) => {
        const copy = element.cloneNode(true);
        for (const caret of copy.querySelectorAll(".fp-caret")) caret.remove();
        return [...copy.children].map((block) => block.textContent).join("\n");
      });
  }

  /** Puts the caret at the end of the first paragraph, as a click there would. */
  async atEnd(page = this.page) {
    await this.field(0, page).click({ position: { x: 20, y: 20 } });
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("End");
  }

  /** Types at the end of the first paragraph. */
  async write(words, page = this.page) {
    await this.atEnd(page);
    await page.keyboard.type(words);
  }

  /** A paste with what a program's clipboard holds. */
  async paste(target, data) {
    await target.evaluate((element, types) => {
      const transfer = new DataTransfer();
      for (const [type, text] of Object.entries(types)) transfer.setData(type, text);
      const options = { clipboardData: transfer, bubbles: true, cancelable: true };
      element.dispatchEvent(new ClipboardEvent("paste", options));
    }, data);
  }

  async noAxe(what, page = this.page) {
    const found = await this.axe(page);
    expect(`axe on ${what}`, found.length === 0, found.join("\n"));
  }

  /** Breaks the pages' sockets, as a lost network does; they come back by themselves. */
  async cut() {
    for (const net of this.nets) await net.cut();
  }

  /** No network any more. Chromium's own switch leaves open sockets alone, so those are cut too: needs `bridge` first. */
  async offline(page = this.page) {
    this.rules.down = true;
    await this.context.setOffline(true);
    await this.cut();
    await page.evaluate(() => dispatchEvent(new Event("offline")));
  }

  async online(page = this.page) {
    this.rules.down = false;
    await this.context.setOffline(false);
    await page.evaluate(() => dispatchEvent(new Event("online")));
  }

  async cell(name, page = this.page) {
    return page.getByRole("textbox", { name });
  }

  async screenshot(name, page = this.page) {
    await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });
  }

  async axe(page = this.page) {
    // Through the debugger, so that the page's own policy stays as it is for its visitors.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(
      (only) => globalThis.axe.run(document, { runOnly: only }),
      rules,
    );
    return violations.map(
      (v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200)).join(" | ")}`,
    );
  }

  /** axe, no sideways scrolling and pictures, wide and at 360 pixels. */
  async look(name) {
    const { page } = this;
    await this.noAxe(name);
    await this.screenshot(name);
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(`${name} at 360 pixels does not scroll sideways`, wide <= 0, `${wide} pixels too wide`);
    await this.noAxe(`${name} at 360 pixels`);
    await this.screenshot(`${name}-360`);
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  /** Waits for the heading of a screen. */
  async at(heading) {
    await this.page.getByRole("heading", { level: 1, name: heading }).waitFor();
  }

  async close() {
    await this.context.close();
  }
}

export async function until(what, test, timeoutMs = 20_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await sleep(100);
  }
}

export function expect(what, ok, detail = "") {
  if (!ok) throw new Error(`${what}${detail === "" ? "" : `: ${detail}`}`);
}

/** Runs tests one after the other; `only` picks by words in the name. */
export async function runTests(tests, only) {
  let passed = 0;
  let failed = 0;
  for (const [name, test] of tests) {
    if (only !== undefined && !name.includes(only)) continue;
    const start = Date.now();
    try {
      await test();
      passed++;
      console.log(`ok   ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name} (${Date.now() - start} ms)\n     ${error.stack}`);
    }
  }
  return { passed, failed };
}
