/** A structured table that people fill like a spreadsheet and screen readers read like a table. */
import {
  lazy,
  memo,
  Suspense,
  useEffect,
  useId,
  useRef,
  useState,
  useSyncExternalStore,
  type ChangeEvent,
  type ClipboardEvent,
  type KeyboardEvent,
} from "react";
import type { Cell, Column, Row, Table } from "../../api/types.ts";
import type { Announcer } from "../../app/announcer.ts";
import { wholeNumber } from "../../app/time.ts";
import { Button } from "../../ui/Button.tsx";
import { Conflicts } from "./Conflicts.tsx";
import { asControl, move, type Control } from "./gridKeys.ts";
import { shownValue } from "./numbers.ts";
import { cellKey, type CellAddress } from "./cells.ts";
import { inputText, type Draft, type TableStore } from "./tableStore.ts";

const Reasons = lazy(() => import("./Reasons.tsx").then((m) => ({ default: m.Reasons })));

/** "Providers, 2017/18, GBP m": the whole name of a cell, for those who hear one cell at a time. */
export function cellName(table: Table, row: Row, column: Column, cell: Cell): string {
  const unit = cell.unit ?? column.unit ?? (column.type === "number" ? table.unit : undefined);
  const heading = column.title;
  return [row.title, heading, ...(unit === undefined || heading.includes(unit) ? [] : [unit])].join(
    ", ",
  );
}

interface CellProps {
  readonly id: string;
  readonly name: string;
  readonly column: Column;
  readonly row: string;
  readonly cell: Cell;
  readonly draft: Draft | undefined;
  readonly store: TableStore;
}

const CellInput = memo(function CellInput({
  id,
  name,
  column,
  row,
  cell,
  draft,
  store,
}: CellProps) {
  const at = { row, column: column.key };
  const text = inputText(cell, draft);
  const problem = draft?.problem ?? null;
  const note = problem ?? (draft?.conflict ? "Somebody else changed it. Choose above." : null);
  const common = {
    id,
    "aria-label": name,
    "aria-invalid": problem !== null || draft?.conflict != null || undefined,
    "aria-describedby": note === null ? undefined : `${id}-note`,
    "data-row": row,
    "data-column": column.key,
    className: `fp-cell fp-cell--${column.type}`,
    onChange: (e: ChangeEvent<Control>) => {
      store.edit(at, e.target.value);
      // A choice or a date is whole at once; typed text is whole when the person leaves the cell.
      if (column.type === "choice" || column.type === "date") store.commit();
    },
    onBlur: () => {
      if (store.getSnapshot().drafts.has(cellKey(at))) store.commit();
    },
  };
  return (
    <>
      {column.type === "choice" ? (
        <select {...common} value={text}>
          {(cell.value === null || column.required !== true) && <option value="">Choose</option>}
          {column.choices?.map((c) => (
            <option key={c.value} value={c.value}>
              {c.title}
            </option>
          ))}
        </select>
      ) : column.type === "text" ? (
        <textarea {...common} rows={1} value={text} spellCheck />
      ) : (
        <input
          {...common}
          type={column.type === "date" ? "date" : "text"}
          inputMode={column.type === "number" ? "decimal" : undefined}
          autoComplete="off"
          value={text}
        />
      )}
      {note !== null && (
        <span className="fp-cell__note" id={`${id}-note`}>
          {note}
        </span>
      )}
    </>
  );
});

function CellText({
  name,
  column,
  cell,
  told,
}: {
  name: string;
  column: Column;
  cell: Cell;
  told: boolean;
}) {
  const shown = cell.value === null ? "" : shownValue(column, cell.value);
  if (cell.derived !== true) {
    return (
      <span className="fp-cell__text">
        {shown === "" ? <span className="nhsuk-u-visually-hidden">empty</span> : shown}
      </span>
    );
  }
  return (
    <>
      <output className="fp-cell__text" aria-label={name} aria-live="off">
        {shown}
      </output>
      {!told && <span className="fp-cell__calculated">calculated</span>}
    </>
  );
}

/** Changes the lock of one cell. */
export type Lock = (at: CellAddress, locked: boolean) => void;

