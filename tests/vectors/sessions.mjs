// Vectors of kind session: several replicas edit, their updates arrive in some order at one that only merges.
import crypto from "node:crypto";
import * as Y from "yjs";
import { anyString, edit } from "./edits.mjs";
import {
  ROOTS,
  base64,
  contentOf,
  define,
  deletesOf,
  replica,
  stateOf,
  tag,
  typed,
} from "./values.mjs";

const isPending = (doc) => doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
const shortSha = (text) => crypto.createHash("sha256").update(text).digest("hex").slice(0, 24);

export function clientIds(r, count, kind) {
  const ids = new Set();
  while (ids.size < count) {
    if (kind === "small") ids.add(r.range(1, 90));
    else if (kind === "big") ids.add(2 ** 32 + r.below(2 ** 20) * 4096 + r.below(4096));
    else ids.add(0x01000000 + r.below(0xfe000000));
  }
  return [...ids];
}

/** Runs a session; `emitted` holds every local transaction's update in order. */
export function runSession(r, options) {
  const emitted = [];
  const replicas = clientIds(r, options.clients, options.idKind).map((id, index) => {
    const doc = new Y.Doc({ gc: options.gc && !(options.mixedGc && index === 0) });
    doc.clientID = id;
    const roots = define(doc);
    doc.on("update", (update, origin) => origin !== "net" && emitted.push({ index, update }));
    const undo = options.undo && new Y.UndoManager(Object.values(roots), { captureTimeout: 0 });
    return { doc, roots, undo, index, seen: 0 };
  });
  const positions = [];
  for (let step = 0; step < options.steps; step++) {
    const one = r.pick(replicas);
    if (r.chance(options.sync)) {
      for (; one.seen < emitted.length; one.seen++) {
        const { index, update } = emitted[one.seen];
        if (index !== one.index) Y.applyUpdate(one.doc, update, "net");
      }
    }
    if (one.undo && r.chance(0.25)) {
      if (r.chance(0.65)) one.undo.undo();
      else one.undo.redo();
      continue;
    }
    if (options.relpos && r.chance(0.2)) positions.push(cursor(r, one.roots.text));
    const edits = r.chance(0.7) ? 1 : r.range(2, 5);
    one.doc.transact(() => {
      for (let i = 0; i < edits; i++) edit(r, one.roots, options);
    });
  }
  return { replicas, emitted, positions };
}

function cursor(r, text) {
  const assoc = r.chance(0.5) ? 0 : -1;
  const position = Y.createRelativePositionFromTypeIndex(text, r.below(text.length + 1), assoc);
  const b64 = base64(Y.encodeRelativePosition(position));
  return { b64, json: Y.relativePositionToJSON(position), assoc };
}

/** Overlapping diffs between what a receiver has by then and each replica's state. */
function diffsOf(r, replicas) {
  const probe = new Y.Doc();
  return r.shuffled([...replicas, ...replicas]).map(({ doc }) => {
    const diff = Y.encodeStateAsUpdate(doc, r.chance(0.7) ? Y.encodeStateVector(probe) : undefined);
    Y.applyUpdate(probe, diff);
    return diff;
  });
}

function batched(r, updates) {
  const out = [];
  for (let i = 0; i < updates.length;) {
    const count = r.range(1, 6);
    out.push(Y.mergeUpdates(updates.slice(i, i + count)));
    i += count;
  }
  return out;
}

const ORDER = {
  causal: (r, updates) => updates,
  shuffled: (r, updates) => r.shuffled(updates),
  reversed: (r, updates) => [...updates].reverse(),
  dups: (r, updates) => r.shuffled([...updates, ...updates.filter(() => r.chance(0.4))]),
  batched: (r, updates) => batched(r, r.chance(0.5) ? updates : r.shuffled(updates)),
  "local-shuffle": (r, updates) => {
    const out = [...updates];
    for (let i = 0; i + 1 < out.length; i++) {
      if (r.chance(0.4)) [out[i], out[i + 1]] = [out[i + 1], out[i]];
    }
    return out;
  },
  states: (r, _, replicas) => r.shuffled(replicas.map(({ doc }) => Y.encodeStateAsUpdate(doc))),
  diffs: (r, _, replicas) => diffsOf(r, replicas),
  missing: (r, updates) => r.shuffled(updates.filter(() => r.chance(0.8))),
  late: (r, updates) => {
    const early = new Set(updates.filter(() => r.chance(0.6)));
    const late = updates.filter((update) => !early.has(update));
    return [...r.shuffled([...early]), ...r.shuffled(late)];
  },
};
export const ORDERS = Object.keys(ORDER);

function applyAll(doc, updates, v2 = false) {
  for (const update of updates) (v2 ? Y.applyUpdateV2 : Y.applyUpdate)(doc, update);
  return doc;
}

