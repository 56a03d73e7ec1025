/** Addresses of cells, a table with another cell, and typed figures as the device keeps them. */
import type { Cell, Row, Table } from "../../api/types.ts";

export interface CellAddress {
  readonly row: string;
  readonly column: string;
}

/** A figure that was typed and is not saved yet, as this device keeps it. */
export interface KeptFigure extends CellAddress {
  readonly text: string;
  readonly revision: number;
}

/** Keeps typed figures on this device, each by itself: two tabs may hold different ones of one table. */
export interface FigureDevice {
  /** False where the device does not keep it. */
  readonly put: (figure: KeptFigure) => Promise<boolean>;
  /** Only while the device still has exactly this: another tab may have gone on typing. */
  readonly remove: (figure: KeptFigure) => void;
}

export function cellKey({ row, column }: CellAddress): string {
  return JSON.stringify([row, column]);
}

export function cellAddress(key: string): CellAddress {
  const [row = "", column = ""] = JSON.parse(key) as string[];
  return { row, column };
}

export function withCell(
  table: Table,
  { row, column }: CellAddress,
  change: (cell: Cell) => Cell,
): Table {
  const inRow = (r: Row): Row => {
    const cell = r.id === row ? r.cells[column] : undefined;
    return cell === undefined ? r : { ...r, cells: { ...r.cells, [column]: change(cell) } };
  };
  return {
    ...table,
    rows: table.rows.map(inRow),
    ...(table.totals === undefined ? {} : { totals: table.totals.map(inRow) }),
  };
}
