import { useState } from "react";
import type { RightsNotice } from "../../sync/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";

/** The section is no longer for this person: what was typed is more than a page that only says so. */
export function RightsLost({ rights, held }: { rights: RightsNotice | null; held: boolean }) {
  return (
    <Notice title="You no longer have the right">
      <p className="nhsuk-notification-banner__heading">
        {rights?.message ?? "You can no longer open this section."}
      </p>
      <p>
        What was saved before is safe.
        {held && " Words that were not accepted are kept below."}
      </p>
    </Notice>
  );
}

/** What somebody changed of one's rights in the section that is open. */
export function RightsNews({ rights }: { rights: RightsNotice }) {
  const [shown, setShown] = useState(true);
  if (!shown) return null;
  return (
    <Notice
      title={rights.write ? "You can write here now" : "You no longer have the right to write"}
    >
      <p className="nhsuk-notification-banner__heading">{rights.message}</p>
      <Button small variant="secondary" onClick={() => setShown(false)}>
        Close this notice
      </Button>
    </Notice>
  );
}
