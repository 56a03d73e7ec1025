// Makes what the engine benchmark runs on, with yjs: seeded sessions of our own, and recorded editing traces where the
// machine has them. Files as footprint-bench reads them (fixture.hpp).
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";

import { seeded } from "../hostile/harness.mjs";

const traces = new URL("../../../shared/traces/", import.meta.url).pathname;

const u32 = (n) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
};
const pack = (list) =>
  Buffer.concat([u32(list.length), ...list.flatMap((each) => [u32(each.length), each])]);
export const sha = (text) => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Somebody who types, corrects, jumps about and deletes. */
function typed_session(seed, count) {
  const random = seeded(seed);
  const edits = [];
  let length = 0;
  let at = 0;
  for (let i = 0; i < count; ++i) {
    const roll = random();
    if (roll < 0.03) at = Math.floor(random() * (length + 1));
    if (roll < 0.12 && at > 0) {
      const cut = Math.min(at, 1 + Math.floor(random() * 4));
      at -= cut;
      length -= cut;
      edits.push([[at, cut, ""]]);
      continue;
    }
    const text =
      roll > 0.99 ? "a pasted run of words, " : "abcdefghij klmno pqrst"[Math.floor(random() * 22)];
    edits.push([[at, 0, text]]);
    at += text.length;
    length += text.length;
  }
  return edits;
}

function sequential(edits) {
  const doc = new Y.Doc();
  doc.clientID = 0x31415926;
  const updates = [];
  doc.on("update", (update) => updates.push(update));
  const text = doc.getText("text");
  for (const patches of edits) {
    doc.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(position, deleted);
        if (inserted !== "") text.insert(position, inserted);
      }
    });
  }
  return { kind: "seq", updates, edits };
}

/** Three people offline from each other for stretches, then merged. */
function concurrent(seed, count) {
  const random = seeded(seed);
  const docs = [0, 1, 2].map((i) => {
    const doc = new Y.Doc();
    doc.clientID = 0x20000001 + i * 7919;
    return doc;
  });
  const updates = [];
  const unseen = docs.map(() => []);
  docs.forEach((doc, i) =>
    doc.on("update", (update, origin) => {
      if (origin === "remote") return;
      updates.push(update);
      unseen.forEach((list, k) => k !== i && list.push(update));
    }),
  );
  for (let i = 0; i < count; ++i) {
    const who = Math.floor(random() * 3);
    const text = docs[who].getText("text");
    if (random() < 0.15 && text.length > 4)
      text.delete(Math.floor(random() * (text.length - 3)), 2);
    else
      text.insert(
        Math.floor(random() * (text.length + 1)),
        "word ".slice(0, 1 + Math.floor(random() * 5)),
      );
    if (random() < 0.02) {
      for (const update of unseen[who]) Y.applyUpdate(docs[who], update, "remote");
      unseen[who] = [];
    }
  }
  return { kind: "conc", updates };
}

function recorded(name) {
  const trace = JSON.parse(gunzipSync(readFileSync(join(traces, `${name}.json.gz`))));
  return sequential(trace.txns.map((each) => each.patches));
}

function write(folder, { kind, updates, edits }) {
  mkdirSync(folder, { recursive: true });
  const doc = new Y.Doc();
  const cut = Math.floor(updates.length * 0.99);
  let known;
  updates.forEach((update, i) => {
    if (i === cut) known = Y.encodeStateVector(doc);
    Y.applyUpdate(doc, update);
  });
  const text = doc.getText("text").toString();
  if (edits !== undefined) {
    const parts = [u32(edits.length)];
    for (const patches of edits) {
      parts.push(u32(patches.length));
      for (const [position, deleted, inserted] of patches) {
        const bytes = Buffer.from(inserted, "utf8");
        parts.push(u32(position), u32(deleted), u32(bytes.length), bytes);
      }
    }
    writeFileSync(join(folder, "edits.bin"), Buffer.concat(parts));
  }
  writeFileSync(join(folder, "updates.pack"), pack(updates));
  writeFileSync(join(folder, "full.bin"), Y.encodeStateAsUpdate(doc));
  writeFileSync(join(folder, "sv99.bin"), known);
  writeFileSync(
    join(folder, "expect.json"),
    JSON.stringify({ kind, txns: updates.length, textSha: sha(text) }),
  );
}

/** Makes what is missing below `root`; gives the workloads' folders by name. */
export function make_fixtures(root) {
  const makers = {
    typing: () => sequential(typed_session(20161123, 20_000)),
    concurrent: () => concurrent(44, 6_000),
  };
  if (existsSync(traces)) {
    for (const name of ["sveltecomponent", "rustcode", "automerge-paper"])
      makers[name] = () => recorded(name);
  }
  return Object.entries(makers).map(([name, make]) => {
    const folder = join(root, name);
    if (!existsSync(join(folder, "expect.json"))) write(folder, make());
    return { name, folder };
  });
}
