/** Tables in prose: commands, and nothing that acts by itself, so that opening or receiving a table never changes it. */
import {
  Plugin,
  Selection,
  TextSelection,
  type Command,
  type EditorState,
  type Transaction,
} from "prosemirror-state";
import {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  fixTables,
  isInTable,
} from "prosemirror-tables";
import { Decoration, DecorationSet } from "prosemirror-view";
import { schema } from "../model/schema.ts";

const newRows = 3;
const newColumns = 3;

export function inTable(state: EditorState): boolean {
  return isInTable(state);
}

/** The new table comes after the caret's block, or in place of it where that is empty; the caret goes to its first cell. */
export const insertTable: Command = (state, dispatch) => {
  const { $from } = state.selection;
  if (isInTable(state) || $from.depth === 0) return false;
  if (!dispatch) return true;
  const paragraph = () => schema.node("paragraph");
  const row = (name: "table_header" | "table_cell") =>
    schema.node(
      "table_row",
      null,
      Array.from({ length: newColumns }, () => schema.node(name, null, paragraph())),
    );
  const rows = [
    row("table_header"),
    ...Array.from({ length: newRows - 1 }, () => row("table_cell")),
  ];
  const table = schema.node("table", null, rows);
  const { tr } = state;
  const empty = $from.parent.content.size === 0;
  const at = empty ? $from.before(1) : $from.after(1);
  tr.replaceWith(at, empty ? $from.after(1) : at, table);
  const after = at + table.nodeSize;
  // So that there is somewhere to go on writing.
  if (after === tr.doc.content.size) tr.insert(after, paragraph());
  tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
  dispatch(tr.scrollIntoView());
  return true;
};

/**
 * A row added by one person while another adds a column leaves a gap. It is filled by the next person who changes the table, in
 * the same step, never on arrival: two pages that mend at once would mend twice.
 */
function mended(command: Command): Command {
  return (state, dispatch, view) => {
    if (!isInTable(state)) return false;
    const mend: Transaction | undefined = fixTables(state);
    if (!mend) return command(state, dispatch, view);
    const whole = state.apply(mend);
    if (!dispatch) return command(whole);
    return command(whole, (change) => {
      for (const step of change.steps) mend.step(step);
      mend.setSelection(Selection.fromJSON(mend.doc, change.selection.toJSON()));
      dispatch(mend.scrollIntoView());
    });
  };
}

export const addRow = mended(addRowAfter);
export const addColumn = mended(addColumnAfter);
export const removeRow = mended(deleteRow);
export const removeColumn = mended(deleteColumn);
export const removeTable: Command = deleteTable;

/** A heading cell without words heads nothing: screen readers are told that it is an ordinary one. */
export function emptyHeadings(): Plugin {
  return new Plugin({
    props: {
      decorations: ({ doc }) => {
        const empty: Decoration[] = [];
        doc.forEach((table, start) => {
          if (table.type.name !== "table") return;
          table.descendants((node, offset) => {
            if (node.type.name !== "table_header") return node.type.name === "table_row";
            const at = start + 1 + offset;
            if (node.textContent.trim() === "")
              empty.push(Decoration.node(at, at + node.nodeSize, { role: "cell" }));
            return false;
          });
        });
        return empty.length > 0 ? DecorationSet.create(doc, empty) : null;
      },
    },
  });
}
