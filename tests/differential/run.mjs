// Sessions of several clients, some yjs and some Footprint, whose updates travel late, twice, in any order and merged.
// Every 50 edits, once all has arrived, every client must hold the same: the Footprint clients at once, the yjs
// clients after a sync of states, since yjs can stay stuck after out-of-order delivery.
//
// In one session of five, edits also cut surrogate pairs. yjs replaces a pair by U+FFFD wherever it was cut, even by
// an edit that then sends nothing, so its replicas differ among themselves afterwards. There each Footprint client is
// compared with a yjs shadow of its own, to which the same happens in the same order, without marks.
//   node run.mjs [--sessions N] [--seed S] [--peer PROGRAM] [--jobs N]
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import * as Y from "yjs";
import { Random } from "../vectors/edits.mjs";
import { makeEdit, randomEdit } from "./edits.mjs";
import { startPeer } from "./peer.mjs";
import { contentOf, roots } from "./tagged.mjs";

const options = parseArgs({
  options: {
    sessions: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    peer: { type: "string", default: "build/bin/footprint-peer" },
    jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
  },
}).values;

const sessions = Number(options.sessions);
const jobs = Math.max(1, Math.min(Number(options.jobs), sessions));
const peer = jobs === 1 ? startPeer(options.peer) : null;
const EMPTY = new Uint8Array([0]);
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

class YjsClient {
  constructor(client, gc, send) {
    this.name = `yjs ${client}`;
    this.doc = new Y.Doc({ gc });
    this.doc.clientID = client;
    roots(this.doc);
    this.doc.on("update", (update) => send(update));
  }
  async edit(edit) {
    this.doc.transact(() => makeEdit(this.doc, edit));
  }
  async apply(update, format) {
    if (format === 2) Y.applyUpdateV2(this.doc, update);
    else Y.applyUpdate(this.doc, update);
    return { structs: false, deletes: false };
  }
  async state(sv, format) {
    return format === 2
      ? Y.encodeStateAsUpdateV2(this.doc, sv)
      : Y.encodeStateAsUpdate(this.doc, sv);
  }
  async sv() {
    return Y.encodeStateVector(this.doc);
  }
  async content() {
    return contentOf(this.doc);
  }
}

class FootprintClient {
  constructor(client, gc, slot, send) {
    this.name = `footprint ${client}`;
    this.client = client;
    this.gc = gc;
    this.slot = slot;
    this.send = send;
    this.shadow = null;
  }
  async ask(request) {
    const answer = await peer.ask({ doc: this.slot, ...request });
    if (answer.error) throw new Error(`${this.name}: ${request.op}: ${answer.error}`);
    return answer;
  }
  start(withShadow = false) {
    if (withShadow) {
      this.shadow = new Y.Doc({ gc: this.gc });
      this.shadow.clientID = this.client;
      roots(this.shadow);
    }
    return this.ask({ op: "new", client: this.client, gc: this.gc, clean: false });
  }
  /** Now and then a yjs twin makes the same edit from the same state: the updates must be the same bytes. */
  async twinUpdate(edit) {
    const twin = new Y.Doc({ gc: this.gc });
    roots(twin);
    let cleanups = 0;
    Y.applyUpdate(twin, await this.state(EMPTY, 1));
    twin.clientID = this.client;
    twin.on("update", () => cleanups++);
    if (!same(Y.encodeStateAsUpdate(twin), await this.state(EMPTY, 1))) return null;
    let update = new Uint8Array();
    twin.on("update", (bytes) => (update = bytes));
    twin.transact(() => makeEdit(twin, edit));
    return update;
  }
  async edit(edit, withTwin) {
    const expected = withTwin ? await this.twinUpdate(edit) : null;
    const { bytes, possible } = await this.ask({ op: "edit", edits: [edit] });
    if (!possible && edit.op !== "map.delete")
      throw new Error(`${this.name} refused ${JSON.stringify(edit)}`);
    if (expected && !same(bytes, expected)) {
      const hex = (list) => Buffer.from(list).toString("base64");
      throw new Error(
        `${this.name}: other bytes for ${JSON.stringify(edit)}: ${hex(bytes)}, yjs ${hex(expected)}`,
      );
    }
    if (bytes.length > 0) this.send(bytes);
    this.shadow?.transact(() => makeEdit(this.shadow, edit));
  }
  async apply(update, format) {
    if (this.shadow) (format === 2 ? Y.applyUpdateV2 : Y.applyUpdate)(this.shadow, update);
    return this.ask({ op: "apply", update, format });
  }
  async state(sv, format) {
    return (await this.ask({ op: "state", sv, format })).bytes;
  }
  async sv() {
    return (await this.ask({ op: "sv" })).bytes;
  }
  async content() {
    return (await this.ask({ op: "content" })).text;
  }
}

