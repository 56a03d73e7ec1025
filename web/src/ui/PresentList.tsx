import type { Present } from "../api/types.ts";
import { initials } from "./initials.ts";

type Shown = Omit<Present, "colour"> & { readonly colour?: string };

/** People in a section now: initials in the colour of their organisation, with both names in words. */
export function PresentList({
  people,
  me,
  label,
}: {
  people: readonly Shown[];
  me?: string;
  label: string;
}) {
  return (
    <ul className="fp-present" aria-label={label}>
      {people.map((p) => (
        <li className="fp-present__person" key={p.person}>
          <span
            className="fp-present__badge"
            aria-hidden="true"
            style={{ backgroundColor: p.colour }}
          >
            {initials(p.name)}
          </span>
          <span>
            {p.name}
            {p.person === me && " (you)"}
            <span className="fp-present__organisation">
              <span className="nhsuk-u-visually-hidden">, </span>
              {p.organisation_name}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
