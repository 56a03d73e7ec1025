/** Reading and writing values of cells: what people type, and what spreadsheets put on the clipboard. */
import type { CellValue, Column } from "../../api/types.ts";

export type Parsed =
  | { readonly ok: true; readonly value: CellValue }
  | { readonly ok: false; readonly message: string };

const minus = /[\u2212\u2013]/g;

/** Takes thousands commas, spaces, £, a percent sign and accountants' brackets for negatives. */
export function parseNumber(text: string): number | null {
  let rest = text.replace(/[\s\u00a0£]/g, "").replace(minus, "-");
  let sign = 1;
  const bracketed = /^\((.*)\)$/.exec(rest);
  if (bracketed) {
    sign = -1;
    rest = bracketed[1] ?? "";
    if (rest.startsWith("-")) return null;
  }
  rest = rest.replace(/%$/, "");
  // Commas only where they part thousands: "1,5" could be a decimal comma, so it is refused.
  if (!/^[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?$/.test(rest) || !/\d/.test(rest)) return null;
  const value = sign * Number(rest.replaceAll(",", ""));
  return Number.isFinite(value) ? (value === 0 ? 0 : value) : null;
}

const ukDate = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/;
const isoDate = /^\d{4}-\d{2}-\d{2}$/;

function parseDate(text: string): string | null {
  const uk = ukDate.exec(text);
  const iso = uk ? `${uk[3]}-${uk[2]?.padStart(2, "0")}-${uk[1]?.padStart(2, "0")}` : text;
  if (!isoDate.test(iso)) return null;
  const at = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(iso) ? iso : null;
}

/** What was typed into a cell of this column, or what is wrong with it. The server checks again, and more. */
export function parseCell(column: Column, typed: string): Parsed {
  const text = typed.trim();
  if (text === "") return { ok: true, value: null };
  switch (column.type) {
    case "number": {
      const value = parseNumber(text);
      if (value === null)
        return { ok: false, message: `“${text}” is not a number. Enter a number, such as 12.5.` };
      return { ok: true, value };
    }
    case "date": {
      const value = parseDate(text);
      if (value === null)
        return { ok: false, message: `“${text}” is not a date. Enter a date, such as 31/03/2017.` };
      return { ok: true, value };
    }
    case "choice": {
      const choice = column.choices?.find(
        (c) => c.value === text || c.title.toLowerCase() === text.toLowerCase(),
      );
      if (choice === undefined)
        return { ok: false, message: `“${text}” is not one of the choices.` };
      return { ok: true, value: choice.value };
    }
    default:
      return { ok: true, value: text };
  }
}

const plain = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 10 });

/** A value as it stands in an input: a number with thousands commas, a date as the browser's date input wants it. */
export function cellText(value: CellValue): string {
  if (value === null) return "";
  return typeof value === "number" ? plain.format(value) : value;
}

/** A value as people read it in a sentence or a table that they cannot change. */
export function shownValue(column: Column, value: CellValue): string {
  if (value === null) return "empty";
  if (typeof value === "number") return plain.format(value).replace("-", "\u2212");
  if (column.type === "choice")
    return column.choices?.find((c) => c.value === value)?.title ?? value;
  if (column.type === "date") {
    const at = Date.parse(`${value}T00:00:00Z`);
    return Number.isNaN(at)
      ? value
      : new Intl.DateTimeFormat("en-GB", {
          day: "numeric",
          month: "short",
          year: "numeric",
          timeZone: "UTC",
        }).format(at);
  }
  return value;
}

/**
 * The cells of a block copied from a spreadsheet: tabs between cells, line breaks between rows, cells that hold either
 * in double quotes with quotes doubled. The last line break ends the block and starts no row.
 */
export function parseClipboard(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const body = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let i = 0; i < body.length; i++) {
    const c = body[i] ?? "";
    if (quoted) {
      if (c === '"' && body[i + 1] === '"') {
        cell += '"';
        i++;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === "\t") {
      row.push(cell);
      cell = "";
    } else if (c === "\n") {
      rows.push([...row, cell]);
      row = [];
      cell = "";
    } else cell += c;
  }
  rows.push([...row, cell]);
  return rows;
}
