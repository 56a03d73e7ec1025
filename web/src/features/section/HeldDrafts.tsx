import { useEffect, useRef, useState } from "react";
import type { SectionSummary } from "../../api/types.ts";
import { useApp } from "../../app/context.tsx";
import { clockTimeOrDay } from "../../app/time.ts";
import type { HeldDraft } from "../../sync/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Callout } from "../../ui/Callout.tsx";

export function draftText(draft: HeldDraft): string {
  return draft.fields.map((f) => f.paragraphs.join("\n\n")).join("\n\n");
}

function Held({
  draft,
  section,
  onDiscard,
}: {
  draft: HeldDraft;
  section: SectionSummary;
  onDiscard: () => void;
}) {
  const { announcer } = useApp();
  const [asked, setAsked] = useState(false);
  const empty = draft.fields.length === 0;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(draftText(draft));
      announcer.say("Copied");
    } catch {
      announcer.say(
        "This browser did not let the page copy. Select the text and copy it yourself.",
      );
    }
  };
  return (
    <Callout heading={`Words held back since ${clockTimeOrDay(draft.at, Date.now())}`}>
      <p>
        {draft.message}{" "}
        {empty
          ? "All your words are in the text: only how they were marked was not accepted."
          : `Below are your words. Copy them, change what was wrong, and put them back in. ${
              draft.onDevice === false
                ? "This device has no room to keep them: copy them before you close this page."
                : "They stay on this device until you discard them."
            }`}
      </p>
      {draft.fields.map((f) => (
        <div key={f.field}>
          <h3 className="nhsuk-heading-xs">
            {section.fields.find((x) => x.key === f.field)?.title ?? f.field}
          </h3>
          <pre tabIndex={0}>{f.paragraphs.join("\n\n")}</pre>
        </div>
      ))}
      <div className="nhsuk-button-group">
        {!empty && (
          <Button small onClick={() => void copy()}>
            Copy these words
          </Button>
        )}
        {asked ? (
          <>
            <Button small variant="warning" onClick={onDiscard}>
              Yes, discard them
            </Button>
            <Button small variant="secondary" onClick={() => setAsked(false)}>
              Keep them
            </Button>
          </>
        ) : (
          <Button small variant="secondary" onClick={() => setAsked(true)}>
            Discard
          </Button>
        )}
      </div>
    </Callout>
  );
}

/** What the server refused: never thrown away without the person saying so. */
export function HeldDrafts({
  drafts,
  section,
  onDiscard,
}: {
  drafts: readonly HeldDraft[];
  section: SectionSummary;
  onDiscard: (id: string) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const count = useRef(drafts.length);
  // The words have just gone from the text: whoever is typing must see where they are.
  useEffect(() => {
    if (drafts.length > count.current) box.current?.focus();
    count.current = drafts.length;
  }, [drafts.length]);
  if (drafts.length === 0) return null;
  return (
    <div
      className="fp-held"
      ref={box}
      tabIndex={-1}
      role="group"
      aria-label="Words that were not accepted"
    >
      {drafts.map((draft) => (
        <Held
          key={draft.id}
          draft={draft}
          section={section}
          onDiscard={() => onDiscard(draft.id)}
        />
      ))}
    </div>
  );
}
