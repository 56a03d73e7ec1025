/** Commands as data: the toolbar, the keymap, the list of shortcuts and the tests all read this one list. */
import { splitBlockAs, toggleMark } from "prosemirror-commands";
import type { MarkType, Node } from "prosemirror-model";
import type { Command, EditorState } from "prosemirror-state";
import type { BlockKind } from "../model/names.ts";
import { indentMax, schema } from "../model/schema.ts";
import {
  addColumn,
  addRow,
  inTable,
  insertTable,
  removeColumn,
  removeRow,
  removeTable,
} from "./tables.ts";
import type { CommandGroup } from "./types.ts";

export interface EditorCommand {
  readonly id: string;
  readonly label: string;
  /** ProseMirror's notation, first one shown to people. */
  readonly keys: readonly string[];
  readonly group: CommandGroup;
  readonly run: Command;
  /** For switches: whether it is on at the caret. */
  readonly active?: (state: EditorState) => boolean;
  /** Whether it has a meaning at the caret; always, where it is missing. */
  readonly shown?: (state: EditorState) => boolean;
}

/** What commands need beside the state. */
export interface CommandHelp {
  readonly undo: Command;
  readonly redo: Command;
  /** Asks for an address and sets the link. */
  readonly link: Command;
}

function markType(name: string): MarkType {
  const type = schema.marks[name];
  if (!type) throw new Error(`No mark named ${name}.`);
  return type;
}

export function markActive(state: EditorState, name: string): boolean {
  const type = markType(name);
  const { from, to, empty, $from } = state.selection;
  if (empty) return type.isInSet(state.storedMarks ?? $from.marks()) !== undefined;
  return state.doc.rangeHasMark(from, to, type);
}

/** Paragraphs that the selection touches. */
export function selectedParagraphs(state: EditorState): { node: Node; position: number }[] {
  const found: { node: Node; position: number }[] = [];
  state.selection.ranges.forEach(({ $from, $to }) => {
    state.doc.nodesBetween($from.pos, $to.pos, (node, position) => {
      if (node.type.name === "paragraph") found.push({ node, position });
      return !node.isTextblock;
    });
  });
  return found;
}

function kindActive(kind: BlockKind): (state: EditorState) => boolean {
  return (state) => {
    const paragraphs = selectedParagraphs(state);
    return paragraphs.length > 0 && paragraphs.every(({ node }) => node.attrs.kind === kind);
  };
}

/** Gives the selected paragraphs other attributes; null leaves one as it is. False where there is nothing to change. */
function changeParagraphs(
  wanted: (node: Node) => boolean,
  change: (node: Node) => Partial<{ kind: BlockKind; indent: number }> | null,
): Command {
  return (state, dispatch) => {
    const paragraphs = selectedParagraphs(state).filter(({ node }) => wanted(node));
    if (paragraphs.length === 0) return false;
    if (dispatch) {
      const { tr } = state;
      for (const { node, position } of paragraphs) {
        const attrs = change(node);
        if (attrs) tr.setNodeMarkup(position, null, { ...node.attrs, ...attrs }, node.marks);
      }
      dispatch(tr.scrollIntoView());
    }
    return true;
  };
}

/** Kinds are attributes: what others type in the paragraph at the same time stays. */
export function setKind(kind: BlockKind): Command {
  return changeParagraphs(
    () => true,
    (node) => (node.attrs.kind === kind ? null : { kind }),
  );
}

/** On where it was off, and plain text where it was on. */
export function toggleKind(kind: BlockKind): Command {
  return (state, dispatch) => setKind(kindActive(kind)(state) ? "p" : kind)(state, dispatch);
}

function isList(node: Node): boolean {
  return node.attrs.kind === "ul" || node.attrs.kind === "ol";
}

export function changeIndent(by: 1 | -1): Command {
  const next = (node: Node) => Number(node.attrs.indent) + by;
  return changeParagraphs(
    (node) => isList(node) && next(node) >= 0 && next(node) <= indentMax,
    (node) => ({ indent: next(node) }),
  );
}

/** Enter: an empty list item ends its list; after a heading comes plain text. */
export const enter: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  const { parent } = $from;
  if (parent.type.name !== "paragraph") return false;
  if (empty && parent.content.size === 0 && parent.attrs.kind !== "p") {
    return Number(parent.attrs.indent) > 0 && isList(parent)
      ? changeIndent(-1)(state, dispatch)
      : setKind("p")(state, dispatch);
  }
  return splitKeepingKind(state, dispatch);
};

