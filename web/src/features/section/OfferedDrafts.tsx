import { useEffect, useState } from "react";
import type * as Y from "yjs";
import { draftsApi } from "../../api/access.ts";
import type { Draft, SectionSummary } from "../../api/types.ts";
import { useApp, usePerson } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { clockTimeOrDay } from "../../app/time.ts";
import { Button } from "../../ui/Button.tsx";
import { SelectField, TextField } from "../../ui/Fields.tsx";
import { needed, useForm } from "../../ui/form.ts";
import { Problems } from "../../ui/Problems.tsx";
import { usePlanScope } from "../plan/scope.ts";
import { appendParagraphs, paragraphsOf } from "./append.ts";

function Decline({
  draft,
  onDone,
  onCancel,
}: {
  draft: Draft;
  onDone: () => void;
  onCancel: () => void;
}) {
  const { api, announcer } = useApp();
  const { plan } = usePlanScope();
  const form = useForm({ reason: "" }, `${draft.id}-`);
  const submit = form.submit(
    (v) => [needed(v.reason, "reason", "Enter why you decline these words")],
    async ({ reason }) => {
      await draftsApi(api, plan.id).settle(draft.id, "declined", reason.trim());
      announcer.say("Declined");
      onDone();
    },
  );
  return (
    <form noValidate onSubmit={submit}>
      <Problems form={form} />
      <TextField
        {...form.field("reason")}
        label={`Why? ${draft.by.name} sees the reason.`}
        autoComplete="off"
      />
      <div className="nhsuk-button-group">
        <Button small type="submit" aria-disabled={form.busy}>
          Decline
        </Button>
        <Button small variant="secondary" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function Offer({
  draft,
  section,
  doc,
  onDone,
}: {
  draft: Draft;
  section: SectionSummary;
  doc: Y.Doc | null;
  onDone: () => void;
}) {
  const { api, announcer } = useApp();
  const { plan } = usePlanScope();
  const [declining, setDeclining] = useState(false);
  const form = useForm({ field: section.fields[0]?.key ?? "" }, `${draft.id}-`);
  const take = form.submit(
    () => [],
    async ({ field }) => {
      if (doc === null) return;
      // First the mark that they are taken: two leads must not put them in twice.
      await draftsApi(api, plan.id).settle(draft.id, "taken");
      appendParagraphs(doc, field, paragraphsOf(draft.text));
      announcer.say("The words are at the end of the text");
      onDone();
    },
  );
  return (
    <li className="fp-offer">
      <p>
        <strong>
          {draft.by.name}, {draft.by.organisation_name}
        </strong>
        , {clockTimeOrDay(draft.at, Date.now())}
        {draft.message !== "" && <>: {draft.message}</>}
      </p>
      <pre tabIndex={0} aria-label={`Words of ${draft.by.name}`}>
        {draft.text}
      </pre>
      <Problems form={form} />
      {declining ? (
        <Decline draft={draft} onDone={onDone} onCancel={() => setDeclining(false)} />
      ) : (
        <>
          {doc !== null && section.fields.length > 1 && (
            <SelectField
              {...form.field("field")}
              label="Where do they go?"
              options={section.fields.map((f) => ({ value: f.key, title: f.title }))}
            />
          )}
          <div className="nhsuk-button-group">
            {doc !== null && (
              <Button small aria-disabled={form.busy} onClick={take}>
                Add to the end of the text
              </Button>
            )}
            <Button small variant="secondary" onClick={() => setDeclining(true)}>
              Decline
            </Button>
          </div>
        </>
      )}
    </li>
  );
}

/** Words that others could not write themselves, offered to who leads the section. */
export function OfferedDrafts({ section, doc }: { section: SectionSummary; doc: Y.Doc | null }) {
  const { api } = useApp();
  const me = usePerson().id;
  const { plan, live } = usePlanScope();
  const { resource, reload } = useResource(`drafts/${plan.id}/${me}`, () =>
    draftsApi(api, plan.id).list(),
  );
  useEffect(
    () => live?.onEvent((event) => void (event.kind.startsWith("draft.") && reload())),
    [live, reload],
  );
  if (resource.state !== "ready") return null;
  const here = resource.value.filter((d) => d.section === section.key);
  const open = here.filter((d) => d.outcome === undefined);
  const mine = open.filter((d) => d.by.person === me);
  const offered = open.filter((d) => d.by.person !== me && d.may_settle);
  // The newest answer: earlier ones have been read.
  const answered = here.find((d) => d.by.person === me && d.outcome !== undefined);
  return (
    <>
      {offered.length > 0 && (
        <section className="fp-held" aria-labelledby="offered">
          <h2 className="nhsuk-heading-s" id="offered">
            Words offered to you ({offered.length})
          </h2>
          <ul className="nhsuk-list">
            {offered.map((draft) => (
              <Offer key={draft.id} draft={draft} section={section} doc={doc} onDone={reload} />
            ))}
          </ul>
        </section>
      )}
      {mine.length > 0 && (
        <p className="fp-section__facts">
          {mine.length === 1
            ? "Words of yours are offered to who leads this section, and wait for an answer."
            : `${mine.length} pieces of yours are offered to who leads this section, and wait for an answer.`}
        </p>
      )}
      {answered !== undefined && <p className="fp-section__facts">{answerWords(answered)}</p>}
    </>
  );
}

/** "Hanna Lindqvist declined the words that you offered: said above already." */
export function answerWords({ outcome, reason, settled_by }: Draft): string {
  const who = settled_by?.name ?? "Who leads this section";
  return outcome === "taken"
    ? `${who} took the words that you offered into the text.`
    : `${who} declined the words that you offered${reason === undefined ? "." : `: ${reason}`}`;
}
