// The server under test as a child process: start, wait until it is ready, kill, ask.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `check` gives something true; throws with `what` after `timeoutMs`. */
export async function until(what, timeoutMs, check) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}

export class Server {
  constructor(binary, dataDir, port) {
    this.binary = binary;
    this.dataDir = dataDir;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.child = null;
  }

  async start() {
    const args = ["serve", "--demo", "--data", this.dataDir, "--listen", `127.0.0.1:${this.port}`];
    let said = "";
    const child = spawn(this.binary, [...args, "--log-level", "warn"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    const keep = (chunk) => (said = (said + chunk).slice(-4000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    this.exited = new Promise((resolve) =>
      child.once("exit", (code, signal) => resolve({ code, signal })),
    );
    let ended = null;
    this.exited.then((how) => (ended = how));
    await until("the server is ready", 30_000, async () => {
      if (ended) throw new Error(`the server ended (${JSON.stringify(ended)}): ${said}`);
      return fetch(`${this.url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  }

  async kill(signal = "SIGKILL") {
    this.child.kill(signal);
    return this.exited;
  }

  /** A bearer token for one of the plan's people. */
  async signIn(person) {
    const answer = await fetch(`${this.url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ person }),
    });
    if (!answer.ok)
      throw new Error(`signing in as ${person}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).token;
  }

  async get(path, token) {
    const answer = await fetch(`${this.url}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
