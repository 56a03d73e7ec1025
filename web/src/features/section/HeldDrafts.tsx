import { useEffect, useRef, useState } from "react";
import type { SectionSummary } from "../../api/types.ts";
import { useApp, usePerson } from "../../app/context.tsx";
import { clockTimeOrDay } from "../../app/time.ts";
import type { HeldDraft } from "../../sync/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Callout } from "../../ui/Callout.tsx";
import { failureWords } from "../../ui/failure.ts";
import { usePlanScope } from "../plan/scope.ts";

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
  const { api, announcer } = useApp();
  const [asked, setAsked] = useState(false);
  const empty = draft.fields.length === 0;
  const rights = draft.code.startsWith("right.");
  const me = usePerson().id;
  const { plan } = usePlanScope();
  const { lead } = section;
  const offers = !empty && lead != null && lead.name !== "" && lead.person !== me;
  const [offering, setOffering] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const offer = async () => {
    if (offering) return;
    setOffering(true);
    setFailed(null);
    try {
      const path = `/plans/${encodeURIComponent(plan.id)}/sections/${encodeURIComponent(section.key)}/drafts`;
      await api.send("POST", path, { text: draftText(draft), code: draft.code, message: "" });
      announcer.say(`Your words are offered to ${lead.name}`);
      onDiscard();
    } catch (error) {
      setFailed(failureWords(error));
      setOffering(false);
    }
  };
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
          : `Below are your words. ${
              rights
                ? "Offer them to who leads the section, or copy them and put them back in when you may."
                : "Copy them, change what was wrong, and put them back in."
            } ${
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
      {failed !== null && (
        <p className="nhsuk-error-message" role="alert">
          {failed}
        </p>
      )}
      <div className="nhsuk-button-group">
        {offers && (
          <Button small aria-disabled={offering} onClick={() => void offer()}>
            Offer them to {lead.name}
          </Button>
        )}
        {!empty && (
          <Button small variant={offers ? "secondary" : "primary"} onClick={() => void copy()}>
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