/** Lists and quotations go on; after a heading comes plain text. */
const splitKeepingKind = splitBlockAs((node, atEnd) => {
  const heading = /^h\d$/.test(String(node.attrs.kind));
  const attrs = heading && atEnd ? { ...node.attrs, kind: "p", indent: 0 } : node.attrs;
  return { type: node.type, attrs };
});

/** Backspace at the start of a list item, heading or quote makes it plain text first. */
export const plainAtStart: Command = (state, dispatch) => {
  const { $from, empty } = state.selection;
  if (!empty || $from.parentOffset > 0 || $from.parent.type.name !== "paragraph") return false;
  if (Number($from.parent.attrs.indent) > 0) return changeIndent(-1)(state, dispatch);
  return $from.parent.attrs.kind === "p" ? false : setKind("p")(state, dispatch);
};

export const hardBreak: Command = (state, dispatch) => {
  if (!state.selection.$from.parent.inlineContent) return false;
  const node = schema.node("hard_break");
  dispatch?.(state.tr.replaceSelectionWith(node).scrollIntoView());
  return true;
};

function kindCommand(id: string, label: string, kind: BlockKind, key: string): EditorCommand {
  const list = kind === "ul" || kind === "ol";
  return {
    id,
    label,
    keys: [key],
    group: list ? "list" : "style",
    run: list ? toggleKind(kind) : setKind(kind),
    active: kindActive(kind),
  };
}

function tableCommand(id: string, label: string, run: Command): EditorCommand {
  return { id, label, keys: [], group: "table", run, shown: inTable };
}

/** Every command of the editor, in the toolbar's order. */
export function editorCommands(help: CommandHelp): readonly EditorCommand[] {
  return [
    { id: "undo", label: "Undo", keys: ["Mod-z"], group: "history", run: help.undo },
    { id: "redo", label: "Redo", keys: ["Mod-y", "Shift-Mod-z"], group: "history", run: help.redo },
    kindCommand("text", "Plain text", "p", "Mod-Alt-0"),
    kindCommand("heading3", "Heading", "h3", "Mod-Alt-3"),
    kindCommand("heading4", "Smaller heading", "h4", "Mod-Alt-4"),
    kindCommand("heading5", "Smallest heading", "h5", "Mod-Alt-5"),
    kindCommand("quote", "Quotation", "quote", "Mod-Shift-9"),
    {
      id: "bold",
      label: "Bold",
      keys: ["Mod-b"],
      group: "text",
      run: toggleMark(markType("strong")),
      active: (state) => markActive(state, "strong"),
    },
    {
      id: "italic",
      label: "Italic",
      keys: ["Mod-i"],
      group: "text",
      run: toggleMark(markType("em")),
      active: (state) => markActive(state, "em"),
    },
    {
      id: "link",
      label: "Link",
      keys: ["Mod-k"],
      group: "text",
      run: help.link,
      active: (state) => markActive(state, "link"),
    },
    kindCommand("bullets", "Bulleted list", "ul", "Mod-Shift-8"),
    kindCommand("numbered", "Numbered list", "ol", "Mod-Shift-7"),
    { id: "outdent", label: "Move out", keys: ["Mod-["], group: "list", run: changeIndent(-1) },
    { id: "indent", label: "Move in", keys: ["Mod-]"], group: "list", run: changeIndent(1) },
    {
      id: "table",
      label: "Insert table",
      keys: [],
      group: "table",
      run: insertTable,
      shown: (state) => !inTable(state),
    },
    tableCommand("addRow", "Add row below", addRow),
    tableCommand("addColumn", "Add column to the right", addColumn),
    tableCommand("removeRow", "Remove row", removeRow),
    tableCommand("removeColumn", "Remove column", removeColumn),
    tableCommand("removeTable", "Remove table", removeTable),
  ];
}

/** As people read it: "Ctrl+Alt+3" or "⌘⌥3". */
export function shortcutText(key: string, apple: boolean): string {
  const parts = key.split("-").map((part) => {
    if (part === "Mod") return apple ? "⌘" : "Ctrl";
    if (part === "Alt") return apple ? "⌥" : "Alt";
    if (part === "Shift") return apple ? "⇧" : "Shift";
    return part.length === 1 ? part.toUpperCase() : part;
  });
  return parts.join(apple ? "" : "+");
}
