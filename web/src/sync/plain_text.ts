/** A section's words as plain paragraphs, for drafts that are held back. */
import * as Y from "yjs";
import type { HeldDraft } from "./types.ts";

type Fields = HeldDraft["fields"];

function textOf(type: unknown): string {
  if (type instanceof Y.XmlText) {
    return (type.toDelta() as { insert: unknown }[])
      .map(({ insert }) => (typeof insert === "string" ? insert : ""))
      .join("");
  }
  if (type instanceof Y.XmlElement) {
    if (type.nodeName === "hard_break") return "\n";
    if (type.nodeName === "mention") return `@${String(type.getAttribute("label") ?? "")}`;
    return type.toArray().map(textOf).join("");
  }
  return "";
}

function paragraphsOf(type: Y.XmlFragment): string[] {
  return type.toArray().flatMap((child) => {
    const nested = child instanceof Y.XmlElement && child.toArray().some((inner) => isBlock(inner));
    return nested
      ? paragraphsOf(child as Y.XmlElement)
      : [textOf(child)].filter((text) => text.trim());
  });
}

function isBlock(type: unknown): boolean {
  return type instanceof Y.XmlElement && !["hard_break", "mention"].includes(type.nodeName);
}

/** Paragraphs with words, by field. Every root of a section's document is a field's fragment. */
export function fieldsOf(doc: Y.Doc): Fields {
  return [...doc.share.keys()]
    .map((field) => ({ field, paragraphs: paragraphsOf(doc.getXmlFragment(field)) }))
    .filter(({ paragraphs }) => paragraphs.length > 0);
}

/** What of these paragraphs another document lacks. */
export function lacking(fields: Fields, doc: Y.Doc): Fields {
  const known = new Map(fieldsOf(doc).map(({ field, paragraphs }) => [field, new Set(paragraphs)]));
  return fields
    .map(({ field, paragraphs }) => ({
      field,
      paragraphs: paragraphs.filter((text) => !known.get(field)?.has(text)),
    }))
    .filter(({ paragraphs }) => paragraphs.length > 0);
}
