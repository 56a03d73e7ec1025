// What is bound to a session or streams to one: sockets that end with it, server-sent events.
import { readdirSync } from "node:fs";
import http from "node:http";
import WebSocket from "ws";
import * as Y from "yjs";

import { sleep, until } from "../server_process.mjs";
import { PLAN, Socket, write, yjs } from "./harness.mjs";

const equal = (got, wanted, what) => {
  if (JSON.stringify(got) !== JSON.stringify(wanted))
    throw new Error(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
};

function signOut(server, token) {
  return fetch(`${server.origin}/api/v1/session`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
}

/** An open event stream: the events that came, by position, and the comments between them. */
class Stream {
  constructor(server, token, { query = "", headers = {} } = {}) {
    this.events = [];
    this.comments = 0;
    this.ended = false;
    const url = `${server.origin}/api/v1/plans/${PLAN}/events${query}`;
    this.request = http.get(url, {
      agent: new http.Agent(), // a socket of its own
      headers: { accept: "text/event-stream", authorization: `Bearer ${token}`, ...headers },
    });
    this.request.on("error", () => (this.ended = true));
    this.opened = new Promise((resolve) =>
      this.request.on("response", (response) => {
        this.response = response;
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          text += chunk;
          for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2))
            this.#take(text.slice(0, end));
        });
        response.on("close", () => (this.ended = true));
        resolve(response);
      }),
    );
  }

  #take(block) {
    if (block.startsWith(":")) return void (this.comments += 1);
    const fields = Object.fromEntries(
      block
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    );
    const event = { id: Number(fields.id), kind: fields.event, data: JSON.parse(fields.data) };
    if (event.data.position !== event.id || event.data.kind !== event.kind)
      throw new Error(`an event that contradicts itself: ${block}`);
    this.events.push(event);
  }

  ids() {
    return this.events.map((event) => event.id);
  }

  close() {
    this.request.destroy();
  }
}

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function head(server, token) {
  return (await server.get(`/api/v1/plans/${PLAN}/events?limit=1`, token)).head;
}

/** Writes `count` paragraphs in one section, each its own event; returns when they are in the log. */
async function makeEvents(server, token, count) {
  const before = await head(server, token);
  const doc = new Y.Doc();
  const provider = yjs(server, `${PLAN}/vision`, doc, { token });
  await until("synced", () => provider.synced);
  for (let i = 0; i < count; ++i) write(doc, `event ${i}`);
  await until("all in the log", async () => (await head(server, token)) >= before + count, 30_000);
  provider.destroy();
  return before + count;
}