/** Delivers in order. Where yjs gets stuck on the way although all is there: the furthest state. */
function receive(gc, updates, v2, asV1) {
  const doc = applyAll(replica(gc), updates, v2);
  if (!isPending(doc)) return { doc, stuck: false };
  let far = applyAll(replica(gc), [Y.mergeUpdates(asV1)]);
  for (;;) {
    const again = applyAll(replica(gc), [Y.encodeStateAsUpdate(far)]);
    if (stateOf(again) === stateOf(far)) break;
    far = again;
  }
  const stuck = stateOf(far) !== stateOf(doc);
  return { doc: stuck ? far : doc, stuck };
}

function expectation(doc) {
  const roots = define(doc);
  return {
    content: contentOf(doc),
    xml: roots.xml.toString(),
    text: roots.text.toString(),
    sv: stateOf(doc),
    ds: deletesOf(doc),
    update: base64(Y.encodeStateAsUpdate(doc)),
    updateV2: base64(Y.encodeStateAsUpdateV2(doc)),
    pendingStructs: doc.store.pendingStructs
      ? Object.fromEntries(doc.store.pendingStructs.missing)
      : null,
    pendingDs: doc.store.pendingDs !== null,
  };
}

/** Whether all ways of delivery end alike; they may not where collected and kept garbage mix. */
function isWellDefined(gc, updates, expect) {
  const ways = [updates, [...updates].reverse()].map((list) => Y.mergeUpdates(list));
  return ways.every((update) => {
    const other = expectation(applyAll(replica(gc), [update]));
    return ["sv", "ds", "content"].every(
      (key) => JSON.stringify(other[key]) === JSON.stringify(expect[key]),
    );
  });
}

/** Adds what holds where nothing waits: the shorter form, and diffs against state vectors. */
function addDiffs(r, doc, gc, expect, vectors) {
  if (isPending(doc)) return;
  const full = Y.encodeStateAsUpdate(doc);
  const short = base64(Y.encodeStateAsUpdate(applyAll(replica(gc), [full])));
  expect.compact = short === expect.update ? true : short;
  const known = [...Y.decodeStateVector(Y.encodeStateVector(doc))];
  const cut = known.filter(() => r.chance(0.8)).map(([id, clock]) => [id, r.below(clock + 1)]);
  expect.diffs = [...vectors, Y.encodeStateVector(new Map(cut))].map((sv) => ({
    sv: base64(sv),
    update: base64(Y.encodeStateAsUpdate(doc, sv)),
    fromBytes: base64(Y.diffUpdate(full, sv)),
  }));
}

function addMerged(updates, expect) {
  const merged = Y.mergeUpdates(updates);
  const { from, to } = Y.parseUpdateMeta(merged);
  expect.merged = base64(merged);
  expect.svFromMerged = base64(Y.encodeStateVectorFromUpdate(merged));
  expect.metaFrom = Object.fromEntries(from);
  expect.metaTo = Object.fromEntries(to);
}

function snapshotsOf(r, { doc, roots }, options) {
  const first = Y.snapshot(doc);
  const textAt1 = typed(roots.text);
  doc.transact(() => {
    for (let i = 0; i < 4; i++) edit(r, roots, { ...options, only: ["text"] });
  });
  const second = Y.snapshot(doc);
  return {
    base: base64(Y.encodeStateAsUpdate(doc)),
    s1: base64(Y.encodeSnapshot(first)),
    s1V2: base64(Y.encodeSnapshotV2(first)),
    s2: base64(Y.encodeSnapshot(second)),
    textAt1,
    restored1: base64(Y.encodeStateAsUpdate(Y.createDocFromSnapshot(doc, first))),
    delta12: tag(roots.text.toDelta(second, first)),
  };
}

/** A vector of these deliveries, or null where no outcome is the right one. */
export function deliveredVector(r, head, updates, { gc = true, v2 = false, vectors = [] } = {}) {
  const bytes = v2 ? updates.map((update) => Y.convertUpdateFormatV1ToV2(update)) : updates;
  const checkpoints = [];
  for (let after = 1; after < updates.length; after++) {
    if (!r.chance(Math.min(0.5, 4 / updates.length))) continue;
    const { doc } = receive(gc, bytes.slice(0, after), v2, updates.slice(0, after));
    checkpoints.push({
      after,
      sv: stateOf(doc),
      pending: doc.store.pendingStructs !== null,
      pendingDs: doc.store.pendingDs !== null,
      textLen: define(doc).text.length,
      contentSha: shortSha(JSON.stringify(contentOf(doc))),
    });
  }
  const { doc } = receive(gc, bytes, v2, updates);
  const expect = expectation(doc);
  if (!isWellDefined(gc, updates, expect)) return null;
  addDiffs(r, doc, gc, expect, vectors);
  if (r.chance(0.4)) addMerged(updates, expect);
  const format = v2 ? 2 : 1;
  const common = { gc, format, roots: ROOTS, updates: bytes.map(base64), checkpoints, expect };
  return { vector: { ...head, ...common }, doc };
}

const ONLY = {
  plain: ["text"],
  text: ["text"],
  relpos: ["text"],
  array: ["arr"],
  map: ["map"],
  xml: ["xml"],
};

