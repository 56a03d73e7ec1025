// The real server as a child process, and the stock providers as their users set them up.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

export const PLAN = "cambridgeshire-and-peterborough-2016";
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what, check, timeoutMs = 15_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export class Server {
  constructor(binary) {
    this.binary = binary;
    this.data = mkdtempSync(join(tmpdir(), "footprint-clients-"));
    this.said = "";
  }

  async start() {
    this.port ??= await freePort();
    this.http = `http://127.0.0.1:${this.port}`;
    this.ws = `ws://127.0.0.1:${this.port}`;
    const args = [
      "serve",
      "--demo",
      "--bench",
      "--data",
      this.data,
      "--listen",
      `127.0.0.1:${this.port}`,
    ];
    this.child = spawn(this.binary, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.exited = new Promise((resolve) => this.child.once("exit", resolve));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on("data", (chunk) => (this.said = (this.said + chunk).slice(-8000)));
    }
    await until("the server is ready", async () => {
      if (this.child.exitCode !== null) throw new Error(`the server ended: ${this.said}`);
      return fetch(`${this.http}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  }

  async stop(signal = "SIGTERM") {
    this.child.kill(signal);
    await this.exited;
  }

  async remove() {
    if (this.child?.exitCode === null && this.child.signalCode === null) await this.stop("SIGKILL");
    rmSync(this.data, { recursive: true, force: true });
  }

  async token(person) {
    const answer = await fetch(`${this.http}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ person }),
    });
    if (!answer.ok) throw new Error(`sign-in of ${person}: ${answer.status}`);
    return (await answer.json()).token;
  }
}

/** Tokens of the people that the cases act as. */
export async function signIn(server) {
  const people = { lead: "u-lead", pmo: "u-pmo", observer: "u-obs" };
  const tokens = {};
  for (const [key, person] of Object.entries(people)) tokens[key] = await server.token(person);
  return tokens;
}

/** One socket of the Hocuspocus provider, with everything it hears counted by document. */
export class Socket {
  constructor(server) {
    this.socket = new HocuspocusProviderWebsocket({
      url: `${server.ws}/collab`,
      WebSocketPolyfill: WebSocket,
      delay: 100,
      minDelay: 100,
      maxDelay: 500,
    });
    this.closes = [];
    this.socket.on("close", ({ event }) => this.closes.push(event.code));
    this.documents = [];
  }

  open(section, token, options = {}) {
    const document = new Collab(this.socket, section, token, options);
    this.documents.push(document);
    return document;
  }

  destroy() {
    for (const document of this.documents) document.provider.destroy();
    this.socket.destroy();
  }
}

export class Collab {
  constructor(socket, section, token, options) {
    this.doc = options.document ?? new Y.Doc();
    this.statuses = [];
    this.sent = 0; // updates and step 2
    this.stateless = [];
    this.denied = [];
    this.closed = [];
    this.provider = new HocuspocusProvider({
      websocketProvider: socket,
      name: section ? `${PLAN}/${section}` : PLAN,
      document: this.doc,
      token,
      ...("awareness" in options ? { awareness: options.awareness } : {}),
      sessionAwareness: options.sessionAwareness ?? false,
      onAuthenticationFailed: ({ reason }) => this.denied.push(reason),
      onAuthenticated: ({ scope }) => (this.scope = scope),
      onStateless: ({ payload }) => this.stateless.push(JSON.parse(payload)),
      onClose: ({ event }) => this.closed.push(event.reason),
      onOutgoingMessage: ({ message }) => {
        if (message.type === 0 && message.description !== "First sync step") this.sent += 1;
      },
      onMessage: ({ message }) => {
        const copy = message;
        copy.readVarString();
        if (copy.readVarUint() === 8) this.statuses.push(copy.readVarUint());
      },
    });
    this.provider.attach();
  }

  synced() {
    return until("synced", () => this.provider.isSynced);
  }

  saved() {
    return until("saved", () => !this.provider.hasUnsyncedChanges);
  }
}

export function yjs(server, path, doc, params = {}, options = {}) {
  const provider = new WebsocketProvider(`${server.ws}/yjs`, path, doc, {
    WebSocketPolyfill: WebSocket,
    disableBc: true,
    params,
    ...options,
  });
  provider.ended = [];
  provider.on("closed", (event) => provider.ended.push(event));
  return provider;
}

/** A paragraph at the front of a field. */
export function write(doc, text, field = "statement", node = "paragraph") {
  doc.transact(() => {
    const block = new Y.XmlElement(node);
    block.setAttribute("kind", "p");
    block.insert(0, [new Y.XmlText(text)]);
    doc.getXmlFragment(field).insert(0, [block]);
  });
}

export const text = (doc, field = "statement") => doc.getXmlFragment(field).toString();
