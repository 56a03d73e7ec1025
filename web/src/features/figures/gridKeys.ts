/** Keys of a grid: which cell each one leads to. */
import type { KeyboardEvent } from "react";

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The next input from this one, over cells that cannot be changed; null at the edge. */
function neighbour(from: Control, down: number, right: number): Control | null {
  const cell = from.closest("td");
  const body = from.closest("tbody");
  if (cell === null || body === null) return null;
  let r = [...body.rows].indexOf(cell.parentElement as HTMLTableRowElement) + down;
  let c = cell.cellIndex + right;
  while (r >= 0 && r < body.rows.length) {
    const row = body.rows[r];
    if (c < 1 || row === undefined || c >= row.cells.length) return null;
    const found = row.cells[c]?.querySelector<Control>(".fp-cell");
    if (found) return found;
    r += down;
    c += right;
  }
  return null;
}

function atEdge(control: Control, side: "start" | "end", wholeText: boolean): boolean {
  if (control instanceof HTMLSelectElement || control.type === "date") return false;
  const { selectionStart, selectionEnd, value } = control;
  if (selectionStart !== selectionEnd)
    return wholeText && selectionStart === 0 && selectionEnd === value.length;
  return side === "start" ? selectionStart === 0 : selectionEnd === value.length;
}

/** Where a key leads; null leaves the key to the browser. */
export function move(event: KeyboardEvent, control: Control): Control | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const native = control instanceof HTMLSelectElement || control.type === "date";
  const area = control instanceof HTMLTextAreaElement;
  switch (event.key) {
    case "Enter":
      return neighbour(control, event.shiftKey ? -1 : 1, 0);
    case "ArrowDown":
      return native || (area && !atEdge(control, "end", true)) ? null : neighbour(control, 1, 0);
    case "ArrowUp":
      return native || (area && !atEdge(control, "start", true)) ? null : neighbour(control, -1, 0);
    case "ArrowLeft":
      return event.shiftKey || !atEdge(control, "start", true) ? null : neighbour(control, 0, -1);
    case "ArrowRight":
      return event.shiftKey || !atEdge(control, "end", true) ? null : neighbour(control, 0, 1);
    default:
      return null;
  }
}

/** The cell's input that an event came from. */
export function asControl(target: EventTarget): Control | null {
  return target instanceof HTMLElement && target.matches(".fp-cell") ? (target as Control) : null;
}
