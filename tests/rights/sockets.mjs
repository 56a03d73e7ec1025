// Both doors, spoken by hand: what was said is kept, and waited for.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import WebSocket from "ws";
import * as Y from "yjs";

import { auth, read, step1, sync } from "../hostile/collab.mjs";
import { until } from "../server_process.mjs";
import { FIELD, PLAN } from "./plan.mjs";

const PATIENCE_MS = 60_000;

/** An update that inserts one word, of a new client. */
export function word_update(text = "Word.", client) {
  const doc = new Y.Doc();
  if (client !== undefined) doc.clientID = client;
  const block = new Y.XmlElement("paragraph");
  block.insert(0, [new Y.XmlText(text)]);
  doc.getXmlFragment(FIELD).insert(0, [block]);
  return Y.encodeStateAsUpdate(doc);
}

class Socket {
  constructor(url) {
    this.got = [];
    this.closed = null;
    this.ws = new WebSocket(url);
    this.ws.binaryType = "nodebuffer";
    this.ws.on("message", (data) => this.got.push(new Uint8Array(data)));
    this.ws.on("close", (code, reason) => (this.closed = { code, reason: reason.toString() }));
    this.ws.on("error", () => {});
    this.ready = new Promise((resolve) => this.ws.once("open", resolve));
  }

  until(what, check) {
    return until(what, check, PATIENCE_MS);
  }

  close() {
    this.ws.terminate();
  }
}

/** A /collab socket with any number of sections. */
export class Collab extends Socket {
  constructor(server, token) {
    super(`${server.ws}/collab`);
    this.token = token;
    this.read_upto = 0;
    this.messages = [];
  }

  all() {
    for (; this.read_upto < this.got.length; ++this.read_upto)
      this.messages.push(read(this.got[this.read_upto]));
    return this.messages;
  }

  of(key) {
    const address = key === null ? PLAN : `${PLAN}/${key}`;
    return this.all().filter((each) => each.address === address);
  }

  /** "read-write", "readonly" or the reason of the denial. `key` null: the plan's channel. */
  async open(key) {
    await this.ready;
    const address = key === null ? PLAN : `${PLAN}/${key}`;
    const before = this.of(key).length;
    this.ws.send(auth(address, this.token));
    this.ws.send(step1(address));
    return this.until(
      `an answer to the token for ${address}`,
      () =>
        this.of(key)
          .slice(before)
          .find((each) => each.type === 2 && each.auth !== 0)?.text,
    );
  }

  scopes(key) {
    return this.of(key)
      .filter((each) => each.type === 2 && each.auth === 2)
      .map((each) => each.text);
  }

  denials(key) {
    return this.of(key)
      .filter((each) => each.type === 2 && each.auth === 1)
      .map((each) => each.text);
  }

  stateless(key, type) {
    return this.of(key)
      .filter((each) => each.type === 5)
      .map((each) => JSON.parse(each.text))
      .filter((each) => each.type === type);
  }

  statuses(key) {
    return this.of(key)
      .filter((each) => each.type === 8)
      .map((each) => each.applied);
  }

  send(key, update) {
    this.ws.send(sync(`${PLAN}/${key}`, 2, update));
  }

  /** "ok", or the code of the refusal. */
  async write(key, update = word_update()) {
    const before = this.statuses(key).length;
    const refused = this.stateless(key, "refused").length;
    this.send(key, update);
    await this.until(`a status for ${key}`, () => this.statuses(key).length > before);
    return this.statuses(key)[before] === 1 ? "ok" : this.stateless(key, "refused")[refused].code;
  }
}

/** A /yjs socket. */
export class Yjs extends Socket {
  constructor(server, key, token) {
    super(`${server.ws}/yjs/${PLAN}/${key}?token=${token}`);
  }

  updates() {
    return this.got
      .map((bytes) => {
        const input = decoding.createDecoder(bytes);
        if (decoding.readVarUint(input) !== 0) return null;
        return { type: decoding.readVarUint(input), bytes: decoding.readVarUint8Array(input) };
      })
      .filter((each) => each !== null);
  }

  /** "open", or the close code and reason. */
  async opened() {
    await this.until("an answer of /yjs", () => this.closed !== null || this.updates().length > 0);
    return this.closed === null ? "open" : `${this.closed.code} ${this.closed.reason}`;
  }

  /** "ok" once the update has come back, which is when it is durable; or the close code and reason. */
  async write(update = word_update()) {
    const out = encoding.createEncoder();
    encoding.writeVarUint(out, 0);
    encoding.writeVarUint(out, 2);
    encoding.writeVarUint8Array(out, update);
    const before = this.updates().filter((each) => each.type === 2).length;
    this.ws.send(encoding.toUint8Array(out));
    await this.until(
      "an answer to an update",
      () =>
        this.closed !== null || this.updates().filter((each) => each.type === 2).length > before,
    );
    return this.closed === null ? "ok" : `${this.closed.code} ${this.closed.reason}`;
  }
}
