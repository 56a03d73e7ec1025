// See README.md. Closes with `crash: N passed, N failed`: one for each round, one for the log as a whole.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { Server, sleep, until } from "../server_process.mjs";
import { Client } from "./client.mjs";

const WRITERS = 20;
const SECTIONS = 5;

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_007) },
    binary: {
      type: "string",
      default: process.env.FOOTPRINT_BINARY ?? "build/bin/footprint",
    },
  },
});

/** Mulberry32: small, seeded, good enough to choose moments. */
function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { below: (bound) => next() % bound };
}

/** Who may write in which section, as the server says it. */
async function seats(server) {
  const people = (await server.get("/api/v1/demo/people", "")).people;
  const plan = (await server.get("/api/v1/plans", await server.signIn(people[0].id))).plans[0].id;
  const bySection = new Map();
  for (const { id } of people) {
    const seen = await server.get(`/api/v1/plans/${plan}`, await server.signIn(id));
    for (const section of seen.sections) {
      if (!section.may.write) continue;
      const seat = bySection.get(section.key) ?? {
        fields: section.fields.map((field) => field.key),
        people: [],
      };
      seat.people.push(id);
      bySection.set(section.key, seat);
    }
  }
  return { plan, bySection };
}

class Run {
  constructor(random, server) {
    this.random = random;
    this.server = server;
    this.clients = [];
    this.tokens = new Map();
    this.acknowledged = new Map(); // address -> words
    this.seen = new Map(); // address -> words that somebody else than their author had
    this.made = 0;
  }

  async signInAll() {
    this.tokens.clear(); // sessions end with the process
    for (const person of new Set(this.clients.map((client) => client.person))) {
      this.tokens.set(person, await this.server.signIn(person));
    }
  }

  makeClient(plan, section, seat) {
    const person = seat.people[this.random.below(seat.people.length)];
    return new Client(`w${this.made++}`, `${plan}/${section}`, person, seat.fields);
  }

  connectAll() {
    return Promise.all(
      this.clients.map((client) =>
        client.connect(this.server.origin, this.tokens.get(client.person)),
      ),
    );
  }

  /** Everybody writes until the server is killed at a moment of the seed's. */
  async writeAndKill() {
    let writing = true;
    const writers = this.clients.map(async (client) => {
      while (writing) {
        client.write(this.random);
        await sleep(this.random.below(25));
      }
    });
    await sleep(50 + this.random.below(1200));
    await this.server.stop("SIGKILL");
    writing = false;
    await Promise.all(writers);
    for (const client of this.clients) this.enterIntoLedgers(client);
    for (const client of this.clients) client.disconnect();
  }

  enterIntoLedgers(client) {
    const acknowledged = this.acknowledged.get(client.address) ?? new Set();
    const seen = this.seen.get(client.address) ?? new Set();
    for (const word of client.acknowledged) acknowledged.add(word);
    for (const word of client.words()) if (!word.startsWith(`⟨${client.name}.`)) seen.add(word);
    this.acknowledged.set(client.address, acknowledged);
    this.seen.set(client.address, seen);
  }

  async readAfresh(address) {
    const other = this.clients.find((client) => client.address === address);
    const reader = new Client(`r${this.made++}`, address, other.person, other.fields);
    await reader.connect(this.server.origin, this.tokens.get(other.person));
    return reader;
  }

  /** What the ledgers hold and a reader that knows nothing does not find. */
  async missing() {
    const lost = [];
    for (const address of this.acknowledged.keys()) {
      const reader = await this.readAfresh(address);
      const words = reader.words();
      reader.disconnect();
      for (const word of this.acknowledged.get(address))
        if (!words.has(word)) lost.push(`acknowledged ${word}`);
      for (const word of this.seen.get(address)) if (!words.has(word)) lost.push(`seen ${word}`);
    }
    return lost;
  }

  /** Waits until all documents of each section, a fresh one among them, are the same; throws when they do not become it. */
  async converge() {
    for (const address of new Set(this.clients.map((client) => client.address))) {
      const group = this.clients.filter((client) => client.address === address);
      const reader = await this.readAfresh(address);
      group.push(reader);
      await until(
        `all clients of ${address} hold the same`,
        () => {
          const [first, ...others] = group.map((client) => client.picture());
          return others.every((picture) => picture === first) && first.endsWith('"waits":false}');
        },
        20_000,
      );
      const words = reader.words();
      reader.disconnect();
      for (const client of group) {
        for (let i = 0; i < client.written; ++i) {
          if (!words.has(`⟨${client.name}.${i}⟩`))
            throw new Error(`⟨${client.name}.${i}⟩ is nowhere`);
        }
      }
    }
  }

  /** Some people close their browser and open another. */
  replaceSome() {
    this.clients = this.clients.map((client) => {
      if (this.random.below(4) !== 0) return client;
      return new Client(`w${this.made++}`, client.address, client.person, client.fields);
    });
  }

  counts() {
    const total = (ledger) => [...ledger.values()].reduce((sum, words) => sum + words.size, 0);
    return `${total(this.acknowledged)} acknowledged, ${total(this.seen)} seen by others`;
  }
}

async function round(run) {
  await run.signInAll();
  await run.connectAll();
  await run.writeAndKill();
  await run.server.start();
  await run.signInAll();
  const lost = await run.missing();
  if (lost.length > 0) throw new Error(`${lost.length} lost: ${lost.slice(0, 5).join(", ")}`);
  await run.connectAll();
  await run.converge();
  for (const client of run.clients) client.disconnect();
  run.replaceSome();
}

async function main() {
  const seed = Number(options.seed);
  console.log(`crash: seed ${seed}`);
  const folder = mkdtempSync(join(tmpdir(), "footprint-crash-"));
  const server = new Server(options.binary, { data: join(folder, "data") });
  const random = seeded(seed);
  let passed = 0;
  let failed = 0;
  const count = (ok) => (ok ? ++passed : ++failed);
  try {
    await server.start();
    const { plan, bySection } = await seats(server);
    const run = new Run(random, server);
    const sections = [...bySection.entries()].slice(0, SECTIONS);
    for (let i = 0; i < WRITERS; ++i)
      run.clients.push(run.makeClient(plan, ...sections[i % sections.length]));
    for (let i = 1; i <= Number(options.rounds); ++i) {
      try {
        await round(run);
        console.log(`round ${i}: ${run.counts()}, all there, all equal`);
        count(true);
      } catch (error) {
        console.log(`round ${i} FAILED (seed ${seed}): ${error.stack}`);
        count(false);
        break; // what follows a loss proves nothing
      }
    }
    await server.stop();
    const verify = spawnSync(options.binary, ["verify", "--data", server.data], {
      encoding: "utf8",
    });
    console.log((verify.stdout + verify.stderr).trim());
    count(verify.status === 0);
  } catch (error) {
    console.log(error.stack);
    count(false);
  } finally {
    if (server.running) await server.stop("SIGKILL");
    if (failed === 0) rmSync(folder, { recursive: true });
    else console.log(`the data directory is kept: ${folder}`);
  }
  console.log(`crash: ${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

await main();