class Session {
  constructor(seed) {
    this.random = new Random(seed);
    this.inboxes = [];
    this.clients = [];
    this.gc = this.random.chance(0.8);
    this.random.cutsPairs = seed % 5 === 0;
  }
  ours() {
    return this.clients.filter((client) => client instanceof FootprintClient);
  }
  async start() {
    const count = this.random.range(2, 4);
    const ids = new Set();
    while (ids.size < count)
      ids.add(this.random.chance(0.1) ? 2 ** 40 + this.random.below(99) : this.random.next());
    let slot = 0;
    for (const id of ids) {
      const me = this.clients.length;
      const send = (update) => this.inboxes.forEach((inbox, to) => to !== me && inbox.push(update));
      // The first is always Footprint, the second always yjs.
      const ours = me === 0 || (me > 1 && this.random.chance(0.5));
      const client = ours
        ? new FootprintClient(id, this.gc, slot++, send)
        : new YjsClient(id, this.gc, send);
      this.clients.push(client);
      this.inboxes.push([]);
      if (ours) await client.start(this.random.cutsPairs);
    }
  }
  /** Takes some waiting updates, perhaps merged, perhaps again later, and applies them. */
  async deliver(to, all) {
    const inbox = this.inboxes[to];
    while (inbox.length > 0) {
      const taken = [];
      const group = this.random.chance(0.3) ? this.random.range(2, 4) : 1;
      while (taken.length < group && inbox.length > 0) {
        // Shadows get everything in order, so that they cannot get stuck.
        const inOrder = this.random.cutsPairs || this.random.chance(0.5);
        const at = inOrder ? 0 : this.random.below(inbox.length);
        taken.push(inbox.splice(at, 1)[0]);
      }
      const update = taken.length === 1 ? taken[0] : Y.mergeUpdates(taken);
      if (!all && this.random.chance(0.1)) inbox.push(update);
      const format = this.random.chance(0.2) ? 2 : 1;
      await this.clients[to].apply(
        format === 2 ? Y.convertUpdateFormatV1ToV2(update) : update,
        format,
      );
      if (!all) return;
    }
  }
  async settle() {
    while (this.inboxes.some((inbox) => inbox.length > 0)) {
      for (let to = 0; to < this.clients.length; to++) await this.deliver(to, true);
    }
    for (const client of this.ours()) {
      const { structs, deletes } = await client.apply(new Uint8Array([0, 0]), 1);
      if (structs || deletes) throw new Error(`${client.name} still waits though all has arrived`);
    }
    if (this.random.cutsPairs) return this.compareWithShadows();
    const before = await Promise.all(this.ours().map((client) => client.content()));
    // yjs can stay stuck after out-of-order delivery; a sync of states, as on a reconnect, frees it.
    for (let round = 0; round < 2; round++) {
      for (const from of this.clients) {
        for (const to of this.clients) {
          if (from === to) continue;
          const format = this.random.chance(0.3) ? 2 : 1;
          await to.apply(await from.state(await to.sv(), format), format);
        }
      }
      while (this.inboxes.some((inbox) => inbox.length > 0)) {
        for (let to = 0; to < this.clients.length; to++) await this.deliver(to, true);
      }
    }
    await this.compare(before);
  }
  async compareWithShadows() {
    for (const client of this.ours()) {
      const content = await client.content();
      const expected = contentOf(client.shadow);
      if (content !== expected)
        throw new Error(`${client.name} holds\n${content}\nits yjs shadow holds\n${expected}`);
      if (!same(await client.sv(), Y.encodeStateVector(client.shadow)))
        throw new Error(`${client.name} has another state vector than its shadow`);
    }
  }
  async compare(before) {
    const expected = await this.clients[1].content();
    this.ours().forEach((client, i) => {
      if (before[i] !== expected)
        throw new Error(
          `${client.name} held, before states were synced,\n${before[i]}\nnot\n${expected}`,
        );
    });
    const sv = await this.clients[1].sv();
    for (const client of this.clients) {
      const content = await client.content();
      if (content !== expected)
        throw new Error(
          `${client.name} holds\n${content}\n${this.clients[1].name} holds\n${expected}`,
        );
      if (!same(await client.sv(), sv)) throw new Error(`${client.name} has another state vector`);
    }
    const fresh = new Y.Doc({ gc: this.gc });
    roots(fresh);
    Y.applyUpdate(fresh, await this.clients[0].state(EMPTY, 1));
    if (contentOf(fresh) !== expected)
      throw new Error("yjs reads other content from Footprint's state");
    const reader = new FootprintClient(1, this.gc, 100, () => {});
    await reader.start();
    await reader.apply(await this.clients[1].state(EMPTY, 2), 2);
    if ((await reader.content()) !== expected)
      throw new Error("Footprint reads other content from the state of yjs");
  }
  async run() {
    await this.start();
    const edits = this.random.chance(0.05) ? 400 : 100;
    for (let done = 0; done < edits; done++) {
      const who = this.random.below(this.clients.length);
      const client = this.clients[who];
      const edit = randomEdit(this.random, JSON.parse(await client.content()));
      await client.edit(edit, this.random.chance(0.05));
      if (this.random.chance(0.6))
        await this.deliver(this.random.below(this.clients.length), false);
      if (done % 50 === 49) await this.settle();
    }
  }
}

