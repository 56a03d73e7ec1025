/** Marks as they are stored: one text format a mark, named by it, with `--<id>` where several may lie on the same words. */
import { Mark, type MarkType } from "prosemirror-model";
import { manyMarks, markNames } from "./names.ts";
import { schema } from "./schema.ts";

export type Formats = Record<string, unknown>;

const keyed = /^([a-z]+)--(.+)$/;

function plainObject(value: unknown): Formats {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Formats)
    : {};
}

function attrsFor(type: MarkType, value: unknown, id: string | undefined): Formats {
  const stored = plainObject(value);
  const attrs: Formats = {};
  for (const name of Object.keys(type.spec.attrs ?? {})) {
    if (stored[name] !== undefined) attrs[name] = stored[name];
  }
  if (id !== undefined && attrs.id === undefined) attrs.id = id;
  return attrs;
}

/** The mark that a stored format stands for; unknown ones become an `unknown` mark that keeps key and value. */
export function markOf(key: string, value: unknown): Mark {
  const match = keyed.exec(key);
  const name = match?.[1] ?? key;
  const many = manyMarks.has(name);
  if (!markNames.has(name) || (match !== null && !many)) {
    return schema.mark("unknown", { key, value });
  }
  const type = schema.marks[name] as MarkType;
  return type.create(attrsFor(type, value, match?.[2]));
}

/** The key under which a mark is stored. */
export function keyOf(mark: Mark): string {
  const name = mark.type.name;
  if (name === "unknown") return String(mark.attrs.key);
  if (!manyMarks.has(name) || !mark.attrs.id) return name;
  // Two modifications of one block differ by the attribute that they change.
  const part =
    name === "modification" && mark.attrs.attrName ? `-${String(mark.attrs.attrName)}` : "";
  return `${name}--${String(mark.attrs.id)}${part}`;
}

/** Its stored value: its attributes that say something. Spread, since ProseMirror's attrs have no prototype. */
export function valueOf(mark: Mark): unknown {
  if (mark.type.name === "unknown") return mark.attrs.value;
  const value: Formats = {};
  for (const [name, attribute] of Object.entries({ ...mark.attrs })) {
    if (attribute !== null && attribute !== undefined) value[name] = attribute;
  }
  return value;
}

function byRankThenKey(a: Mark, b: Mark): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  const left = keyOf(a);
  const right = keyOf(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

const ranks = new Map(Object.keys(schema.marks).map((name, index) => [name, index]));

function rankOf(mark: Mark): number {
  return ranks.get(mark.type.name) ?? 0;
}

/** Marks in the one order that all clients use; the same array where it was so already. */
export function canonicalMarks(marks: readonly Mark[]): readonly Mark[] {
  for (let i = 1; i < marks.length; i++) {
    if (byRankThenKey(marks[i - 1] as Mark, marks[i] as Mark) > 0) {
      return [...marks].sort(byRankThenKey);
    }
  }
  return marks;
}

/** Marks of a run of stored text. */
export function marksOf(formats: Formats | undefined): readonly Mark[] {
  if (!formats) return Mark.none;
  const marks: Mark[] = [];
  for (const [key, value] of Object.entries(formats)) {
    if (value === null || value === undefined) continue;
    const mark = markOf(key, value);
    if (!marks.some((other) => other.eq(mark))) marks.push(mark);
  }
  return canonicalMarks(marks);
}

/** Stored formats of a run. */
export function formatsOf(marks: readonly Mark[]): Formats {
  const formats: Formats = {};
  for (const mark of marks) formats[keyOf(mark)] = valueOf(mark);
  return formats;
}

/**
 * What must be written so that stored formats come to stand for these marks; null when nothing. Formats that this version does
 * not know are marks too, which nobody here can set or take away: where they differ, it is because the text before and after an edit
 * can be matched in two ways ("bed days", of which one d is marked), and the editor's way is the one that its reader sees.
 */
export function formatPatch(stored: Formats | undefined, marks: readonly Mark[]): Formats | null {
  let patch: Formats | null = null;
  const missing = new Set(marks);
  for (const [key, value] of Object.entries(stored ?? {})) {
    if (value === null) continue;
    const mark = markOf(key, value);
    const wanted = marks.find((other) => other.eq(mark));
    if (wanted) missing.delete(wanted);
    else (patch ??= {})[key] = null;
  }
  for (const mark of missing) (patch ??= {})[keyOf(mark)] = valueOf(mark);
  return patch;
}
