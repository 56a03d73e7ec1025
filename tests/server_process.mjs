// The real server as a child process: start, ask, kill, start again on the same port and data.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `check` gives something true; throws with `what` after `timeoutMs`. */
export async function until(what, check, timeoutMs = 15_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}

export class Server {
  /** `args`: of `serve`, besides --data and --listen; `data`: a directory that stays, or a new one that remove() takes away. */
  constructor(binary, { args = ["--demo"], data } = {}) {
    this.binary = binary;
    this.args = args;
    this.folder = data ? null : mkdtempSync(join(tmpdir(), "footprint-test-"));
    this.data = data ?? join(this.folder, "data");
    this.port = 0; // the first start finds a free one
    this.lines = []; // of its log
    this.complaint = ""; // what it wrote to stderr
  }

  /** Until it is ready. */
  async start() {
    await this.startListening();
    await until("the server is ready", async () => {
      if (!this.running) throw new Error(`the server ended: ${this.complaint}`);
      return fetch(`${this.origin}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
    return this;
  }

  /** Until it listens; it may not be ready yet. */
  startListening() {
    const address = `127.0.0.1:${this.port}`;
    const child = spawn(
      this.binary,
      ["serve", "--data", this.data, "--listen", address, ...this.args],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.child = child;
    this.exited = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve({ code, signal })),
    );
    child.stderr.on("data", (chunk) => (this.complaint = (this.complaint + chunk).slice(-8000)));
    return new Promise((resolve, reject) => {
      this.exited.then(({ code, signal }) =>
        reject(new Error(`the server ended with ${code ?? signal}: ${this.complaint}`)),
      );
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.lines.push(line);
        if (!line.includes('"event":"listening"')) return;
        this.port = JSON.parse(line).port;
        this.origin = `http://127.0.0.1:${this.port}`;
        this.ws = `ws://127.0.0.1:${this.port}`;
        resolve();
      });
    });
  }

  get running() {
    return this.child && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** How it ended: {code, signal}. */
  stop(signal = "SIGTERM") {
    this.child.kill(signal);
    return this.exited;
  }

  async remove() {
    if (this.running) await this.stop("SIGKILL");
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }

  async json(method, path, body, headers = {}) {
    const response = await fetch(this.origin + path, {
      method,
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? null : JSON.parse(text),
    };
  }

  async get(path, token) {
    const answer = await this.json("GET", path, undefined, {
      authorization: `Bearer ${token}`,
    });
    if (answer.status !== 200)
      throw new Error(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** A bearer token for one of the plan's people. */
  async signIn(person) {
    const answer = await this.json("POST", "/api/v1/session", { person });
    if (answer.status !== 200)
      throw new Error(`signing in as ${person}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body.token;
  }

  /** Resident memory in MB. */
  rssMb() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
  }
}
