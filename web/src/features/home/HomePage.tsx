import type { Need, PlanSummary } from "../../api/types.ts";
import { useApp, usePerson, useTitle } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { calendarDate, timeAgo } from "../../app/time.ts";
import { Link } from "../../ui/Link.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { SummaryList } from "../../ui/SummaryList.tsx";
import { Tag, type TagColour } from "../../ui/Tag.tsx";
import { Failed } from "../pages/Problems.tsx";

const tags: Record<Need["code"], { words: string; colour: TagColour }> = {
  lead: { words: "You lead this", colour: "blue" },
  write: { words: "You can write", colour: "white" },
  empty_field: { words: "Not started", colour: "orange" },
  over_limit: { words: "Too long", colour: "red" },
};

/** One entry a section: the tag of the most pressing need, all messages below the link. */
interface SectionNeeds {
  readonly section: string;
  readonly title: string;
  readonly due: string;
  readonly code: Need["code"];
  readonly messages: string[];
}

const urgency: Need["code"][] = ["over_limit", "empty_field", "lead", "write"];

export function needsBySection(needs: readonly Need[]): SectionNeeds[] {
  const sections = new Map<string, SectionNeeds>();
  for (const need of needs) {
    const known = sections.get(need.section);
    const code =
      known !== undefined && urgency.indexOf(known.code) <= urgency.indexOf(need.code)
        ? known.code
        : need.code;
    sections.set(need.section, {
      section: need.section,
      title: need.title,
      due: need.due_date,
      code,
      messages: [...(known?.messages ?? []), need.message],
    });
  }
  return [...sections.values()].sort((a, b) => a.due.localeCompare(b.due));
}

function Needs({ plan }: { plan: PlanSummary }) {
  const sections = needsBySection(plan.needs);
  if (sections.length === 0)
    return (
      <p>
        Nothing is waiting for you in this plan. You can read every section that is open to you.
      </p>
    );
  return (
    <ul className="nhsuk-task-list">
      {sections.map((s) => {
        const id = `${plan.id}-${s.section}`;
        return (
          <li className="nhsuk-task-list__item nhsuk-task-list__item--with-link" key={s.section}>
            <div className="nhsuk-task-list__name-and-hint">
              <Link
                className="nhsuk-link nhsuk-task-list__link"
                to={paths.section(plan.id, s.section)}
                aria-describedby={`${id}-hint ${id}-status`}
              >
                {s.title}
              </Link>
              <div className="nhsuk-task-list__hint" id={`${id}-hint`}>
                {s.messages.map((message) => (
                  <div key={message}>{message}</div>
                ))}
                {!s.messages.some((m) => m.includes(calendarDate(s.due))) && (
                  <div>Due {calendarDate(s.due)}.</div>
                )}
              </div>
            </div>
            <div className="nhsuk-task-list__status" id={`${id}-status`}>
              <Tag colour={tags[s.code].colour}>{tags[s.code].words}</Tag>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function PlanBlock({ plan }: { plan: PlanSummary }) {
  const change = plan.last_change;
  return (
    <section className="fp-plan" aria-labelledby={`plan-${plan.id}`}>
      <h2 className="nhsuk-heading-m" id={`plan-${plan.id}`}>
        <Link to={paths.plan(plan.id)}>{plan.title}</Link>
      </h2>
      <SummaryList
        rows={[
          {
            term: "Footprint",
            value: `${plan.footprint.alias}, footprint ${plan.footprint.number}, ${plan.footprint.region}`,
          },
          { term: "Round", value: `${plan.round.title}, due ${calendarDate(plan.round.date)}` },
          { term: "Sections", value: String(plan.sections) },
          {
            term: "Last change",
            value: change
              ? `${timeAgo(change.at, Date.now())}, ${change.name}, ${change.organisation_name}`
              : "No changes yet",
          },
        ]}
      />
      <h3 className="nhsuk-heading-s">What this plan needs from you</h3>
      <Needs plan={plan} />
    </section>
  );
}

/** Before there is a plan: what comes first, for whoever may do it. */
function NoPlan() {
  const { administrator } = usePerson();
  if (administrator !== true) {
    return (
      <p>
        You are not a member of any plan yet. Ask the person who leads the plan in your organisation
        to invite you.
      </p>
    );
  }
  return (
    <>
      <p className="fp-lede">There is no plan of yours yet. Three steps make one:</p>
      <ol className="nhsuk-list nhsuk-list--number">
        <li>pick the footprint, with its organisations</li>
        <li>invite the people who write it</li>
        <li>write</li>
      </ol>
      <p>
        <Link className="nhsuk-button" to={paths.start}>
          Start a plan
        </Link>
      </p>
    </>
  );
}

export function HomePage() {
  const { api } = useApp();
  const person = usePerson();
  const { resource, reload } = useResource(`plans/${person.id}`, () => api.plans());
  useTitle("My plans");
  if (resource.state === "loading") return <Loading what="My plans" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const { plans } = resource.value;
  return (
    <>
      <h1 className="nhsuk-heading-l">My plans</h1>
      {plans.length === 0 && <NoPlan />}
      {plans.map((plan) => (
        <PlanBlock plan={plan} key={plan.id} />
      ))}
      {plans.length > 0 && person.administrator === true && (
        <p>
          <Link to={paths.start}>Start another plan</Link>
        </p>
      )}
    </>
  );
}
