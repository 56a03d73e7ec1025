// Seeded random values and edits, on any type that can be reached from a document's roots.
import * as Y from "yjs";

/** The same stream for a seed on every machine (a 32-bit variant of SplitMix). */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }
  below(bound) {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }
  range(low, high) {
    return low + this.below(high - low + 1);
  }
  chance(probability) {
    return this.next() / 2 ** 32 < probability;
  }
  pick(list) {
    return list[this.below(list.length)];
  }
  shuffled(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}

const PLAIN = ["a", "bc", "hello ", "Plan ", "é", "ß", "日本", "\n", "\u0000", "ﬀ", " end."];
const ASTRAL = ["😀", "x😀y", "👩‍💻", "𝒜𝒞"];
// Astral text is rare outside the surrogate family, so that a failure there points at its cause.
export const anyString = (r) => (r.chance(0.07) ? r.pick(ASTRAL) : r.pick(PLAIN));

const INTEGERS = [0, -0, 63, 64, 127, 128, 2 ** 31 - 1, 1 - 2 ** 31, 2 ** 31, -(2 ** 31), 2 ** 32];
const FLOATS = [0.5, -1.25, 3.1415926, 1e-7, 1e21, 0.1, 16777217.5, NaN, Infinity, -Infinity];
const BIGINTS = [0n, 1n, -1n, 9007199254740993n, 9223372036854775807n, -9223372036854775808n];

