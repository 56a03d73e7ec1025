/**
 * A paragraph's stored children, seen as text slots with inline elements between them: slot 0, element 0, slot 1 ...
 * A slot is any number of neighbouring texts: two people who start typing in an empty paragraph make two.
 */
import * as Y from "yjs";

export type StoredChild = Y.XmlElement | Y.XmlText | Y.XmlHook;
export type StoredElement = Y.XmlElement | Y.XmlHook;

export interface StoredSlots {
  readonly slots: Y.XmlText[][];
  readonly elements: StoredElement[];
}

/** One piece of stored text: characters, or something embedded in the text. */
export interface Run {
  readonly insert: unknown;
  readonly attributes?: Record<string, unknown>;
}

/** Stands for an embedded thing, which takes one place in the text. */
export const embedCharacter = "\uFFFC";

export function storedChildren(type: Y.XmlFragment): StoredChild[] {
  return type.toArray() as StoredChild[];
}

export function storedSlots(type: Y.XmlFragment): StoredSlots {
  const slots: Y.XmlText[][] = [[]];
  const elements: StoredElement[] = [];
  for (const child of storedChildren(type)) {
    if (child instanceof Y.XmlText) {
      slots[slots.length - 1]?.push(child);
    } else {
      elements.push(child);
      slots.push([]);
    }
  }
  return { slots, elements };
}

export function runsOf(text: Y.XmlText): Run[] {
  return text.toDelta() as Run[];
}

/** Length of a run in the text's own count: UTF-16 units, 1 for what is embedded. */
export function runLength(run: Run): number {
  return typeof run.insert === "string" ? run.insert.length : 1;
}
