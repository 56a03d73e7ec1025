// The server beside @y/websocket-server, one after the other on core 0, the load on core 1.
//
//   node tests/bench/server.mjs build/bin/footprint WORK
//
// The load is ../shared/measure/server's generator where the machine has it, else the client below, which is itself
// slower than the servers at full speed: then only the server's CPU a delivery is worth comparing.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as Y from "yjs";

import { RawSocket, sleep } from "../hostile/sockets.mjs";
import { step1, update_message } from "../hostile/witness.mjs";

const [binary, work] = process.argv.slice(2);
const measure = new URL("../../../shared/measure/server/", import.meta.url).pathname;
const seconds = 3;
const loads = [
  { name: "50 clients, 100 updates/s", clients: 50, rate: 100 },
  { name: "50 clients, full speed", clients: 50, rate: 0 },
  { name: "4 clients, full speed", clients: 4, rate: 0 },
];

/** The generator, compiled once, and its data; null where there is none. */
function generator() {
  if (!existsSync(join(measure, "loadgen.cpp"))) return null;
  const program = join(work, "loadgen");
  const data = join(work, "load-data");
  if (!existsSync(program)) {
    const flags = ["-std=c++20", "-O3", join(measure, "loadgen.cpp"), "-o", program, "-pthread"];
    if (spawnSync("g++", flags, { stdio: "inherit" }).status !== 0) return null;
  }
  if (!existsSync(data)) {
    const options = { cwd: "web", stdio: ["ignore", "ignore", "inherit"] };
    if (spawnSync("node", [join(measure, "gen-data.mjs"), resolve(data)], options).status !== 0)
      return null;
  }
  return { program, data };
}

function run_generator({ program, data }, server, load) {
  const mode = load.rate > 0 ? ["--rate", String(load.rate)] : ["--rate", "0", "--inflight", "32"];
  const done = spawnSync(
    "taskset",
    [
      "-c",
      "1",
      program,
      "fanout",
      "--target",
      `${server.name}=${server.url}`,
      "--pid",
      String(server.child.pid),
      "--data",
      data,
      "--clients",
      String(load.clients),
      "--writers",
      String(Math.min(10, load.clients)),
      ...mode,
      "--warm",
      "1",
      "--secs",
      String(seconds),
    ],
    { encoding: "utf8" },
  );
  if (done.status !== 0) throw new Error(done.stderr);
  const line = JSON.parse(done.stdout.trim());
  return {
    delivered: line.delivered_per_s,
    cpu: line.cpu_s_per_m,
    p50: line.p50_us / 1000,
    p99: line.p99_us / 1000,
    rss: line.rss_mb,
  };
}

const cpu_seconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};
const rss_mb = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

/** One room; writers take turns, each update waits for the last reader before its writer sends the next. */
async function run_client(server, load) {
  const path = new URL(server.url.replace("ROOM", `bench-${Math.random().toString(36).slice(2)}`))
    .pathname;
  const port = Number(new URL(server.url).port);
  const sockets = await Promise.all(
    Array.from({ length: load.clients }, () => RawSocket.open(port, path)),
  );
  const writers = sockets
    .slice(0, Math.min(10, load.clients))
    .map((socket, i) => ({ socket, doc: new Y.Doc(), name: `w${i}`, seen: 0 }));
  const latencies = [];
  let delivered = 0;
  const others = load.clients - 1;
  const sent = new Map(); // client id -> {clock, left, at}
  for (const socket of sockets) {
    socket.on_message = (message) => {
      socket.messages.length = 0;
      if (message[0] !== 0 || message[1] !== 2) return;
      let at = 2;
      while (message[at++] & 0x80);
      for (const [client, clock] of Y.parseUpdateMeta(message.subarray(at)).to) {
        const waiting = sent.get(client);
        if (waiting === undefined || waiting.socket === socket || clock < waiting.clock) continue;
        ++delivered;
        if (--waiting.left === 0) waiting.done();
      }
    };
    socket.send(step1(new Y.Doc()));
  }
  const type_one = (writer) =>
    new Promise((resolve) => {
      const text = writer.doc.getText(writer.name);
      const before = Y.encodeStateVector(writer.doc);
      text.insert(text.length, "a");
      const began = performance.now();
      const done = () => {
        latencies.push(performance.now() - began);
        resolve();
      };
      sent.set(writer.doc.clientID, {
        clock: text.length,
        left: others,
        socket: writer.socket,
        done,
      });
      writer.socket.send(update_message(Y.encodeStateAsUpdate(writer.doc, before)));
    });
  await sleep(500);
  const until = performance.now() + seconds * 1000;
  const cpu_before = cpu_seconds(server.child.pid);
  const pause = load.rate > 0 ? (1000 * writers.length) / load.rate : 0;
  await Promise.all(
    writers.map(async (writer) => {
      while (performance.now() < until) {
        await type_one(writer);
        if (pause > 0) await sleep(pause);
      }
    }),
  );
  const cpu = ((cpu_seconds(server.child.pid) - cpu_before) * 1e6) / delivered;
  for (const socket of sockets) socket.destroy();
  latencies.sort((a, b) => a - b);
  const quantile = (q) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))];
  return {
    delivered: delivered / seconds,
    cpu,
    p50: quantile(0.5),
    p99: quantile(0.99),
    rss: rss_mb(server.child.pid),
  };
}

