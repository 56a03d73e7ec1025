import * as Y from "yjs";
import { newBlockId } from "../../model/block_ids.ts";

/** Adds paragraphs at the end of a field, as the words of whoever does it. */
export function appendParagraphs(doc: Y.Doc, field: string, paragraphs: readonly string[]): void {
  doc.transact(() => {
    const blocks = paragraphs.map((text) => {
      const block = new Y.XmlElement("paragraph");
      block.setAttribute("kind", "p");
      block.setAttribute("bid", newBlockId());
      block.insert(0, [new Y.XmlText(text)]);
      return block;
    });
    doc.getXmlFragment(field).push(blocks);
  });
}

/** Words that were offered as plain text, as paragraphs again. */
export function paragraphsOf(text: string): string[] {
  return text.split(/\n{2,}/).filter((paragraph) => paragraph.trim() !== "");
}
