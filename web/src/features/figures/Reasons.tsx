import { useId, useState, useSyncExternalStore } from "react";
import type { Announcer } from "../../app/announcer.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Fields.tsx";
import { cellAddress } from "./cells.ts";
import type { TableStore } from "./tableStore.ts";

/** Figures of others that were changed: the service asks why before it takes them. */
export function Reasons({ store, announcer }: { store: TableStore; announcer: Announcer }) {
  const { table, drafts } = useSyncExternalStore(store.subscribe, store.getSnapshot);
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const asked = [...drafts].filter(([, d]) => d.question !== undefined);
  if (asked.length === 0) return null;
  const questions = [...new Set(asked.map(([, d]) => d.question))];
  const where = asked.map(([key]) => {
    const at = cellAddress(key);
    const row = table.rows.find((r) => r.id === at.row)?.title ?? at.row;
    return `${row}, ${table.columns.find((c) => c.key === at.column)?.title ?? at.column}`;
  });
  return (
    <form
      className="fp-conflict"
      aria-label="Reason for a change"
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        setWrong(reason.trim() === "");
        if (reason.trim() === "") return;
        store.giveReason(reason.trim());
        setReason("");
        announcer.say("Sent with your reason");
      }}
    >
      <p role="alert">
        <strong>{where.join("; ")}</strong>
        <br />
        {questions.join(" ")}
      </p>
      <TextField
        id={`${id}-reason`}
        label="Reason"
        autoComplete="off"
        value={reason}
        error={wrong ? "Enter why you change it" : undefined}
        onValue={setReason}
      />
      <div className="nhsuk-button-group">
        <Button small type="submit">
          Save with this reason
        </Button>
        <Button
          small
          variant="secondary"
          onClick={() => {
            store.withdrawAsked();
            announcer.say("Back to the saved value");
          }}
        >
          Do not change
        </Button>
      </div>
    </form>
  );
}