const free_port = () =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function start(name, port, url, command, env = {}) {
  const child = spawn("taskset", ["-c", "0", ...command], {
    stdio: "ignore",
    env: { ...process.env, ...env },
  });
  for (let i = 0; i < 200; ++i) {
    const up = await new Promise((resolve) => {
      const probe = net
        .connect(port, "127.0.0.1", () => resolve(true))
        .on("error", () => resolve(false));
      probe.on("connect", () => probe.destroy());
    });
    if (up) return { name, child, url };
    await sleep(50);
  }
  throw new Error(`${name} does not start`);
}

async function stop({ child }) {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await Promise.race([ended, sleep(6000)]);
  child.kill("SIGKILL");
}

const folder = mkdtempSync(join(tmpdir(), "footprint-bench-"));
const ports = [await free_port(), await free_port()];
const starts = [
  () =>
    start(
      "yws",
      ports[0],
      `ws://127.0.0.1:${ports[0]}/ROOM`,
      ["node", "web/node_modules/@y/websocket-server/src/server.js"],
      { HOST: "127.0.0.1", PORT: String(ports[0]) },
    ),
  () =>
    start("footprint", ports[1], `ws://127.0.0.1:${ports[1]}/yjs/bench/ROOM`, [
      binary,
      "serve",
      "--bench",
      "--data",
      join(folder, "data"),
      "--listen",
      `127.0.0.1:${ports[1]}`,
    ]),
];
const tool = generator();
const results = [];
for (const each of starts) {
  const server = await each();
  try {
    const run = (load) => (tool ? run_generator(tool, server, load) : run_client(server, load));
    await run({ clients: 10, rate: 0 }); // node compiles what is hot
    const rows = [];
    for (const load of loads) rows.push(await run(load));
    results.push(rows);
  } finally {
    await stop(server);
  }
}
rmSync(folder, { recursive: true, force: true });

const number = (value, digits = 2) => value.toFixed(digits).padStart(11);
console.log(
  `\nserver: footprint (durable before visible) beside @y/websocket-server (stores nothing)`,
);
console.log(
  `${"".padEnd(28)}${"deliveries/s".padStart(22)}${"times".padStart(8)}   CPU s a million: yws, footprint, ratio   p50 ms: yws, footprint   p99 ms`,
);
loads.forEach(({ name }, i) => {
  const [theirs, ours] = results.map((rows) => rows[i]);
  console.log(
    `${name.padEnd(28)}${number(theirs.delivered, 0)}${number(ours.delivered, 0)}${(ours.delivered / theirs.delivered).toFixed(2).padStart(8)}   ` +
      `${number(theirs.cpu)}${number(ours.cpu)}${(ours.cpu / theirs.cpu).toFixed(2).padStart(8)}   ` +
      `${number(theirs.p50)}${number(ours.p50)}   ${number(theirs.p99)}${number(ours.p99)}`,
  );
});