export const sessionCases = {
  "a session's sockets end with it: 4401, and the documents are told to sign in": async ({
    server,
  }) => {
    const token = await server.signIn("u-lead");
    const other = await server.signIn("u-lead");
    const socket = new Socket(server);
    const document = socket.open("vision", token);
    await document.synced();
    const doc = new Y.Doc();
    const stock = yjs(server, `${PLAN}/vision`, doc, { token });
    await until("synced", () => stock.synced);
    const bystander = yjs(server, `${PLAN}/vision`, new Y.Doc(), { token: other });
    await until("synced", () => bystander.synced);
    const stream = new Stream(server, token);
    await stream.opened;
    await signOut(server, token);
    const began = Date.now();
    await until("denied", () => document.denied.includes("sign-in"), 5_000);
    await until("the stock client has stopped", () => stock.ended.length > 0, 5_000);
    await until("the stream has ended", () => stream.ended, 5_000);
    equal(stock.ended[0].code, 4401, "y-websocket's close code");
    equal(socket.closes[0], 4401, "the provider's close code");
    if (Date.now() - began > 5_000) throw new Error("not within 5 seconds");
    equal(bystander.wsconnected, true, "another session of the same person");
    stock.destroy();
    bystander.destroy();
    socket.destroy();
  },

  "event stream: what is in the log, then what comes, without a gap; resumable": async ({
    server,
    tokens,
  }) => {
    const last = await head(server, tokens.lead);
    const stream = new Stream(server, tokens.lead);
    const response = await stream.opened;
    equal(response.statusCode, 200, "status");
    equal(response.headers["content-type"], "text/event-stream", "type");
    equal(response.headers["cache-control"], "no-store", "caching");
    const made = await makeEvents(server, tokens.lead, 300);
    await until("all events", () => stream.events.length >= made);
    equal(stream.ids(), range(1, made), "positions");
    const after = new Stream(server, tokens.lead, { query: `?after=${last}` });
    await until("those after a position", () => after.events.length >= made - last);
    equal(after.ids(), range(last + 1, made), "positions after");
    const resumed = new Stream(server, tokens.lead, {
      query: "?after=0",
      headers: { "last-event-id": String(made - 2) },
    });
    await until("those after the last one that came", () => resumed.events.length >= 2);
    const live = await makeEvents(server, tokens.lead, 1);
    await until("and the next", () => resumed.events.length >= 3);
    equal(resumed.ids(), [made - 1, made, live], "positions on return");
    for (const each of [stream, after, resumed]) each.close();
  },

  "event stream: a reader who stops reading costs little and misses nothing": async ({
    server,
    tokens,
  }) => {
    const last = await head(server, tokens.lead);
    const stream = new Stream(server, tokens.lead, { query: `?after=${last}` });
    const response = await stream.opened;
    response.pause();
    const before = server.rssMb();
    const made = await makeEvents(server, tokens.lead, 12_000); // about 3.5 MB as events
    const grown = server.rssMb() - before;
    if (grown > 100) throw new Error(`memory grew by ${grown.toFixed(0)} MB`);
    response.resume();
    await until("everything", () => stream.events.length >= made - last, 30_000);
    equal(stream.ids(), range(last + 1, made), "positions");
    stream.close();
  },

  "event stream: a sign of life every 15 seconds; who has gone is let go of": async ({
    server,
    tokens,
  }) => {
    const sockets = () => readdirSync(`/proc/${server.child.pid}/fd`).length;
    const quiet = new Stream(server, tokens.lead, {
      query: `?after=${await head(server, tokens.lead)}`,
    });
    await quiet.opened;
    const before = sockets();
    const streams = range(1, 20).map(() => new Stream(server, tokens.lead));
    await Promise.all(streams.map((stream) => stream.opened));
    if (sockets() < before + 20) throw new Error(`${sockets()} open files, ${before} before`);
    for (const stream of streams) stream.close();
    await until("their sockets are closed", () => sockets() <= before, 5_000);
    await until("a comment", () => quiet.comments > 0, 17_000);
    equal(quiet.events, [], "events of nobody");
    quiet.close();
  },

  "a client that asks for very many documents gets them as it reads": async ({
    server,
    tokens,
  }) => {
    const doc = new Y.Doc();
    const path = `${PLAN}/new_care_models`;
    const writer = yjs(server, path, doc, { token: tokens.lead });
    await until("synced", () => writer.synced);
    write(doc, "x".repeat(3_900_000), "model");
    const probe = new Y.Doc();
    const reader = yjs(server, path, probe, { token: tokens.pmo });
    await until("another has it", () => Y.encodeStateAsUpdate(probe).length > 3_900_000);
    reader.destroy();
    writer.destroy();

    const before = server.rssMb();
    const socket = new WebSocket(`${server.ws}/collab`);
    await new Promise((resolve) => socket.once("open", resolve));
    let answered = 0;
    socket.on("message", (data) => (answered += data.length > 3_900_000 ? 1 : 0));
    socket._socket.pause();
    const count = 400;
    for (let i = 0; i < count; ++i) {
      const address = Buffer.from(`${path}\0s${i}`);
      const text = (bytes) => Buffer.concat([varUint(bytes.length), bytes]);
      socket.send(
        Buffer.concat([text(address), Buffer.from([2, 0]), text(Buffer.from(tokens.lead))]),
      );
      socket.send(Buffer.concat([text(address), Buffer.from([0, 0]), text(Buffer.from([0]))]));
      if (i % 40 === 39) await sleep(100);
    }
    await sleep(2_000);
    const grown = server.rssMb() - before;
    equal(answered, 0, "answers");
    equal(socket.readyState, WebSocket.OPEN, "still open");
    if (grown > 60)
      throw new Error(`${count} documents of 3.9 MB that nobody reads took ${grown.toFixed(0)} MB`);
    socket._socket.resume();
    await until("all of them", () => answered === count, 50_000);
    socket.close();
  },
};

function varUint(number) {
  const bytes = [];
  for (; number >= 0x80; number = Math.floor(number / 128)) bytes.push((number % 128) | 0x80);
  return Buffer.from([...bytes, number]);
}
