// The stock providers as their users set them up.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

import { until } from "../server_process.mjs";

export const PLAN = "cambridgeshire-and-peterborough-2016";
/** Tokens of the people that the cases act as. */
export async function signIn(server) {
  const people = { lead: "u-lead", pmo: "u-pmo", observer: "u-obs" };
  const tokens = {};
  for (const [key, person] of Object.entries(people)) tokens[key] = await server.signIn(person);
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
