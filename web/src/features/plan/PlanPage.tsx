import { useEffect, useRef } from "react";
import type { SectionSummary } from "../../api/types.ts";
import { useApp, usePerson, useTitle } from "../../app/context.tsx";
import { paths } from "../../app/router.ts";
import { calendarDate, timeAgo, words } from "../../app/time.ts";
import type { PresentPerson } from "../../sync/types.ts";
import { Breadcrumb } from "../../ui/Breadcrumb.tsx";
import { Details } from "../../ui/Details.tsx";
import { Link } from "../../ui/Link.tsx";
import { PresentList } from "../../ui/PresentList.tsx";
import { SummaryList } from "../../ui/SummaryList.tsx";
import { StatusTag } from "../../ui/Tag.tsx";
import { leadWords } from "./lead.ts";
import { usePlanScope, usePresence } from "./scope.ts";

function SectionItem({
  plan,
  section,
  present,
  me,
}: {
  plan: string;
  section: SectionSummary;
  present: readonly PresentPerson[];
  me: string;
}) {
  const change = section.last_change;
  const id = `section-${section.key}`;
  return (
    <li className="fp-section-item">
      <div className="fp-section-item__head">
        <h3 className="nhsuk-heading-s" id={id}>
          {section.may.read ? (
            <Link to={paths.section(plan, section.key)}>{section.title}</Link>
          ) : (
            section.title
          )}
        </h3>
        <StatusTag status={section.status} />
      </div>
      {!section.may.read && <p>{section.may.reason ?? "You cannot read this section."}</p>}
      <dl className="fp-facts">
        <div>
          <dt>Lead</dt>
          <dd>{leadWords(section)}</dd>
        </div>
        <div>
          <dt>Due</dt>
          <dd>{calendarDate(section.due_date)}</dd>
        </div>
        <div>
          <dt>Length</dt>
          <dd>{words(section.words)}</dd>
        </div>
        <div>
          <dt>Last change</dt>
          <dd>
            {change
              ? `${timeAgo(change.at, Date.now())}, ${change.name}, ${change.organisation_name}`
              : "No changes yet"}
          </dd>
        </div>
        <div className={present.length === 0 ? undefined : "fp-facts__wide"}>
          <dt>In it now</dt>
          <dd>
            {present.length === 0 ? (
              "Nobody"
            ) : (
              <PresentList people={present} me={me} label={`In ${section.title} now`} />
            )}
          </dd>
        </div>
      </dl>
    </li>
  );
}

/** Tells who came to which section and who left, for those who do not see the list change. */
function usePresenceAnnouncements(
  presence: Readonly<Record<string, readonly PresentPerson[]>>,
  me: string,
): void {
  const { announcer } = useApp();
  const { plan } = usePlanScope();
  const before = useRef<Set<string> | null>(null);
  useEffect(() => {
    const now = new Map<string, string>();
    for (const section of plan.sections) {
      for (const p of presence[section.key] ?? []) {
        if (p.person !== me)
          now.set(
            `${section.key}/${p.person}`,
            `${p.name}, ${p.organisation_name}, is in ${section.title}.`,
          );
      }
    }
    if (before.current !== null) {
      for (const [key, text] of now) if (!before.current.has(key)) announcer.mention(text);
    }
    before.current = new Set(now.keys());
  }, [presence, plan, me, announcer]);
}

export function PlanPage() {
  const scope = usePlanScope();
  const { plan } = scope;
  const me = usePerson().id;
  const presence = usePresence(scope);
  usePresenceAnnouncements(presence, me);
  useTitle(plan.title);
  const total = plan.sections.reduce((sum, s) => sum + s.words, 0);
  const done = plan.sections.filter((s) => s.status === "signed_off").length;
  return (
    <>
      <Breadcrumb items={[{ text: "My plans", to: paths.home }]} />
      <h1 className="nhsuk-heading-l">{plan.title}</h1>
      <p className="fp-lede">
        {done} of {plan.sections.length} sections signed off. {words(total)} in all.
      </p>
      <SummaryList
        rows={[
          {
            term: "Footprint",
            value: `${plan.footprint.alias}, footprint ${plan.footprint.number}, ${plan.footprint.region}`,
          },
          { term: "Round", value: `${plan.round.title}, due ${calendarDate(plan.round.date)}` },
        ]}
      />
      <ul className="fp-plan-links" aria-label="More about this plan">
        <li>
          <Link to={paths.people(plan.id)}>People</Link>
        </li>
        <li>
          <Link to={paths.organisations(plan.id)}>Organisations</Link>
        </li>
        {plan.may?.see_audit === true && (
          <li>
            <Link to={paths.audit(plan.id)}>Record of acts</Link>
          </li>
        )}
      </ul>
      <h2 className="nhsuk-heading-m">Sections</h2>
      <ul className="fp-sections">
        {plan.sections.map((section) => (
          <SectionItem
            key={section.key}
            plan={plan.id}
            section={section}
            present={presence[section.key] ?? []}
            me={me}
          />
        ))}
      </ul>
      <h2 className="nhsuk-heading-m">About this plan</h2>
      <Details summary="Milestones">
        <ul className="nhsuk-list nhsuk-list--bullet">
          {plan.milestones.map((m) => (
            <li key={m.key}>
              {calendarDate(m.date)}: {m.title}
            </li>
          ))}
        </ul>
      </Details>
      <Details summary={`Organisations (${plan.organisations.length})`}>
        <p>Shown by the names that this plan uses for them.</p>
        <ul className="nhsuk-list nhsuk-list--bullet">
          {plan.organisations.map((o) => (
            <li key={o.id}>
              {o.name}
              {o.signs ? ", signs the plan" : ""}
            </li>
          ))}
        </ul>
      </Details>
    </>
  );
}
