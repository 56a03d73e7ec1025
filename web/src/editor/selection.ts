/** The caret where the person has just put it. */
import type { EditorView } from "prosemirror-view";

/** What ProseMirror has of it, though its types do not say so. */
interface SelectionReader {
  readonly domObserver: { pendingRecords(): readonly MutationRecord[]; flush(): void };
}

/**
 * Browsers tell of a moved caret a moment after they moved it. If somebody else's words or caret came to be drawn in between,
 * the editor would put the caret back where it was, and what is typed next would stand in the wrong place.
 * Only the selection is read here: words in the making are left to the editor.
 */
export function noticeSelection(view: EditorView): void {
  const { domObserver } = view as unknown as SelectionReader;
  if (!view.composing && domObserver.pendingRecords().length === 0) domObserver.flush();
}
