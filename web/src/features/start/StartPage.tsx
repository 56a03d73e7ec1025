import { useState } from "react";
import { startApi } from "../../api/access.ts";
import type { CatalogueFootprint } from "../../api/types.ts";
import { useApp, useTitle } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import { paths } from "../../app/router.ts";
import { listed, wholeNumber } from "../../app/time.ts";
import { Breadcrumb } from "../../ui/Breadcrumb.tsx";
import { Button } from "../../ui/Button.tsx";
import { Details } from "../../ui/Details.tsx";
import { SelectField, TextField } from "../../ui/Fields.tsx";
import { useForm } from "../../ui/form.ts";
import { Link } from "../../ui/Link.tsx";
import { Loading } from "../../ui/Loading.tsx";
import { Problems } from "../../ui/Problems.tsx";
import { Failed } from "../pages/Problems.tsx";

/** Footprints that have every word of the search in their name, region or organisations. */
export function found(
  footprints: readonly CatalogueFootprint[],
  search: string,
): readonly CatalogueFootprint[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((w) => w !== "");
  return footprints.filter((f) => {
    const text = [f.name, f.region, String(f.number), ...f.organisations].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function Item({
  footprint,
  busy,
  onStart,
}: {
  footprint: CatalogueFootprint;
  busy: boolean;
  onStart: (organisation: string) => void;
}) {
  const { number, name, region, population, organisations, started, plan } = footprint;
  const [organisation, setOrganisation] = useState(organisations[0] ?? "");
  const facts = [`Footprint ${number}`, region, `${wholeNumber(population)} people`];
  return (
    <li className="fp-section-item">
      <div className="fp-section-item__head">
        <h2 className="nhsuk-heading-s">{name}</h2>
        {plan !== undefined && (
          <Link to={paths.plan(plan)}>
            Open its plan<span className="nhsuk-u-visually-hidden">: {name}</span>
          </Link>
        )}
        {!started && (
          <Button small aria-disabled={busy} onClick={() => onStart(organisation)}>
            Start a plan<span className="nhsuk-u-visually-hidden"> for {name}</span>
          </Button>
        )}
      </div>
      <p>{facts.join(", ")}</p>
      {started && plan === undefined && (
        <p>Its plan has been started. Ask its footprint lead to invite you.</p>
      )}
      <Details summary={`Organisations of ${name} (${organisations.length})`}>
        <p>{listed(organisations)}.</p>
        {!started && (
          <SelectField
            id={`organisation-${number}`}
            label="If you start its plan, you act for"
            error={undefined}
            value={organisation}
            onValue={setOrganisation}
            options={organisations.map((one) => ({ value: one, title: one }))}
          />
        )}
      </Details>
    </li>
  );
}

/** Pick a footprint: its plan is made with its organisations and sections, and inviting comes next. */
export function StartPage() {
  const { api, router, announcer } = useApp();
  const { resource, reload } = useResource("footprints", () => startApi(api).footprints());
  const [search, setSearch] = useState("");
  const form = useForm({});
  useTitle(form.problems.length > 0 ? "Error: Start a plan" : "Start a plan");
  if (resource.state === "loading") return <Loading what="Start a plan" />;
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  const all = resource.value;
  const shown = found(all, search);
  const start = (footprint: CatalogueFootprint, organisation: string) => {
    form.submit(
      () => [],
      async () => {
        const { plan } = await startApi(api).start(footprint.number, organisation);
        announcer.say(`The plan for ${footprint.name} is made. Now invite people.`);
        router.go(paths.invite(plan));
      },
    )();
  };
  return (
    <>
      <Breadcrumb items={[{ text: "My plans", to: paths.home }]} />
      <Problems form={form} />
      <h1 className="nhsuk-heading-l">Start a plan</h1>
      <p className="fp-lede">
        Pick the footprint. The plan is made with its organisations and nine sections, and you lead
        it until you hand it over. Then invite people, and write.
      </p>
      <div role="search">
        <TextField
          id="search"
          label="Search by place or organisation"
          type="search"
          autoComplete="off"
          value={search}
          error={undefined}
          onValue={setSearch}
        />
      </div>
      <p role="status">
        {shown.length === 0
          ? "No footprint fits. Try another word."
          : `${shown.length} of ${all.length} footprints`}
      </p>
      <ul className="fp-sections">
        {shown.map((f) => (
          <Item
            key={f.number}
            footprint={f}
            busy={form.busy}
            onStart={(organisation) => start(f, organisation)}
          />
        ))}
      </ul>
    </>
  );
}
