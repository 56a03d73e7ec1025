// A person at a browser: the stock provider with a document, words written into it, and what became of them.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import * as Y from "yjs";

import { until } from "../server_process.mjs";

const WORD = /⟨[^⟩]*⟩/g;

export class Client {
  constructor(name, address, person, fields) {
    this.name = name;
    this.address = address;
    this.person = person;
    this.fields = fields;
    this.doc = new Y.Doc();
    this.written = 0;
    this.outstanding = []; // words whose update has been sent and not been acknowledged, in order
    this.acknowledged = new Set();
    this.refusals = [];
    this.counting = false;
  }

  /** Connects and waits until the server has everything that this document holds. */
  async connect(url, token) {
    this.socket = new HocuspocusProviderWebsocket({
      url: `${url.replace("http", "ws")}/collab`,
      WebSocketPolyfill: WebSocket,
      maxAttempts: 1,
    });
    let last = 0;
    this.provider = new HocuspocusProvider({
      websocketProvider: this.socket,
      name: this.address,
      document: this.doc,
      token,
      onAuthenticationFailed: ({ reason }) => this.refusals.push(`refused: ${reason}`),
      onStateless: ({ payload }) => {
        if (JSON.parse(payload).type === "refused") this.refusals.push(payload);
      },
      onUnsyncedChanges: ({ number }) => {
        // One acknowledgement an update, in the order in which they were sent.
        if (this.counting && number < last) this.acknowledged.add(this.outstanding.shift());
        last = number;
      },
    });
    this.provider.attach();
    await until(
      `${this.name} is in step with ${this.address} ${this.refusals}`,
      () => {
        if (this.refusals.length > 0) throw new Error(`${this.name}: ${this.refusals.join("; ")}`);
        return this.provider.synced && !this.provider.hasUnsyncedChanges;
      },
      20_000,
    );
    this.counting = true;
  }

  /** Writes one word that stands nowhere else, as one update, somewhere in one of the section's fields. */
  write(random) {
    const word = `⟨${this.name}.${this.written++}⟩`;
    const field = this.doc.getXmlFragment(this.fields[random.below(this.fields.length)]);
    this.outstanding.push(word);
    this.doc.transact(() => {
      if (field.length === 0 || random.below(6) === 0) {
        const block = new Y.XmlElement("paragraph");
        block.setAttribute("kind", "p");
        block.setAttribute("bid", `${this.name}-${this.written}`);
        block.insert(0, [new Y.XmlText(word)]);
        field.insert(random.below(field.length + 1), [block]);
        return;
      }
      const block = field.get(random.below(field.length));
      if (block.length === 0) block.insert(0, [new Y.XmlText()]);
      const text = block.get(0);
      // Between words, so that no word is parted by another.
      const content = text.toJSON().replace(/<[^>]*>/g, "");
      const ends = [
        0,
        ...[...content.matchAll(WORD)].map((match) => match.index + match[0].length),
      ];
      text.insert(content === text.toString() ? ends[random.below(ends.length)] : 0, word);
    });
  }

  /** All words that the document shows. */
  words() {
    const found = new Set();
    for (const field of this.fields) {
      for (const match of this.doc.getXmlFragment(field).toString().matchAll(WORD))
        found.add(match[0]);
    }
    return found;
  }

  /** The document as text, for comparing, and whether anything in it waits for what has not come. */
  picture() {
    const fields = this.fields.map((field) => this.doc.getXmlFragment(field).toString());
    const waits = this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null;
    return JSON.stringify({ fields, waits });
  }

  disconnect() {
    this.counting = false;
    this.outstanding = [];
    this.provider?.destroy();
    this.socket?.destroy();
    this.provider = this.socket = null;
  }
}