function LockState({
  name,
  cell,
  onLock,
}: {
  name: string;
  cell: Cell;
  onLock: (() => void) | null;
}) {
  const locked = cell.status === "locked";
  if (onLock === null || cell.may?.lock !== true) {
    return locked ? <span className="fp-cell__calculated">locked</span> : null;
  }
  return (
    <button className="fp-as-link fp-cell__lock" type="button" onClick={onLock}>
      {locked ? "Unlock" : "Lock"}
      <span className="nhsuk-u-visually-hidden"> {name}</span>
    </button>
  );
}

function BodyRow({
  table,
  row,
  drafts,
  store,
  base,
  onLock,
}: {
  table: Table;
  row: Row;
  drafts: ReadonlyMap<string, Draft>;
  store: TableStore;
  base: string;
  onLock: Lock | null;
}) {
  // Said once for the row where it is true of all of it.
  const calculated = Object.values(row.cells).every((cell) => cell.derived === true);
  return (
    <tr className="nhsuk-table__row">
      <th className="nhsuk-table__header fp-grid__row-title" scope="row">
        {row.title}
        {row.owner_name !== undefined && <span className="fp-grid__owner">{row.owner_name}</span>}
        {calculated && <span className="fp-grid__owner">Calculated</span>}
      </th>
      {table.columns.map((column) => {
        const cell = row.cells[column.key];
        const names = `nhsuk-table__cell${column.type === "number" ? " nhsuk-table__cell--numeric" : ""}`;
        if (cell === undefined) return <td className={names} key={column.key} />;
        const name = cellName(table, row, column, cell);
        const key = cellKey({ row: row.id, column: column.key });
        return (
          <td className={names} key={column.key}>
            {cell.editable && cell.derived !== true ? (
              <CellInput
                id={`${base}-${row.id}-${column.key}`.replace(/[^\w-]/g, "_")}
                name={name}
                column={column}
                row={row.id}
                cell={cell}
                draft={drafts.get(key)}
                store={store}
              />
            ) : (
              <CellText name={name} column={column} cell={cell} told={calculated} />
            )}
            <LockState
              name={name}
              cell={cell}
              onLock={
                onLock &&
                (() => onLock({ row: row.id, column: column.key }, cell.status !== "locked"))
              }
            />
          </td>
        );
      })}
    </tr>
  );
}

/** A note with its full stop, whether its author wrote one or not. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Why cells cannot be changed, each reason once. */
function reasonsOf(table: Table): string[] {
  const reasons = new Set<string>();
  for (const row of table.rows) {
    for (const cell of Object.values(row.cells)) {
      if (!cell.editable && cell.derived !== true && cell.reason !== undefined)
        reasons.add(cell.reason);
    }
  }
  return [...reasons];
}

interface GridProps {
  readonly store: TableStore;
  readonly announcer: Announcer;
  readonly onLock: Lock;
}

