// Two people of two organisations who go on writing in one section while others misbehave.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

import { RawSocket } from "./sockets.mjs";

export const step1 = (doc) => {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, 0);
  encoding.writeVarUint(out, 0);
  encoding.writeVarUint8Array(out, Y.encodeStateVector(doc));
  return encoding.toUint8Array(out);
};

export const update_message = (update) => {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, 0);
  encoding.writeVarUint(out, 2);
  encoding.writeVarUint8Array(out, update);
  return encoding.toUint8Array(out);
};

/** A y-websocket client of one section, small enough to see through. */
export class Writer {
  static async open(port, plan, section, token) {
    const self = new Writer();
    self.doc = new Y.Doc();
    self.socket = await RawSocket.open(port, `/yjs/${plan}/${section}?token=${token}`);
    self.socket.on_message = (message) => self.#receive(message);
    for (const message of self.socket.messages) self.#receive(message);
    self.doc.on("update", (update, origin) => {
      if (origin !== self) self.socket.send(update_message(update));
    });
    self.socket.send(step1(self.doc));
    if (!(await self.socket.until(() => self.synced || self.socket.ended)) || !self.synced) {
      throw new Error(`no sync: ${self.socket.close_code} ${self.socket.close_reason}`);
    }
    return self;
  }

  synced = false;

  #receive(message) {
    const input = decoding.createDecoder(message);
    if (decoding.readVarUint(input) !== 0) return;
    const kind = decoding.readVarUint(input);
    const body = decoding.readVarUint8Array(input);
    if (kind === 0) {
      const out = encoding.createEncoder();
      encoding.writeVarUint(out, 0);
      encoding.writeVarUint(out, 1);
      encoding.writeVarUint8Array(out, Y.encodeStateAsUpdate(this.doc, body));
      this.socket.send(encoding.toUint8Array(out));
      return;
    }
    Y.applyUpdate(this.doc, body, this);
    if (kind === 1) this.synced = true;
  }

  /** Adds a paragraph to `field`. */
  write(field, text) {
    this.doc.transact(() => {
      const paragraph = new Y.XmlElement("paragraph");
      paragraph.setAttribute("kind", "p");
      const words = new Y.XmlText();
      words.insert(0, text);
      paragraph.insert(0, [words]);
      const fragment = this.doc.getXmlFragment(field);
      fragment.insert(fragment.length, [paragraph]);
    });
  }

  text(field) {
    return this.doc.getXmlFragment(field).toString();
  }
}
