// hostile: everything a client can do wrong, against the real server, while two people go on writing.
//
//   node tests/hostile/run.mjs build/bin/footprint
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Y from "yjs";

import { Server, until } from "../server_process.mjs";
import { api_cases } from "./api_cases.mjs";
import { frame_cases } from "./frame_cases.mjs";
import { Checks, equal, expect } from "./harness.mjs";
import { http_cases, slow_headers } from "./http_cases.mjs";
import { collab_cases, yjs_cases } from "./message_cases.mjs";
import { RawSocket, sleep } from "./sockets.mjs";
import { damaged_record, full_disk, settings_cases, starting, web_cases } from "./start_cases.mjs";
import { Writer, step1, update_message } from "./witness.mjs";

const binary = process.argv[2] ?? "build/bin/footprint";
const plan = "cambridgeshire-and-peterborough-2016";
const section = "vision";
const field = "statement";

const checks = new Checks();
const server = await new Server(binary, {
  args: ["--demo", "--bench"],
}).start();
const tokens = {
  lead: await server.signIn("u-lead"),
  deputy: await server.signIn("u-pmo"),
  observer: await server.signIn("u-obs"),
};
const witnesses = [
  await Writer.open(server.port, plan, section, tokens.lead),
  await Writer.open(server.port, plan, section, tokens.deputy),
];
let round = 0;

/** Both write a word; both have both within a second; neither was ever thrown out. */
async function others_go_on(when) {
  await checks.run(`the others go on: ${when}`, async () => {
    const words = witnesses.map((_, i) => `round ${++round} by ${i}`);
    witnesses.forEach((each, i) => each.write(field, words[i]));
    const there = () =>
      witnesses.every((each) => words.every((word) => each.text(field).includes(word)));
    for (let i = 0; i < 200 && !there(); ++i) await sleep(10);
    expect(there(), "both have both words");
    for (const each of witnesses) equal(each.socket.close_code, null, "close code");
    equal((await fetch(`${server.origin}/readyz`)).status, 200, "ready");
  });
}

/** A member of a room who stops reading is cut off; the room's others and the server's memory do not notice. */
async function never_reads() {
  await checks.run("a client that never reads", async () => {
    const path = "/yjs/bench/slow-reader";
    const deaf = await RawSocket.open(server.port, path);
    deaf.send(step1(new Y.Doc()));
    const [reader, writer] = [
      await RawSocket.open(server.port, path),
      await RawSocket.open(server.port, path),
    ];
    reader.send(step1(new Y.Doc()));
    await sleep(200);
    deaf.socket.pause();
    const before_mb = server.rssMb();
    const doc = new Y.Doc();
    const text = doc.getText("t");
    let slowest_ms = 0;
    for (let i = 0; i < 400; ++i) {
      const vector = Y.encodeStateVector(doc);
      doc.transact(() => {
        if (text.length > 0) text.delete(0, text.length);
        text.insert(0, "x".repeat(64 << 10));
      });
      const seen = reader.messages.length;
      const began = performance.now();
      writer.send(update_message(Y.encodeStateAsUpdate(doc, vector)));
      expect(
        await reader.until(() => reader.messages.length > seen),
        `update ${i} reaches the reader`,
      );
      if (i > 5) slowest_ms = Math.max(slowest_ms, performance.now() - began);
      reader.messages.length = 0;
      writer.messages.length = 0;
    }
    const grown_mb = server.rssMb() - before_mb;
    expect(slowest_ms < 1500, `the others wait at most ${slowest_ms.toFixed(0)} ms`);
    expect(grown_mb < 150, `memory grew by ${grown_mb.toFixed(0)} MB`);
    deaf.socket.resume();
    const end = await deaf.closed();
    expect(end.ended, "cut off");
    // Where the others took longer than the server waits for a goodbye to be read, there is none.
    expect(end.code === 1013 || end.code === null, `${end.code} ${end.reason}`);
    const closed = (line) =>
      line.includes('"event":"socket.closed"') && line.includes('"code":1013');
    await until("the server says why", () => server.lines.some(closed), 30_000);
    reader.destroy();
    writer.destroy();
  });
}

/** Not even started: settings that are dangerous, and places that are taken. */
async function refused_starts() {
  const start = (...args) =>
    spawnSync(binary, ["serve", ...args], {
      encoding: "utf8",
      timeout: 20_000,
    });
  await checks.run("a second footprint on the same port", () => {
    const folder = mkdtempSync(join(tmpdir(), "footprint-second-"));
    const second = start("--demo", "--data", folder, "--listen", `127.0.0.1:${server.port}`);
    rmSync(folder, { recursive: true });
    equal(second.status, 1, second.stderr);
    expect(second.stderr.includes("taken"), second.stderr);
  });
  await checks.run("a second footprint on the same data", () => {
    const second = start("--demo", "--data", server.data, "--listen", "127.0.0.1:0");
    equal(second.status, 1, second.stderr);
    expect(/use/.test(second.stderr), second.stderr);
  });
  await checks.run("a demo for the whole network", () => {
    const second = start("--demo", "--data", server.folder, "--listen", "0.0.0.0:0");
    expect(second.status !== 0, second.stderr);
    expect(/loopback|this machine only/.test(second.stderr), second.stderr);
  });
}

async function stopping() {
  await checks.run(
    "SIGTERM: clients are told to come back, nothing is lost, exit code 0",
    async () => {
      witnesses[0].write(field, "the last word");
      const began = Date.now();
      const ended = await server.stop();
      equal(ended, { code: 0, signal: null });
      expect(Date.now() - began < 6000, "within seconds");
      for (const each of witnesses) {
        const end = await each.socket.closed();
        equal(end.code, 1012, end.reason);
      }
    },
  );
  await checks.run("the log tells no token and no query", () => {
    const log = server.lines.join("\n");
    for (const token of Object.values(tokens)) expect(!log.includes(token), "a token in the log");
    expect(!log.includes("token="), "a query in the log");
    for (const line of server.lines) JSON.parse(line);
  });
  await server.remove();
}

const slow = slow_headers(server);
await others_go_on("at first");
await http_cases(checks, server);
await others_go_on("after bad HTTP");
await api_cases(checks, server, { plan, token: tokens.lead, observer: tokens.observer });
await others_go_on("after bad requests");
await frame_cases(checks, server, {
  collab: "/collab",
  yjs: `/yjs/${plan}/${section}?token=${tokens.lead}`,
});
await others_go_on("after bad frames");
await yjs_cases(checks, server, {
  plan,
  section,
  token: tokens.lead,
  witness: witnesses[1],
});
await others_go_on("after bad y-websocket messages");
await collab_cases(checks, server, { plan, section, token: tokens.lead });
await others_go_on("after bad Hocuspocus messages");
await never_reads();
await others_go_on("beside a client that never reads");
await checks.run("headers that drip in", async () => {
  const end = await slow;
  equal([end.status, end.code], [408, "http.timeout"]);
  expect(end.seconds < 20, `${end.seconds} s`);
});
await refused_starts();
await settings_cases(checks, binary);
await damaged_record(checks, binary, plan);
await web_cases(checks, binary);
await starting(checks, binary);
await full_disk(checks, binary, plan);
await others_go_on("at last");
await stopping();

console.log(`hostile: ${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 ? 0 : 1);