/** Runs sessions here; gives the seeds that failed. */
async function runSessions(first, count) {
  const failed = [];
  let run = 0;
  for (let seed = first; seed < first + count && failed.length < 20; seed++, run++) {
    try {
      await new Session(seed).run();
    } catch (error) {
      failed.push(seed);
      console.error(`seed ${seed}: ${error.stack}`);
    }
  }
  peer.stop();
  return { passed: run - failed.length, failed };
}

/** Runs a share of the sessions in a process of its own. */
function runShare(first, count) {
  const given = ["--sessions", count, "--seed", first, "--peer", options.peer, "--jobs", 1];
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...given.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (bytes) => (output += bytes));
  return new Promise((resolve) => {
    child.on("close", () => {
      const [, passed] = /differential: (\d+) passed/.exec(output) ?? [0, 0];
      const [, seeds] = /failed seeds: ([\d ]+)/.exec(output) ?? [
        0,
        passed === 0 ? `${first}` : "",
      ];
      resolve({ passed: Number(passed), failed: seeds.split(" ").filter(Boolean).map(Number) });
    });
  });
}

async function runAll() {
  const first = Number(options.seed);
  if (jobs === 1) return runSessions(first, sessions);
  const ends = Array.from({ length: jobs + 1 }, (_, i) => Math.floor((i * sessions) / jobs));
  const shares = await Promise.all(
    ends.slice(1).map((end, i) => runShare(first + ends[i], end - ends[i])),
  );
  return {
    passed: shares.reduce((sum, share) => sum + share.passed, 0),
    failed: shares.flatMap((share) => share.failed),
  };
}

const started = Date.now();
const { passed, failed } = await runAll();
console.log(`${passed} sessions in ${((Date.now() - started) / 1000).toFixed(1)} s`);
if (failed.length > 0) {
  console.log(`failed seeds: ${failed.join(" ")}`);
  console.log(`again: node tests/differential/run.mjs --sessions 1 --seed ${failed[0]}`);
}
console.log(`differential: ${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
