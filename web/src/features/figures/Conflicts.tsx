import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Announcer } from "../../app/announcer.ts";
import { clockTimeOrDay } from "../../app/time.ts";
import { Button } from "../../ui/Button.tsx";
import { shownValue } from "./numbers.ts";
import { cellAddress } from "./cells.ts";
import type { TableSnapshot, TableStore } from "./tableStore.ts";

export interface ConflictWords {
  readonly key: string;
  readonly where: string;
  readonly what: string;
  readonly mine: string;
  readonly theirs: string;
}

/** Both values in words: what the person typed, and who changed it to what. */
export function conflictWords({ table, drafts }: TableSnapshot, now: number): ConflictWords[] {
  const found: ConflictWords[] = [];
  for (const [key, { text, conflict }] of drafts) {
    if (conflict === null) continue;
    const at = cellAddress(key);
    const column = table.columns.find((c) => c.key === at.column);
    const row = table.rows.find((r) => r.id === at.row);
    if (column === undefined || row === undefined) continue;
    const by = conflict.changed_by;
    const who = by === undefined ? "Somebody else" : `${by.name}, ${by.organisation_name},`;
    const when =
      conflict.changed_at === undefined ? "" : ` at ${clockTimeOrDay(conflict.changed_at, now)}`;
    const mine = text.trim() === "" ? "nothing" : text.trim();
    const theirs = shownValue(column, conflict.value);
    found.push({
      key,
      where: `${row.title}, ${column.title}`,
      what: `You typed ${mine}. ${who} changed it to ${theirs}${when}.`,
      mine,
      theirs,
    });
  }
  return found;
}

/** Enough of a value to tell it from the other on a button. */
function short(value: string): string {
  return value.length > 24 ? `${value.slice(0, 23).trimEnd()}…` : value;
}

/** The buttons are gone after the choice: the focus goes on in the cell. */
function focusCell(key: string): void {
  const { row, column } = cellAddress(key);
  const cells = document.querySelectorAll<HTMLElement>(".fp-cell");
  [...cells].find((c) => c.dataset["row"] === row && c.dataset["column"] === column)?.focus();
}

/** Values that two people changed at once: nothing is overwritten until the person has chosen. */
export function Conflicts({ store, announcer }: { store: TableStore; announcer: Announcer }) {
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot);
  const conflicts = conflictWords(snapshot, Date.now());
  const said = useRef("");
  const now = conflicts.map((c) => c.key).join();
  useEffect(() => {
    if (now !== "" && now !== said.current) {
      announcer.say(
        "Somebody else changed a value that you typed. Choose above the table which one stays.",
      );
    }
    said.current = now;
  }, [now, announcer]);
  if (conflicts.length === 0) return null;
  return (
    <div className="fp-conflicts" role="group" aria-label="Values that somebody else changed too">
      {conflicts.map(({ key, where, what, mine, theirs }) => (
        <div className="fp-conflict" key={key}>
          <p>
            <strong>{where}</strong>
            <br />
            {what}
          </p>
          <div className="nhsuk-button-group">
            <Button
              small
              variant="secondary"
              aria-label={`Keep mine, ${mine}: ${where}`}
              onClick={() => {
                store.keepMine(cellAddress(key));
                announcer.say("Yours is kept");
                focusCell(key);
              }}
            >
              {`Keep mine, ${short(mine)}`}
            </Button>
            <Button
              small
              variant="secondary"
              aria-label={`Take theirs, ${theirs}: ${where}`}
              onClick={() => {
                store.takeTheirs(cellAddress(key));
                announcer.say("Theirs is taken");
                focusCell(key);
              }}
            >
              {`Take theirs, ${short(theirs)}`}
            </Button>
          </div>
        </div>
      ))}
    </div>
  );
}