export function Grid({ store, announcer, onLock }: GridProps) {
  const locks = store
    .getSnapshot()
    .table.rows.some((r) => Object.values(r.cells).some((c) => c.may?.lock === true));
  const [locking, setLocking] = useState(false);
  const { table, drafts } = useSyncExternalStore(store.subscribe, store.getSnapshot);
  const asked = [...drafts.values()].some((d) => d.question !== undefined);
  const base = useId();
  const frame = useRef<HTMLDivElement>(null);
  const reasons = reasonsOf(table);
  const locked = !table.rows.some((r) => Object.values(r.cells).some((c) => c.editable));
  useProblemAnnouncements(drafts, announcer);

  const onKeyDown = (event: KeyboardEvent) => {
    const control = asControl(event.target);
    if (control === null) return;
    const at = { row: control.dataset["row"] ?? "", column: control.dataset["column"] ?? "" };
    if (event.key === "Escape" && drafts.has(cellKey(at))) {
      store.revert(at);
      announcer.say("Back to the saved value");
      return;
    }
    if (event.key === "Enter" && !(control instanceof HTMLSelectElement && event.altKey)) {
      event.preventDefault();
      store.commit();
    }
    const next = move(event, control);
    if (next === null) return;
    event.preventDefault();
    next.focus();
    if (!(next instanceof HTMLSelectElement) && next.type !== "date") next.select();
  };

  const onPaste = (event: ClipboardEvent) => {
    const control = asControl(event.target);
    const text = event.clipboardData.getData("text/plain");
    // One cell's text is an ordinary paste into that cell.
    if (control === null || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    const at = { row: control.dataset["row"] ?? "", column: control.dataset["column"] ?? "" };
    const { filled, skipped } = store.paste(at, text);
    const values = filled === 1 ? "1 value" : `${wholeNumber(filled)} values`;
    announcer.say(
      `Pasted ${values}.${skipped > 0 ? ` ${wholeNumber(skipped)} did not fit and were left out.` : ""}`,
    );
  };

  const rows = (of: readonly Row[]) =>
    of.map((row) => (
      <BodyRow
        key={row.id}
        table={table}
        row={row}
        drafts={drafts}
        store={store}
        base={base}
        onLock={locking ? onLock : null}
      />
    ));

  const about = [
    `Unit: ${table.unit}.`,
    ...(table.sign === undefined ? [] : [sentence(table.sign)]),
    ...(table.price_base === undefined ? [] : [sentence(table.price_base)]),
  ];

  return (
    <section className="fp-grid" aria-labelledby={`${base}-caption`}>
      <a
        className="fp-skip-past"
        href={`#${base}-after`}
        onClick={(e) => skipPast(e, `${base}-after`)}
      >
        Skip past this table
      </a>
      <Conflicts store={store} announcer={announcer} />
      {asked && (
        <Suspense>
          <Reasons store={store} announcer={announcer} />
        </Suspense>
      )}
      <div
        className="fp-grid__frame"
        ref={frame}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        // With nothing in it to go to, the keyboard scrolls the frame itself.
        {...(locked ? { tabIndex: 0, role: "group", "aria-labelledby": `${base}-caption` } : {})}
      >
        <table className="nhsuk-table fp-grid__table" aria-describedby={`${base}-about`}>
          <caption className="nhsuk-table__caption nhsuk-table__caption--m" id={`${base}-caption`}>
            {table.title}
          </caption>
          <thead className="nhsuk-table__head">
            <tr className="nhsuk-table__row">
              <th className="nhsuk-table__header fp-grid__row-title" scope="col">
                {table.row_title ?? "Line"}
              </th>
              {table.columns.map((column) => (
                <th
                  className={`nhsuk-table__header fp-grid__column--${column.type}${column.type === "number" ? " nhsuk-table__header--numeric" : ""}`}
                  scope="col"
                  key={column.key}
                >
                  {column.title}
                  {column.unit !== undefined && column.unit !== table.unit && (
                    <span className="fp-grid__unit">{column.unit}</span>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="nhsuk-table__body">{rows(table.rows)}</tbody>
          {table.totals !== undefined && table.totals.length > 0 && (
            <tfoot className="nhsuk-table__body fp-grid__totals">{rows(table.totals)}</tfoot>
          )}
        </table>
      </div>
      <div className="nhsuk-hint fp-grid__about" id={`${base}-about`}>
        {about.join(" ")} {table.note}
        {reasons.length > 0 && (
          <ul className="nhsuk-list">
            {reasons.map((reason) => (
              <li key={reason}>{locked ? reason : `Values without a box: ${reason}`}</li>
            ))}
          </ul>
        )}
      </div>
      {locks && (
        <Button small variant="secondary" onClick={() => setLocking(!locking)}>
          {locking ? "Done with locks" : "Lock or unlock figures"}
          <span className="nhsuk-u-visually-hidden"> of {table.title}</span>
        </Button>
      )}
      <div id={`${base}-after`} tabIndex={-1} />
    </section>
  );
}

function skipPast(event: { preventDefault: () => void }, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}

/** Says a new problem once; the message stays beside its cell. */
function useProblemAnnouncements(drafts: ReadonlyMap<string, Draft>, announcer: Announcer): void {
  const said = useRef(new Set<string>());
  useEffect(() => {
    const present = new Set<string>();
    for (const [key, { problem }] of drafts) {
      if (problem === null) continue;
      present.add(key + problem);
      if (!said.current.has(key + problem)) announcer.say(`Not saved: ${problem}`);
    }
    said.current = present;
  }, [drafts, announcer]);
}
