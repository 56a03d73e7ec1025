// The merge engine beside npm yjs: every task on the same fixtures, each in a process of its own.
//
//   node --expose-gc tests/bench/engine.mjs build/bin/footprint-bench FIXTURES
//   node --expose-gc tests/bench/engine.mjs --yjs TASK FIXTURE           (one task, one JSON line)
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as Y from "yjs";

import { make_fixtures, sha } from "./fixtures.mjs";

const tasks = [
  "local",
  "remote",
  "load",
  "load_read",
  "encode",
  "encode_v2",
  "diff1",
  "diff_bytes",
  "merge10k",
  "merge1k",
  "memory",
];

function read_pack(bytes) {
  const list = [];
  for (let at = 4, left = bytes.readUInt32LE(0); left > 0; --left) {
    const size = bytes.readUInt32LE(at);
    list.push(new Uint8Array(bytes.subarray(at + 4, at + 4 + size)));
    at += 4 + size;
  }
  return list;
}

function read_edits(bytes) {
  let at = 0;
  const u32 = () => bytes.readUInt32LE((at += 4) - 4);
  return Array.from({ length: u32() }, () =>
    Array.from({ length: u32() }, () => {
      const patch = [u32(), u32()];
      const size = u32();
      patch.push(bytes.toString("utf8", at, (at += size)));
      return patch;
    }),
  );
}

/** One warm-up, then at least three rounds and 600 ms; garbage is collected outside the clock. */
function measure(run) {
  const ms = [];
  let total = 0;
  for (let round = 0; ms.length < 3 || (total < 600 && total < 15_000); ++round) {
    globalThis.gc?.();
    const began = performance.now();
    run();
    const spent = performance.now() - began;
    total += spent;
    if (round > 0) ms.push(spent);
  }
  ms.sort((a, b) => a - b);
  return { ms: ms[ms.length >> 1], min: ms[0], reps: ms.length };
}

const load = (bytes) => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, bytes);
  return doc;
};

function yjs_memory(full) {
  load(full).getText("text").toString();
  const count = Math.max(4, Math.min(60, Math.round(24e6 / full.length / 4)));
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const docs = Array.from({ length: count }, () => load(full));
  globalThis.gc?.();
  const rss_per_doc = Math.round((process.memoryUsage().rss - before) / docs.length);
  return { ms: 0, min: 0, reps: 1, rss_per_doc };
}

function yjs_local(folder) {
  const edits = read_edits(readFileSync(join(folder, "edits.bin")));
  return measure(() => {
    const doc = new Y.Doc();
    const text = doc.getText("text");
    doc.on("update", () => {});
    for (const patches of edits) {
      doc.transact(() => {
        for (const [position, deleted, inserted] of patches) {
          if (deleted > 0) text.delete(position, deleted);
          if (inserted !== "") text.insert(position, inserted);
        }
      });
    }
  });
}

function yjs_task(task, folder) {
  const expected = JSON.parse(readFileSync(join(folder, "expect.json"), "utf8"));
  const full = new Uint8Array(readFileSync(join(folder, "full.bin")));
  const known = new Uint8Array(readFileSync(join(folder, "sv99.bin")));
  const updates = read_pack(readFileSync(join(folder, "updates.pack")));
  if (task === "local")
    return expected.kind === "seq" ? yjs_local(folder) : { skip: "needs a sequential script" };
  if (task === "memory") return yjs_memory(full);
  const doc = load(full);
  if (sha(doc.getText("text").toString()) !== expected.textSha) throw new Error("wrong content");
  const runs = {
    remote: () => {
      const fresh = new Y.Doc();
      for (const update of updates) Y.applyUpdate(fresh, update);
    },
    load: () => load(full),
    load_read: () => load(full).getText("text").toString(),
    encode: () => Y.encodeStateAsUpdate(doc),
    encode_v2: () => Y.encodeStateAsUpdateV2(doc),
    diff1: () => Y.encodeStateAsUpdate(doc, known),
    diff_bytes: () => Y.diffUpdate(full, known),
    merge10k: () => {
      // yjs is quadratic in the number of updates: it gets them in groups.
      const groups = [];
      for (let i = 0; i < Math.min(updates.length, 10_000); i += 500) {
        groups.push(Y.mergeUpdates(updates.slice(i, Math.min(i + 500, 10_000))));
      }
      Y.mergeUpdates(groups);
    },
    merge1k: () => Y.mergeUpdates([full, ...updates.slice(-1000)]),
  };
  return measure(runs[task]);
}

function run_line(command, args) {
  const done = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (done.status !== 0) return { failed: (done.stderr || done.stdout).trim().split("\n").pop() };
  return JSON.parse(done.stdout.trim().split("\n").pop());
}

function compare(binary, fixtures) {
  const pad = (text, width) => String(text).padStart(width);
  let failed = 0;
  console.log(
    "engine: footprint beside npm yjs (median ms; more than 1 times as fast is better)\n",
  );
  console.log(
    `${"workload".padEnd(18)}${"task".padEnd(12)}${pad("yjs", 12)}${pad("footprint", 12)}${pad("times", 9)}`,
  );
  for (const { name, folder } of make_fixtures(fixtures)) {
    for (const task of tasks) {
      const ours = run_line(binary, [task, folder]);
      const theirs = run_line(process.execPath, [
        "--expose-gc",
        "--max-old-space-size=4000",
        fileURLToPath(import.meta.url),
        "--yjs",
        task,
        folder,
      ]);
      if (ours.skip || theirs.skip) continue;
      if (ours.failed || theirs.failed) {
        ++failed;
        console.log(
          `${name.padEnd(18)}${task.padEnd(12)}  FAILED: ${ours.failed ?? theirs.failed}`,
        );
        continue;
      }
      const key = task === "memory" ? "rss_per_doc" : "ms";
      const show = (value) =>
        task === "memory" ? `${Math.round(value / 1024)} KB` : value.toFixed(3);
      const times = (theirs[key] / Math.max(ours[key], 1e-6)).toFixed(1);
      console.log(
        `${name.padEnd(18)}${task.padEnd(12)}${pad(show(theirs[key]), 12)}${pad(show(ours[key]), 12)}${pad(times, 9)}`,
      );
    }
  }
  return failed;
}

if (process.argv[2] === "--yjs") {
  console.log(JSON.stringify(yjs_task(process.argv[3], process.argv[4])));
} else {
  process.exit(compare(process.argv[2], process.argv[3]) === 0 ? 0 : 1);
}
