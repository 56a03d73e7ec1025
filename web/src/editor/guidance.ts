/** Shows guidance while the field is empty. It is drawn, not stored, and read out with the field's description. */
import { Plugin } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { Node } from "prosemirror-model";

function isEmpty(doc: Node): boolean {
  const only = doc.firstChild;
  return doc.childCount === 1 && only !== null && only.isTextblock && only.content.size === 0;
}

export function guidance(text: string): Plugin {
  return new Plugin({
    props: {
      decorations: ({ doc }) =>
        isEmpty(doc)
          ? DecorationSet.create(doc, [
              Decoration.node(0, doc.firstChild?.nodeSize ?? 2, {
                class: "fp-guidance",
                "data-guidance": text,
              }),
            ])
          : null,
    },
  });
}
