import { useState } from "react";
import { peopleApi } from "../../api/access.ts";
import { useApp } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import type { Organisation, OrganisationKind } from "../../api/types.ts";
import { Button } from "../../ui/Button.tsx";
import { DataTable } from "../../ui/DataTable.tsx";
import { CheckboxGroup, SelectField, TextField } from "../../ui/Fields.tsx";
import { needed, useForm } from "../../ui/form.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { Failed } from "../pages/Problems.tsx";
import { usePlanScope } from "../plan/scope.ts";
import { PlanPart } from "./PlanPart.tsx";
import { kindOptions, titleOf } from "./words.ts";

/** "Ousefen CCG (North)" as "ousefen-ccg-north": the name under which the log knows it. */
export function nameFrom(title: string): string {
  return title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
}

function OrganisationForm({
  organisation,
  taken,
  onSaved,
  onCancel,
}: {
  organisation: Organisation | null;
  taken: readonly string[];
  onSaved: (name: string) => void;
  onCancel: () => void;
}) {
  const { api } = useApp();
  const { plan } = usePlanScope();
  const [signs, setSigns] = useState(organisation?.signs === true);
  const form = useForm(
    {
      name: organisation?.name ?? "",
      kind: organisation?.kind ?? "ccg",
      signing_body: organisation?.signing_body ?? "",
    },
    "org-",
  );
  const submit = form.submit(
    (v) => [
      needed(v.name, "name", "Enter the name of the organisation"),
      organisation === null && taken.includes(nameFrom(v.name))
        ? { field: "name", message: "There is an organisation of this name already" }
        : null,
      needed(v.signing_body, "signing_body", "Enter the body that decides for it"),
    ],
    async (v) => {
      await peopleApi(api, plan.id).setOrganisation(organisation?.id ?? nameFrom(v.name), {
        name: v.name.trim(),
        kind: v.kind as OrganisationKind,
        signs,
        ...(organisation?.real_name === undefined ? {} : { real_name: organisation.real_name }),
        signing_body: v.signing_body.trim(),
      });
      onSaved(v.name.trim());
    },
  );
  return (
    <form className="fp-reading" noValidate onSubmit={submit} aria-labelledby="org-heading">
      <h2 className="nhsuk-heading-m" id="org-heading" tabIndex={-1} ref={(h) => h?.focus()}>
        {organisation === null ? "Add an organisation" : `Change ${organisation.name}`}
      </h2>
      <Problems form={form} />
      <TextField {...form.field("name")} label="Name" autoComplete="off" />
      <SelectField {...form.field("kind")} label="Kind" options={kindOptions} />
      <CheckboxGroup
        id="org-signs"
        legend="Sign-off"
        options={[{ value: "signs", title: "This organisation signs the plan" }]}
        values={signs ? ["signs"] : []}
        onValues={(v) => setSigns(v.includes("signs"))}
      />
      <TextField
        {...form.field("signing_body")}
        label="Body that decides for it"
        hint="Such as “Governing body” or “Cabinet”."
        autoComplete="off"
      />
      <div className="nhsuk-button-group">
        <Button type="submit" aria-disabled={form.busy}>
          Save
        </Button>
        <Button variant="secondary" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

export function OrganisationsPage() {
  const { api, announcer } = useApp();
  const { plan, reload: reloadPlan } = usePlanScope();
  const { resource, reload } = useResource(`organisations/${plan.id}`, () =>
    peopleApi(api, plan.id).organisations(),
  );
  const [open, setOpen] = useState<Organisation | "new" | null>(null);
  const manages = plan.may?.manage_organisations === true;
  if (resource.state === "loading") return <Loading what="Organisations" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const organisations = resource.value;
  const saved = (name: string) => {
    setOpen(null);
    reload();
    reloadPlan();
    announcer.say(`${name} is saved`);
  };
  return (
    <PlanPart heading="Organisations">
      {manages && open === null && (
        <Button onClick={() => setOpen("new")}>Add an organisation</Button>
      )}
      {open !== null && (
        <OrganisationForm
          key={open === "new" ? "" : open.id}
          organisation={open === "new" ? null : open}
          taken={organisations.map((o) => o.id)}
          onSaved={saved}
          onCancel={() => setOpen(null)}
        />
      )}
      <DataTable
        caption="Organisations of this plan"
        headings={["Name", "Kind", "Sign-off", ...(manages ? ["Change"] : [])]}
        rows={organisations.map((o) => ({
          key: o.id,
          cells: [
            o.name,
            titleOf(kindOptions, o.kind),
            o.signs
              ? `Signs${o.signing_body === undefined ? "" : `: ${o.signing_body}`}`
              : "Does not sign",
            ...(manages
              ? [
                  <button
                    className="fp-as-link"
                    type="button"
                    key="change"
                    onClick={() => {
                      setOpen(o);
                      scrollTo(0, 0);
                    }}
                  >
                    Change<span className="nhsuk-u-visually-hidden"> {o.name}</span>
                  </button>,
                ]
              : []),
          ],
        }))}
      />
    </PlanPart>
  );
}
