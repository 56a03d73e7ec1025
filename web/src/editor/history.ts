/** Undo of one's own edits only: other people's stay. The caret goes back to where it was. */
import * as Y from "yjs";
import { TextSelection, type Command } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import type { Binding } from "../model/binding.ts";
import type { StoredPosition } from "../model/positions.ts";

interface Caret {
  readonly anchor: StoredPosition;
  readonly head: StoredPosition;
}

interface StackEvent {
  readonly stackItem: { readonly meta: Map<unknown, unknown> };
}

export interface History {
  readonly undo: Command;
  readonly redo: Command;
  /** Connects to the view whose caret is kept. */
  readonly connect: (view: EditorView) => void;
  /** Tells the caret before a local edit. */
  readonly noteCaret: () => void;
  /** The next edit becomes a step of its own. */
  readonly closeStep: () => void;
  readonly destroy: () => void;
}

export function createHistory(binding: Binding): History {
  const manager = new Y.UndoManager(binding.fragment, { trackedOrigins: new Set([binding]) });
  const key = Symbol("caret");
  let view: EditorView | null = null;
  let before: Caret | null = null;

  const caret = (): Caret | null => {
    if (!view) return null;
    const { anchor, head } = view.state.selection;
    return { anchor: binding.toStored(anchor), head: binding.toStored(head) };
  };

  manager.on("stack-item-added", ({ stackItem }: StackEvent) => {
    if (before) stackItem.meta.set(key, before);
  });
  manager.on("stack-item-popped", ({ stackItem }: StackEvent) => {
    const kept = stackItem.meta.get(key) as Caret | undefined;
    if (!view || !kept) return;
    const anchor = binding.fromStored(kept.anchor);
    const head = binding.fromStored(kept.head);
    if (anchor === null || head === null) return;
    const { doc, tr } = view.state;
    view.dispatch(
      tr
        .setSelection(TextSelection.between(doc.resolve(anchor), doc.resolve(head)))
        .setMeta("addToHistory", false)
        .scrollIntoView(),
    );
  });

  return {
    undo: (_state, dispatch) => {
      if (!manager.canUndo()) return false;
      if (dispatch) manager.undo();
      return true;
    },
    redo: (_state, dispatch) => {
      if (!manager.canRedo()) return false;
      if (dispatch) manager.redo();
      return true;
    },
    connect: (connected) => {
      view = connected;
    },
    noteCaret: () => {
      before = caret();
    },
    closeStep: () => manager.stopCapturing(),
    destroy: () => manager.destroy(),
  };
}