export function anyValue(r, depth = 0) {
  switch (r.below(depth > 1 ? 11 : 14)) {
    case 0:
      return null;
    case 1:
      return undefined;
    case 2:
      return r.chance(0.5);
    case 3:
      return r.below(64);
    case 4:
      return -r.below(1 << 20);
    case 5:
      return r.pick([...INTEGERS, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);
    case 6:
      return r.pick(FLOATS);
    case 7:
      return r.pick(BIGINTS);
    case 8:
      return r.pick(["", anyString(r)]);
    case 9:
      return Uint8Array.from({ length: r.below(6) }, () => r.below(256));
    case 10:
      return anyString(r) + r.below(1000);
    case 11:
      return Array.from({ length: r.below(4) }, () => anyValue(r, depth + 1));
    default: {
      const members = {};
      for (let i = r.below(4); i > 0; i--) {
        members[r.pick(["k", "id", "ключ", "n", "", "10", "9"])] = anyValue(r, depth + 1);
      }
      return members;
    }
  }
}

/** A Y.Array takes undefined and bigint only inside other values. */
export function element(r) {
  const value = anyValue(r);
  return value === undefined || typeof value === "bigint" ? [value] : value;
}

const MARK_VALUES = [true, null, {}, "red", 3, { href: "https://e.test/" }, { id: "c1" }];
export function marks(r) {
  const out = {};
  for (let i = r.range(1, 2); i > 0; i--) {
    out[r.pick(["bold", "italic", "link", "comment"])] = r.pick(MARK_VALUES);
  }
  return out;
}

function reach(type, out) {
  out.push(type);
  const visit = (child) => child instanceof Y.AbstractType && reach(child, out);
  if (type instanceof Y.Text) type.toDelta().forEach((op) => visit(op.insert));
  else if (type instanceof Y.Map) type.forEach(visit);
  else type.toArray().forEach(visit);
  return out;
}

let nextGuid = 0;
export const resetGuids = () => (nextGuid = 0);
function subdocument(r) {
  const options = { guid: `sub-${nextGuid++}` };
  if (r.chance(0.3)) options.autoLoad = true;
  if (r.chance(0.3)) options.gc = false;
  if (r.chance(0.3)) options.meta = { t: "m", n: r.below(9) };
  return new Y.Doc(options);
}

function nested(r, options) {
  switch (r.below(options.subdocs ? 5 : 4)) {
    case 0: {
      const array = new Y.Array();
      if (r.chance(0.7)) array.insert(0, [element(r), element(r)]);
      return array;
    }
    case 1: {
      const map = new Y.Map();
      if (r.chance(0.7)) map.set("k", anyValue(r));
      return map;
    }
    case 2:
      return new Y.Text(anyString(r));
    case 3:
      return new Y.XmlFragment();
    default:
      return subdocument(r);
  }
}

const NODE_NAMES = ["paragraph", "heading", "listItem", "tableCell", "image"];
function xmlNode(r) {
  if (r.chance(0.02)) return new Y.XmlHook(`hook${r.below(3)}`);
  if (r.chance(0.5)) return new Y.XmlText(anyString(r));
  const node = new Y.XmlElement(r.pick(NODE_NAMES));
  if (r.chance(0.5)) node.setAttribute(r.pick(["level", "src"]), r.pick(["left", 2, true, 'a"b']));
  if (r.chance(0.5)) node.insert(0, [new Y.XmlText(anyString(r))]);
  return node;
}

function editDelta(r, text) {
  const keep = r.below(text.length + 1);
  const drop = r.below(Math.min(4, text.length - keep) + 1);
  const some = (probability) => (r.chance(probability) ? { attributes: marks(r) } : {});
  const delta = keep > 0 ? [{ retain: keep, ...some(0.3) }] : [];
  delta.push({ insert: anyString(r), ...some(0.3) });
  if (drop > 0) delta.push({ delete: drop });
  text.applyDelta(delta);
}

function editText(r, text, options) {
  const length = text.length;
  const dice = r.below(100);
  const at = r.below(length + 1);
  const inside = r.below(length);
  if (length === 0 || dice < 45) {
    if (options.formats && r.chance(0.3)) text.insert(at, anyString(r), marks(r));
    else text.insert(at, anyString(r));
  } else if (dice < 65) {
    text.delete(inside, r.range(1, Math.min(length - inside, 6)));
  } else if (!options.formats) {
    text.insert(length, anyString(r));
  } else if (dice < 82) {
    text.format(inside, r.range(1, length - inside), marks(r));
  } else if (dice < 90) {
    const picture = { image: `i${r.below(99)}.png`, w: r.below(500) };
    const embed = r.chance(0.7) ? picture : r.chance(0.5) ? new Y.Map() : new Y.Text("in");
    text.insertEmbed(at, embed, r.chance(0.3) ? marks(r) : undefined);
  } else if (dice < 96) {
    editDelta(r, text);
  } else if (text instanceof Y.XmlText) {
    text.setAttribute("data", anyValue(r));
  }
}

function editXml(r, node) {
  const dice = r.below(100);
  const at = r.below(node.length);
  if (node.length === 0 || dice < 55) {
    const more = Array.from({ length: r.range(1, 2) }, () => xmlNode(r));
    node.insert(r.below(node.length + 1), more);
  } else if (dice < 75) {
    node.delete(at, r.range(1, Math.min(2, node.length - at)));
  } else if (!(node instanceof Y.XmlElement)) {
    node.insert(0, [xmlNode(r)]);
  } else if (dice < 95) {
    const value = r.pick(["left", "right", 1, null, false, { a: [1] }]);
    node.setAttribute(r.pick(["level", "textAlign", "src"]), value);
  } else {
    node.removeAttribute("level");
  }
}

function editArray(r, array, options, mayNest) {
  const at = r.below(array.length);
  if (array.length > 0 && r.chance(0.4))
    array.delete(at, r.range(1, Math.min(4, array.length - at)));
  else if (mayNest && r.chance(0.25)) array.insert(r.below(array.length + 1), [nested(r, options)]);
  else {
    const values = Array.from({ length: r.range(1, 4) }, () => element(r));
    array.insert(r.below(array.length + 1), values);
  }
}

/** One random edit of one of the types in reach. */
export function edit(r, roots, options) {
  const live = [];
  for (const [name, root] of Object.entries(roots)) {
    if (!options.only || options.only.includes(name)) reach(root, live);
  }
  const type = r.pick(live);
  const mayNest = live.length < 25;
  if (type instanceof Y.Text) editText(r, type, options);
  else if (type instanceof Y.XmlHook) type.set(`k${r.below(2)}`, anyValue(r));
  else if (type instanceof Y.XmlFragment) editXml(r, type);
  else if (type instanceof Y.Array) editArray(r, type, options, mayNest);
  else {
    const key = r.pick(["a", "b", "title", "ключ"]);
    if (r.chance(0.2)) type.delete(key);
    else type.set(key, mayNest && r.chance(0.25) ? nested(r, options) : anyValue(r));
  }
}
