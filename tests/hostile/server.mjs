// The real binary on a free port with a data directory of its own, for tests that treat it badly.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class Server {
  constructor(child, folder, port, lines) {
    Object.assign(this, { child, folder, port, lines });
    this.origin = `http://127.0.0.1:${port}`;
    this.exited = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve({ code, signal })),
    );
  }

  /** Starts it and waits until it listens. */
  static start(binary, args = []) {
    const folder = mkdtempSync(join(tmpdir(), "footprint-hostile-"));
    const child = spawn(
      binary,
      ["serve", "--demo", "--data", join(folder, "data"), "--listen", "127.0.0.1:0", ...args],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const lines = [];
    return new Promise((resolve, reject) => {
      let complaint = "";
      child.stderr.on("data", (data) => (complaint += data));
      child.once("exit", (code) => {
        rmSync(folder, { recursive: true, force: true });
        reject(new Error(`the server ended with ${code} before it listened: ${complaint}`));
      });
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line);
        if (!line.includes('"event":"listening"')) return;
        child.removeAllListeners("exit");
        resolve(new Server(child, folder, JSON.parse(line).port, lines));
      });
    });
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

  async sign_in(person) {
    const answer = await this.json("POST", "/api/v1/session", { person });
    if (answer.status >= 300)
      throw new Error(`cannot sign in as ${person}: ${JSON.stringify(answer.body)}`);
    return answer.body.token;
  }

  async stop() {
    this.child.kill("SIGTERM");
    const ended = await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
    return ended;
  }

  /** Resident memory in MB. */
  async rss_mb() {
    const { readFile } = await import("node:fs/promises");
    const status = await readFile(`/proc/${this.child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
  }
}
