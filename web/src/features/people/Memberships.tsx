import type { Membership } from "../../api/contract.ts";
import type { Organisation, Role } from "../../api/types.ts";
import { Button } from "../../ui/Button.tsx";
import { CheckboxGroup, SelectField } from "../../ui/Fields.tsx";
import type { Problem } from "../../ui/form.ts";
import { roleOptions } from "./words.ts";

/** What is wrong with a list of memberships. */
export function membershipProblems(memberships: readonly Membership[]): (Problem | null)[] {
  const seen = new Set<string>();
  return memberships.flatMap(({ organisation, roles }, index) => {
    const repeated = seen.has(organisation);
    seen.add(organisation);
    return [
      organisation === ""
        ? { field: `organisation-${index}`, message: "Choose an organisation" }
        : repeated
          ? {
              field: `organisation-${index}`,
              message: "Choose each organisation once, with all of its roles",
            }
          : null,
      roles.length === 0 ? { field: `roles-${index}`, message: "Choose at least one role" } : null,
    ];
  });
}

/** For which organisations somebody acts, and as what. */
export function Memberships({
  value,
  onValue,
  organisations,
  errorOf,
}: {
  value: readonly Membership[];
  onValue: (value: readonly Membership[]) => void;
  organisations: readonly Organisation[];
  errorOf: (field: string) => string | undefined;
}) {
  const change = (index: number, part: Partial<Membership>) =>
    onValue(value.map((m, i) => (i === index ? { ...m, ...part } : m)));
  const options = [
    { value: "", title: "Choose" },
    ...organisations.map((o) => ({ value: o.id, title: o.name })),
  ];
  return (
    <>
      {value.map((m, index) => (
        // A membership has no name of its own while it is being made.
        // oxlint-disable-next-line react/no-array-index-key
        <div
          className="fp-membership"
          role="group"
          aria-label={`Membership ${index + 1}`}
          key={index}
        >
          <SelectField
            id={`organisation-${index}`}
            label={index === 0 ? "Organisation" : "Another organisation"}
            value={m.organisation}
            error={errorOf(`organisation-${index}`)}
            onValue={(organisation) => change(index, { organisation })}
            options={options}
          />
          <CheckboxGroup
            id={`roles-${index}`}
            legend="Roles"
            options={roleOptions}
            values={m.roles}
            error={errorOf(`roles-${index}`)}
            onValues={(roles) => change(index, { roles: roles as Role[] })}
          />
          {value.length > 1 && (
            <Button
              small
              variant="secondary"
              onClick={() => onValue(value.filter((_, i) => i !== index))}
            >
              Remove this organisation
            </Button>
          )}
        </div>
      ))}
      <Button
        small
        variant="secondary"
        onClick={() => onValue([...value, { organisation: "", roles: [] }])}
      >
        Add another organisation
      </Button>
    </>
  );
}
