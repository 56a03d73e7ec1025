import { useState } from "react";
import { peopleApi } from "../../api/access.ts";
import type { Member } from "../../api/contract.ts";
import type { SectionChange, SectionStatus, SectionSummary, Visibility } from "../../api/types.ts";
import { useApp } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { Button } from "../../ui/Button.tsx";
import { InsetText } from "../../ui/Callout.tsx";
import { CheckboxGroup, RadioGroup, SelectField, TextField } from "../../ui/Fields.tsx";
import { needed, useForm } from "../../ui/form.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { Failed, NoAccess, NotFound } from "../pages/Problems.tsx";
import { usePlanScope } from "../plan/scope.ts";
import { mayChangeSettings } from "./may.ts";
import { PlanPart } from "./PlanPart.tsx";
import { statusOptions, visibilityOptions } from "./words.ts";

function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
}

interface Chosen {
  readonly values: {
    readonly title: string;
    readonly lead: string;
    readonly lead_organisation: string;
    readonly due_date: string;
    readonly visibility: string;
    readonly status: string;
    readonly reason: string;
  };
  readonly deputies: string[];
  readonly named: string[];
}

export function namedPeople(section: SectionSummary): readonly string[] {
  return (section.named_people ?? []).map((p) => p.person);
}

/** Only what differs: each part needs a right of its own. */
export function sectionChange(section: SectionSummary, chosen: Chosen): SectionChange {
  const { values, deputies, named } = chosen;
  const before = {
    title: section.title,
    lead: section.lead?.person ?? "",
    lead_organisation: section.lead_organisation ?? "",
    due_date: section.due_date,
    visibility: section.visibility,
    status: section.status,
  };
  const changed = Object.keys(before).filter((key) => {
    const name = key as keyof typeof before;
    return values[name] !== before[name];
  });
  return {
    ...Object.fromEntries(changed.map((key) => [key, values[key as keyof typeof before]])),
    ...(same(
      deputies,
      section.deputies.map((d) => d.person),
    )
      ? {}
      : { deputies }),
    ...(same(named, namedPeople(section)) ? {} : { named_people: named }),
    ...(values.reason.trim() === "" ? {} : { reason: values.reason.trim() }),
  };
}

/** Signing off is done by those who sign, not here; freezing needs a right of its own. */
function offered(status: SectionStatus, section: SectionSummary): boolean {
  if (status === section.status) return true;
  const may = section.may;
  if (status === "frozen") return may.freeze_section === true;
  return status !== "signed_off" && (may.move_section === true || section.status === "frozen");
}

function Settings({ section, members }: { section: SectionSummary; members: readonly Member[] }) {
  const { api, router, announcer } = useApp();
  const { plan, reload } = usePlanScope();
  const may = section.may;
  const [deputies, setDeputies] = useState<string[]>(section.deputies.map((d) => d.person));
  const [named, setNamed] = useState<string[]>([...namedPeople(section)]);
  const form = useForm({
    title: section.title,
    lead: section.lead?.person ?? "",
    lead_organisation: section.lead_organisation ?? "",
    due_date: section.due_date,
    visibility: section.visibility as string,
    status: section.status as string,
    reason: "",
  });
  const people = members
    .filter((m) => m.memberships.length > 0)
    .map((m) => ({ value: m.id, title: m.name }));
  const back = paths.section(plan.id, section.key);
  const submit = form.submit(
    (v) => [
      needed(v.title, "title", "Enter the title of the section"),
      v.visibility === "named" && named.length === 0
        ? { field: "named_people", message: "Choose who may see the section" }
        : null,
    ],
    async (values) => {
      const change = sectionChange(section, { values, deputies, named });
      if (Object.keys(change).some((key) => key !== "reason")) {
        await peopleApi(api, plan.id).setSection(section.key, change);
        reload();
        announcer.say("The settings are saved");
      }
      router.go(back);
    },
    { "reason.needed": "reason" },
  );
  return (
    <PlanPart
      heading={`Settings of ${section.title}`}
      above={[{ text: section.title, to: back }]}
      wrong={form.problems.length > 0}
      problems={<Problems form={form} />}
    >
      <InsetText>
        <p>Changes take effect at once, also for people who have the section open now.</p>
      </InsetText>
      <form className="fp-reading" noValidate onSubmit={submit}>
        {may.appoint_lead === true && (
          <>
            <TextField {...form.field("title")} label="Title" autoComplete="off" />
            <SelectField
              {...form.field("lead")}
              label="Section lead"
              options={[{ value: "", title: "Nobody yet" }, ...people]}
            />
            <SelectField
              {...form.field("lead_organisation")}
              label="Organisation that leads"
              options={[
                { value: "", title: "None" },
                ...plan.organisations.map((o) => ({ value: o.id, title: o.name })),
              ]}
            />
            <TextField {...form.field("due_date")} label="Due" type="date" />
          </>
        )}
        {may.share_section === true && (
          <>
            <CheckboxGroup
              id="deputies"
              legend="Deputies of the section lead"
              options={people}
              values={deputies}
              error={form.errorOf("deputies")}
              onValues={setDeputies}
            />
            <RadioGroup
              id="visibility"
              legend="Who can see it"
              options={visibilityOptions}
              value={form.values.visibility}
              error={form.errorOf("visibility")}
              onValue={(v) => form.set("visibility", v as Visibility)}
            />
            {form.values.visibility === "named" && (
              <CheckboxGroup
                id="named_people"
                legend="Named people"
                options={people}
                values={named}
                error={form.errorOf("named_people")}
                onValues={setNamed}
              />
            )}
          </>
        )}
        {(may.move_section === true || may.freeze_section === true) && (
          <SelectField
            {...form.field("status")}
            label="Status"
            hint="While a section is frozen, nobody can change it."
            options={statusOptions.filter((o) => offered(o.value, section))}
          />
        )}
        <TextField
          {...form.field("reason")}
          label="Reason (optional for most changes)"
          hint="It is kept in the record of this plan."
          autoComplete="off"
        />
        <Button type="submit" aria-disabled={form.busy}>
          Save settings
        </Button>
      </form>
    </PlanPart>
  );
}

export function SectionSettingsPage({ section: key }: { section: string }) {
  const { api } = useApp();
  const { plan } = usePlanScope();
  const { resource, reload } = useResource(`members/${plan.id}`, () =>
    peopleApi(api, plan.id).members(),
  );
  const section = plan.sections.find((s) => s.key === key);
  if (section === undefined) return <NotFound />;
  if (!mayChangeSettings(section)) {
    return <NoAccess message="Only those who lead the section or the plan can change this." />;
  }
  if (resource.state === "loading") return <Loading what="Settings" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  return <Settings section={section} members={resource.value} />;
}
