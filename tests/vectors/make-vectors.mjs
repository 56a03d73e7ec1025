// Makes conformance vectors with the real yjs:
//   node tests/vectors/make-vectors.mjs --seed N --count N --out FILE.jsonl.gz
// One JSON object a line; README.md in this folder describes the form. The same seed gives the same file.
import fs from "node:fs";
import { parseArgs } from "node:util";
import zlib from "node:zlib";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as awarenessProtocol from "y-protocols/awareness";
import * as syncProtocol from "y-protocols/sync";
import * as Y from "yjs";
import { Random, anyString, anyValue, element, marks, resetGuids } from "./edits.mjs";
import {
  ORDERS,
  clientIds,
  conflictVector,
  legacyVector,
  runSession,
  sessionVector,
  surrogateVector,
} from "./sessions.mjs";
import {
  ROOTS,
  base64,
  contentOf,
  define,
  deletesOf,
  fromBase64,
  stateOf,
  tag,
} from "./values.mjs";

function encoded(write) {
  const encoder = encoding.createEncoder();
  write(encoder);
  return base64(encoding.toUint8Array(encoder));
}

const TEXT_OPS = {
  insert(r, text) {
    const op = { op: "text.insert", pos: r.below(text.length + 1), str: anyString(r) };
    if (r.chance(0.3)) op.attrs = marks(r);
    if (op.attrs) text.insert(op.pos, op.str, op.attrs);
    else text.insert(op.pos, op.str);
    return op;
  },
  delete(r, text) {
    const pos = r.below(text.length);
    const op = { op: "text.delete", pos, len: r.range(1, text.length - pos) };
    text.delete(pos, op.len);
    return op;
  },
  format(r, text) {
    const pos = r.below(text.length);
    const op = { op: "text.format", pos, len: r.range(1, text.length - pos), attrs: marks(r) };
    text.format(pos, op.len, op.attrs);
    return op;
  },
  embed(r, text) {
    const op = { op: "text.embed", pos: r.below(text.length + 1), value: { image: "x.png" } };
    text.insertEmbed(op.pos, op.value);
    return op;
  },
};

function textOp(r, text) {
  const ways = ["insert", "insert", "insert", "delete", "format", "format", "embed"];
  return TEXT_OPS[text.length === 0 ? "insert" : r.pick(ways)](r, text);
}

function arrayOp(r, array) {
  if (array.length > 0 && r.chance(0.35)) {
    const pos = r.below(array.length);
    const op = { op: "array.delete", pos, len: r.range(1, array.length - pos) };
    array.delete(pos, op.len);
    return op;
  }
  const values = Array.from({ length: r.range(1, 3) }, () => element(r));
  const op = { op: "array.insert", pos: r.below(array.length + 1), values: tag(values) };
  array.insert(op.pos, values);
  return op;
}

function mapOp(r, map) {
  const key = r.pick(["a", "b", "c"]);
  if (r.chance(0.2)) {
    map.delete(key);
    return { op: "map.delete", key };
  }
  const value = anyValue(r);
  map.set(key, value);
  return { op: "map.set", key, value: tag(value) };
}

function insertElement(r, xml) {
  const attrs = r.chance(0.5) ? { level: r.below(3) } : {};
  const pos = r.below(xml.length + 1);
  const op = { op: "xml.insertElement", pos, name: "paragraph", text: anyString(r), attrs };
  const node = new Y.XmlElement(op.name);
  xml.insert(op.pos, [node]);
  for (const [key, value] of Object.entries(op.attrs)) node.setAttribute(key, value);
  const text = new Y.XmlText();
  node.insert(0, [text]);
  text.insert(0, op.text);
  return op;
}

function xmlOp(r, xml) {
  if (xml.length === 0 || r.chance(0.5)) return insertElement(r, xml);
  const pos = r.below(xml.length);
  if (r.chance(0.6)) {
    const text = xml.get(pos).get(0);
    const op = { op: "xml.textInsert", pos, at: r.below(text.length + 1), str: anyString(r) };
    text.insert(op.at, op.str);
    return op;
  }
  xml.delete(pos, 1);
  return { op: "xml.delete", pos, len: 1 };
}

