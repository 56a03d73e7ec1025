import { useState } from "react";
import { auditApi, auditPath, peopleApi } from "../../api/access.ts";
import type { AuditFilter } from "../../api/contract.ts";
import type { Act } from "../../api/types.ts";
import { useApp } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { Button } from "../../ui/Button.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { SelectField, TextField } from "../../ui/Fields.tsx";
import { useForm } from "../../ui/form.ts";
import { Problems } from "../../ui/Problems.tsx";
import { Failed } from "../pages/Problems.tsx";
import { PlanPart } from "../people/PlanPart.tsx";
import { usePlanScope } from "../plan/scope.ts";

const pageSize = 50;

const none: AuditFilter = {
  person: "",
  organisation: "",
  kind: "",
  section: "",
  from: "",
  to: "",
};

const kinds = [
  { value: "", title: "Everything" },
  { value: "plan.created", title: "The plan was made" },
  { value: "section.updated", title: "Words" },
  { value: "figure.changed", title: "Figures" },
  { value: "figure.status_changed", title: "Figures locked or unlocked" },
  { value: "member.changed", title: "People and roles" },
  { value: "section.changed", title: "Settings of sections" },
  { value: "organisation.changed", title: "Organisations" },
  { value: "draft.offered", title: "Words offered" },
  { value: "draft.settled", title: "Offered words taken or declined" },
];

const moment = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "Europe/London",
});

function Filters({
  value,
  onFilter,
}: {
  value: AuditFilter;
  onFilter: (filter: AuditFilter) => void;
}) {
  const { api } = useApp();
  const { plan } = usePlanScope();
  const { resource } = useResource(`members/${plan.id}`, () => peopleApi(api, plan.id).members());
  const members = resource.state === "ready" ? resource.value : [];
  const form = useForm({ ...value });
  const submit = form.submit(
    (v) => [
      v.from !== "" && v.to !== "" && v.from > v.to
        ? { field: "to", message: "The last day must not be before the first" }
        : null,
    ],
    async (v) => onFilter(v),
  );
  const all = (title: string) => ({ value: "", title });
  return (
    <form noValidate onSubmit={submit} aria-label="Filters">
      <Problems form={form} />
      <div className="fp-filters">
        <SelectField
          {...form.field("person")}
          label="Person"
          options={[all("Everybody"), ...members.map((m) => ({ value: m.id, title: m.name }))]}
        />
        <SelectField
          {...form.field("organisation")}
          label="Organisation"
          options={[all("All"), ...plan.organisations.map((o) => ({ value: o.id, title: o.name }))]}
        />
        <SelectField {...form.field("kind")} label="What" options={kinds} />
        <SelectField
          {...form.field("section")}
          label="Section"
          options={[all("All"), ...plan.sections.map((s) => ({ value: s.key, title: s.title }))]}
        />
        <TextField {...form.field("from")} label="From" type="date" />
        <TextField {...form.field("to")} label="To" type="date" />
      </div>
      <div className="nhsuk-button-group">
        <Button type="submit" small>
          Show
        </Button>
        <Button
          small
          variant="secondary"
          onClick={() => {
            for (const [name, text] of Object.entries(none)) {
              form.set(name as keyof AuditFilter, text);
            }
            onFilter(none);
          }}
        >
          Clear
        </Button>
      </div>
    </form>
  );
}

function who({ actor }: Act): string {
  return actor === null ? "The service" : actor.name;
}

function Acts({ filter }: { filter: AuditFilter }) {
  const { api } = useApp();
  const { plan } = usePlanScope();
  // Where each page shown so far began: the last is the present one.
  const [starts, setStarts] = useState<readonly number[]>([0]);
  const after = starts.at(-1) ?? 0;
  const { resource, reload } = useResource(
    `audit/${plan.id}/${JSON.stringify(filter)}/${after}`,
    () => auditApi(api, plan.id).page(filter, after, pageSize),
  );
  if (resource.state === "loading") return <p aria-busy="true">Loading the record…</p>;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const { acts, next } = resource.value;
  const sections = new Map(plan.sections.map((s) => [s.key, s.title]));
  return (
    <>
      {acts.length === 0 ? (
        <p>Nothing fits.</p>
      ) : (
        <DataTable
          caption={starts.length === 1 ? "Acts" : `Acts, page ${starts.length}`}
          headings={["Number", "When", "Who", "For", "Section", "What"]}
          rows={acts.map((e) => ({
            key: `${e.position}`,
            cells: [
              e.position,
              moment.format(e.at),
              who(e),
              e.actor?.organisation_name ?? "",
              e.section === undefined ? "" : (sections.get(e.section) ?? e.section),
              e.reason === undefined ? e.words : `${e.words}. Reason: ${e.reason}`,
            ],
          }))}
        />
      )}
      <div className="nhsuk-button-group">
        {starts.length > 1 && (
          <Button small variant="secondary" onClick={() => setStarts(starts.slice(0, -1))}>
            Page before
          </Button>
        )}
        {next !== undefined && (
          <Button small variant="secondary" onClick={() => setStarts([...starts, next])}>
            Next page
          </Button>
        )}
      </div>
    </>
  );
}

/** Who did what, for whom and when; filtered, in pages, and as files. */
export function AuditPage() {
  const { plan } = usePlanScope();
  const [filter, setFilter] = useState(none);
  const file = (format: "csv" | "jsonl") => `/api/v1${auditPath(plan.id, filter, { format })}`;
  return (
    <PlanPart heading="Record of acts">
      <p className="fp-lede">
        Every act in this plan that you may see, as the service recorded it.
      </p>
      <Filters value={filter} onFilter={setFilter} />
      <p>
        Take away what is shown, all pages:{" "}
        <a href={file("csv")} download>
          spreadsheet (CSV)
        </a>
        ,{" "}
        <a href={file("jsonl")} download>
          JSON lines
        </a>
      </p>
      <Acts filter={filter} key={JSON.stringify(filter)} />
    </PlanPart>
  );
}