export function sessionVector(r, id, family, order) {
  const options = {
    gc: family !== "nogc" && family !== "snapshot",
    mixedGc: r.chance(0.15),
    clients: family === "solo" ? 1 : r.range(2, 5),
    steps: r.range(6, family === "long" ? 120 : 28),
    sync: r.pick([0.15, 0.5, 0.9]),
    formats: family !== "plain",
    subdocs: family === "subdoc",
    undo: family === "undo",
    relpos: family === "relpos",
    idKind: family === "bigid" ? "big" : r.pick(["small", "u32", "u32"]),
    only: ONLY[family],
  };
  const session = runSession(r, options);
  if (session.emitted.length === 0) return null;
  const all = session.emitted.map(({ update }) => update);
  const updates = ORDER[order](r, all, session.replicas);
  const gc = options.gc && r.chance(0.85);
  const vectors = [Y.encodeStateVector(r.pick(session.replicas).doc)];
  const head = { id, kind: "session", family, order };
  const delivered = deliveredVector(r, head, updates, { gc, v2: r.chance(0.3), vectors });
  if (delivered === null) return null;
  const { vector, doc } = delivered;
  if (options.relpos) {
    vector.relpos = session.positions.map((position) => {
      const bytes = new Uint8Array(Buffer.from(position.b64, "base64"));
      const relative = Y.decodeRelativePosition(bytes);
      const found = Y.createAbsolutePositionFromRelativePosition(relative, doc);
      return { ...position, index: found ? found.index : null };
    });
  }
  if (family === "snapshot") vector.snapshots = snapshotsOf(r, session.replicas[0], options);
  return vector;
}

const given = (r, id, family, updates) => {
  const head = { id, kind: "session", family, order: "given" };
  return deliveredVector(r, head, updates)?.vector ?? null;
};

/** Everybody inserts at the same places, unsynced. */
export function conflictVector(r, id) {
  const base = new Y.Doc();
  base.clientID = 1;
  base.getText("text").insert(0, "0123456789");
  const start = Y.encodeStateAsUpdate(base);
  const updates = [start];
  for (const client of clientIds(r, r.range(3, 9), "u32")) {
    const doc = new Y.Doc();
    doc.clientID = client;
    Y.applyUpdate(doc, start);
    const text = doc.getText("text");
    for (let i = r.range(1, 4); i > 0; i--) {
      const word = r.pick(["ab", "XYZ", "q", "😀"]);
      const before = Y.encodeStateVector(doc);
      const ways = [
        () => text.insert(5, word),
        () => [...word].forEach((letter) => text.insert(5, letter)),
        () => [word, "<"].forEach((part) => text.insert(5, part)),
        () => (text.delete(4, 2), text.insert(4, word)),
      ];
      doc.transact(r.pick(ways));
      updates.push(Y.encodeStateAsUpdate(doc, before));
    }
  }
  return given(r, id, "conflict", r.shuffled(updates));
}

/** Cuts between the halves of surrogate pairs: both become U+FFFD. */
export function surrogateVector(r, id) {
  const updates = [];
  const docs = clientIds(r, 2, "u32").map((client) => {
    const doc = new Y.Doc();
    doc.clientID = client;
    doc.on("update", (update, origin) => origin !== "net" && updates.push(update));
    return doc;
  });
  docs[0].getText("text").insert(0, "a😀b😀c𝒜d");
  for (let i = r.range(2, 6); i > 0; i--) {
    const doc = r.pick(docs);
    if (r.chance(0.5)) for (const update of [...updates]) Y.applyUpdate(doc, update, "net");
    const text = doc.getText("text");
    const half = text.toString().search(/[\udc00-\udfff]/);
    const at = half > 0 && r.chance(0.8) ? half : r.below(text.length + 1);
    const way = r.below(3);
    if (way === 0 || text.length === 0) text.insert(at, r.pick(["Z", "😀"]));
    else if (way === 1) text.delete(Math.min(at, text.length - 1), 1);
    else text.format(Math.min(at, text.length - 1), 1, { bold: true });
  }
  return given(r, id, "surrogate", updates);
}

/** ContentJSON, which only very old clients write. */
export function legacyVector(r, id) {
  const doc = new Y.Doc();
  doc.clientID = clientIds(r, 1, "u32")[0];
  const updates = [];
  doc.on("update", (update) => updates.push(update));
  const array = doc.getArray("arr");
  for (let i = 0; i < 4; i++) {
    doc.transact((transaction) => {
      let left = array._start;
      while (left?.right) left = left.right;
      const some = [undefined, null, 1, anyString(r), { a: 1 }, [1, "é"]];
      const content = new Y.ContentJSON(Array.from({ length: r.range(1, 3) }, () => r.pick(some)));
      const here = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
      const item = new Y.Item(here, left, left?.lastId ?? null, null, null, array, null, content);
      item.integrate(transaction, 0);
    });
    if (array.length > 2 && r.chance(0.5)) array.delete(r.below(array.length), 1);
  }
  return given(r, id, "legacy", updates);
}