/** Local edits under a fixed client id, with the very bytes yjs sends for each transaction. */
function localVector(r, id) {
  const [client] = clientIds(r, 1, r.pick(["small", "u32"]));
  const doc = new Y.Doc();
  doc.clientID = client;
  const { text, arr, map, xml } = define(doc);
  let sent = null;
  doc.on("update", (update) => (sent = base64(update)));
  const txns = [];
  for (let i = r.range(4, 20); i > 0; i--) {
    const ops = [];
    sent = null;
    doc.transact(() => {
      for (let k = r.chance(0.7) ? 1 : r.range(2, 4); k > 0; k--) {
        const ways = [() => textOp(r, text), () => arrayOp(r, arr), () => mapOp(r, map)];
        ops.push(r.pick([...ways, () => xmlOp(r, xml)])());
      }
    });
    txns.push({ ops, update: sent });
  }
  const expect = { content: contentOf(doc), sv: stateOf(doc), ds: deletesOf(doc) };
  return { id, kind: "local", family: "local", client, roots: ROOTS, txns, expect };
}

function runs(r, next) {
  const out = [];
  while (out.length < 30) {
    const value = next();
    for (let i = r.pick([1, 1, 2, 3, 9]); i > 0; i--) out.push(value);
  }
  return out;
}

function column(name, encoder, values) {
  values.forEach((value) => encoder.write(value));
  const bytes = encoder.toUint8Array ? encoder.toUint8Array() : encoding.toUint8Array(encoder);
  return { t: name, v: values, b: base64(bytes) };
}

/** Scalars, values and the columns of v2. */
function lib0Vector(r, id) {
  const row = (t, v, write) => ({ t, v: tag(v), b: encoded((encoder) => write(encoder, v)) });
  const many = (count, make) => Array.from({ length: count }, make);
  const uints = [0, 1, 63, 64, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32, 2 ** 53 - 1];
  const ints = [0, -0, 1, -1, 63, -63, 64, -64, 8191, -8192, 2 ** 31, -(2 ** 31), 1 - 2 ** 53];
  let walk = 0;
  const steps = many(40, () => (walk += r.pick([1, 1, 1, 5, -3])));
  const rows = [
    ...many(40, () => row("any", anyValue(r), encoding.writeAny)),
    ...many(20, () => row("varUint", r.pick([...uints, r.next()]), encoding.writeVarUint)),
    ...many(20, () => row("varInt", r.pick([...ints, r.below(9999)]), encoding.writeVarInt)),
    ...many(10, () => row("varString", anyString(r) + anyString(r), encoding.writeVarString)),
    column(
      "UintOptRle",
      new encoding.UintOptRleEncoder(),
      runs(r, () => r.below(300)),
    ),
    column("IntDiffOptRle", new encoding.IntDiffOptRleEncoder(), steps),
    column(
      "StringColumn",
      new encoding.StringEncoder(),
      many(12, () => anyString(r)),
    ),
    column(
      "RleUint8",
      new encoding.RleEncoder(encoding.writeUint8),
      runs(r, () => r.below(256)),
    ),
  ];
  return { id, kind: "lib0", family: "lib0", rows };
}

const SMALL = { gc: true, clients: 2, sync: 0.5, formats: true, idKind: "u32" };

function awarenessSteps(r) {
  const doc = new Y.Doc();
  doc.clientID = clientIds(r, 1, "u32")[0];
  const awareness = new awarenessProtocol.Awareness(doc);
  const steps = [];
  for (let i = 0; i < 3; i++) {
    const cursor = { anchor: r.below(99), head: r.below(99) };
    awareness.setLocalState(r.chance(0.2) ? null : { user: { name: anyString(r) }, cursor });
    const bytes = awarenessProtocol.encodeAwarenessUpdate(awareness, [doc.clientID]);
    const { clock } = awareness.meta.get(doc.clientID);
    steps.push({ states: Object.fromEntries(awareness.getStates()), clock, b: base64(bytes) });
  }
  awareness.destroy();
  return steps;
}

