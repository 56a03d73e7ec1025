import { Link } from "./Link.tsx";

export interface Page {
  readonly to: string;
  readonly title: string;
}

const arrows = {
  left: "M10.1 6.3a1 1 0 0 1 0 1.4L6.8 11H21a1 1 0 0 1 0 2H6.8l3.3 3.3a1 1 0 0 1-1.4 1.4l-5-5a1 1 0 0 1 0-1.4l5-5a1 1 0 0 1 1.4 0Z",
  right:
    "m15.3 6.3 5 5a1 1 0 0 1 0 1.4l-5 5a1 1 0 0 1-1.4-1.4l3.3-3.3H3a1 1 0 0 1 0-2h14.2l-3.3-3.3a1 1 0 0 1 1.4-1.4Z",
};

function Arrow({ to }: { to: "left" | "right" }) {
  return (
    <svg
      className={`nhsuk-icon nhsuk-icon--arrow-${to}`}
      viewBox="0 0 24 24"
      width="16"
      height="16"
      focusable="false"
      aria-hidden="true"
    >
      <path d={arrows[to]} />
    </svg>
  );
}

/** The page before and the page after. */
export function Pagination({
  label,
  previous,
  next,
}: {
  label: string;
  previous?: Page | undefined;
  next?: Page | undefined;
}) {
  if (previous === undefined && next === undefined) return null;
  return (
    <nav className="nhsuk-pagination" aria-label={label}>
      <ul className="nhsuk-list nhsuk-pagination__list">
        {previous && (
          <li className="nhsuk-pagination-item--previous">
            <Link
              className="nhsuk-pagination__link nhsuk-pagination__link--prev"
              to={previous.to}
              rel="prev"
            >
              <span className="nhsuk-pagination__title">Previous</span>
              <span className="nhsuk-u-visually-hidden">:</span>
              <span className="nhsuk-pagination__page">{previous.title}</span>
              <Arrow to="left" />
            </Link>
          </li>
        )}
        {next && (
          <li className="nhsuk-pagination-item--next">
            <Link
              className="nhsuk-pagination__link nhsuk-pagination__link--next"
              to={next.to}
              rel="next"
            >
              <span className="nhsuk-pagination__title">Next</span>
              <span className="nhsuk-u-visually-hidden">:</span>
              <span className="nhsuk-pagination__page">{next.title}</span>
              <Arrow to="right" />
            </Link>
          </li>
        )}
      </ul>
    </nav>
  );
}
