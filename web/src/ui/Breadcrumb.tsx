import { Link } from "./Link.tsx";

export interface Crumb {
  readonly text: string;
  readonly to: string;
}

/** The way back up: on small screens only the last step, as a back link. */
export function Breadcrumb({ items }: { items: readonly Crumb[] }) {
  const last = items.at(-1);
  return (
    <nav className="nhsuk-breadcrumb" aria-label="Breadcrumb">
      <ol className="nhsuk-breadcrumb__list">
        {items.map((item) => (
          <li className="nhsuk-breadcrumb__list-item" key={item.to}>
            <Link className="nhsuk-breadcrumb__link" to={item.to}>
              {item.text}
            </Link>
          </li>
        ))}
      </ol>
      {last && (
        <Link className="nhsuk-back-link" to={last.to}>
          <span className="nhsuk-u-visually-hidden">Back to </span>
          {last.text}
        </Link>
      )}
    </nav>
  );
}