/** Frames of y-protocols without the outer message type. */
function protoVector(r, id) {
  const { replicas, emitted } = runSession(r, { ...SMALL, steps: 10, only: ["text", "map"] });
  const [a, b] = replicas.map(({ doc }) => doc);
  const answer = (frame, doc) =>
    encoded((encoder) => {
      const decoder = decoding.createDecoder(fromBase64(frame));
      syncProtocol.readSyncMessage(decoder, encoder, doc, "net");
    });
  const vector = { id, kind: "proto", family: "proto" };
  vector.docA = base64(Y.encodeStateAsUpdate(a));
  vector.docB = base64(Y.encodeStateAsUpdate(b));
  vector.step1FromB = encoded((encoder) => syncProtocol.writeSyncStep1(encoder, b));
  vector.step2FromA = answer(vector.step1FromB, a);
  vector.replyToStep2 = answer(vector.step2FromA, b);
  const first = emitted[0]?.update ?? new Uint8Array([0, 0]);
  vector.update = encoded((encoder) => syncProtocol.writeUpdate(encoder, first));
  vector.docBAfter = base64(Y.encodeStateAsUpdate(b));
  vector.awareness = awarenessSteps(r);
  return vector;
}

function damaged(r, good) {
  if (r.chance(0.6)) return good.slice(0, r.below(good.length));
  const bytes = Uint8Array.from(good);
  for (let i = r.range(1, 3); i > 0; i--) bytes[r.below(bytes.length)] = r.below(256);
  return bytes;
}

/** Input on which yjs throws. */
function damagedVector(r, id) {
  const { emitted } = runSession(r, { ...SMALL, steps: 14 });
  const good = Y.mergeUpdates(emitted.map(({ update }) => update));
  const bad = [];
  const complain = console.error;
  console.error = () => {};
  for (let i = 0; i < 60 && bad.length < 8; i++) {
    const bytes = damaged(r, good);
    try {
      Y.applyUpdate(new Y.Doc(), bytes);
    } catch {
      bad.push(base64(bytes));
    }
  }
  console.error = complain;
  return { id, kind: "damaged", family: "damaged", good: base64(good), bad };
}

const FAMILIES = ["plain", "text", "array", "map", "xml", "mixed", "solo", "subdoc", "undo"];
FAMILIES.push("nogc", "snapshot", "relpos", "bigid", "long");
const OTHERS = [conflictVector, surrogateVector, legacyVector, localVector, lib0Vector];
OTHERS.push(protoVector, damagedVector, localVector);

function generate(seed, count) {
  const seeds = new Random(seed);
  resetGuids();
  // Every family meets every order once before chance decides.
  const pairs = FAMILIES.flatMap((family) => ORDERS.map((order) => [family, order]));
  const vectors = [];
  for (let i = 0; vectors.length < count; i++) {
    const r = new Random(seeds.next());
    const id = String(i).padStart(5, "0");
    const [family, order] = pairs.shift() ?? [r.pick(FAMILIES), r.pick(ORDERS)];
    if (i % 5 === 4) vectors.push(OTHERS[Math.floor(i / 5) % OTHERS.length](r, id));
    vectors.push(sessionVector(r, `${id}s`, family, order));
    while (vectors.at(-1) === null) vectors.pop();
  }
  return vectors.filter((vector) => vector !== null);
}

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "300" },
    out: { type: "string" },
  },
});
const lines = generate(Number(values.seed), Number(values.count)).map((v) => JSON.stringify(v));
const text = `${lines.join("\n")}\n`;
if (values.out) fs.writeFileSync(values.out, zlib.gzipSync(text, { level: 9 }));
else process.stdout.write(text);
