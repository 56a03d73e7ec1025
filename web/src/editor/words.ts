import type { Node } from "prosemirror-model";

/** Words as people count them: runs of text between spaces, in every block. */
export function countWords(doc: Node): number {
  const text = doc.textBetween(0, doc.content.size, "\n", "\n");
  return text.match(/\S*[\p{L}\p{N}]\S*/gu)?.length ?? 0;
}
