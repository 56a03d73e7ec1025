/** Refuses local changes that would remove content which this version does not know. */
import type { Node } from "prosemirror-model";
import { Plugin } from "prosemirror-state";
import { remoteMeta } from "./binding.ts";

/** How often each unknown content is there. */
function unknowns(doc: Node): Map<string, number> {
  const found = new Map<string, number>();
  doc.descendants((node) => {
    if (node.type.name === "unknown_block" || node.type.name === "unknown_inline") {
      const key = JSON.stringify(node.attrs.stored);
      found.set(key, (found.get(key) ?? 0) + 1);
    }
  });
  return found;
}

export const keptMessage =
  "This part was made with a newer version of Footprint. It cannot be removed here. Reload the page to get the new version.";

/** `onRefused` is told why, for an announcement. */
export function keepUnknown(onRefused: (message: string) => void = () => undefined): Plugin {
  return new Plugin({
    filterTransaction(tr, state) {
      if (!tr.docChanged || tr.getMeta(remoteMeta)) return true;
      const before = unknowns(state.doc);
      if (before.size === 0) return true;
      const after = unknowns(tr.doc);
      for (const [key, count] of before) {
        if ((after.get(key) ?? 0) < count) {
          onRefused(keptMessage);
          return false;
        }
      }
      return true;
    },
  });
}
