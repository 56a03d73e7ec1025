/** Content that this version does not know, as plain data: shown, kept, and written again unchanged when it has to move. */
import * as Y from "yjs";
import type { Node } from "prosemirror-model";
import { schema } from "./schema.ts";
import { runsOf, storedChildren, type Run, type StoredChild } from "./slots.ts";

export type Stored =
  | {
      readonly kind: "element";
      readonly name: string;
      readonly attributes: Record<string, unknown>;
      readonly children: readonly Stored[];
    }
  | { readonly kind: "text"; readonly runs: readonly Run[] }
  | { readonly kind: "hook"; readonly name: string; readonly entries: Record<string, unknown> }
  | { readonly kind: "embed"; readonly value: unknown };

function plain(value: unknown): unknown {
  return value instanceof Y.AbstractType ? (value.toJSON() as unknown) : value;
}

export function storedOf(type: StoredChild): Stored {
  if (type instanceof Y.XmlText) {
    return {
      kind: "text",
      runs: runsOf(type).map((run) => ({ ...run, insert: plain(run.insert) })),
    };
  }
  if (type instanceof Y.XmlHook) {
    return { kind: "hook", name: type.hookName, entries: type.toJSON() as Record<string, unknown> };
  }
  return {
    kind: "element",
    name: type.nodeName,
    attributes: { ...type.getAttributes() },
    children: storedChildren(type).map(storedOf),
  };
}

function textOf(stored: Stored): string {
  switch (stored.kind) {
    case "text":
      return stored.runs.map((run) => (typeof run.insert === "string" ? run.insert : "")).join("");
    case "element":
      return stored.children.map(textOf).filter(Boolean).join(" ");
    default:
      return "";
  }
}

function nameOf(stored: Stored): string {
  return stored.kind === "element" || stored.kind === "hook" ? stored.name : stored.kind;
}

/** The visible, read-only node that stands for it. */
export function unknownNode(stored: Stored, inline: boolean): Node {
  const type = inline ? "unknown_inline" : "unknown_block";
  return schema.node(type, { stored, name: nameOf(stored), text: textOf(stored) });
}

export function embedNode(value: unknown): Node {
  return unknownNode({ kind: "embed", value: plain(value) }, true);
}

export function isEmbed(node: Node): boolean {
  return (
    node.type.name === "unknown_inline" && (node.attrs.stored as Stored | null)?.kind === "embed"
  );
}

/** A new stored type with the same content. */
export function rebuilt(stored: Stored): StoredChild {
  if (stored.kind === "text") {
    const text = new Y.XmlText();
    text.applyDelta([...stored.runs]);
    return text;
  }
  if (stored.kind === "hook") {
    const hook = new Y.XmlHook(stored.name);
    for (const [key, value] of Object.entries(stored.entries)) hook.set(key, value);
    return hook;
  }
  if (stored.kind === "embed") {
    const text = new Y.XmlText();
    text.insertEmbed(0, stored.value as object);
    return text;
  }
  const element = new Y.XmlElement(stored.name);
  for (const [key, value] of Object.entries(stored.attributes)) {
    element.setAttribute(key, value as string);
  }
  element.insert(0, stored.children.map(rebuilt) as (Y.XmlElement | Y.XmlText)[]);
  return element;
}
