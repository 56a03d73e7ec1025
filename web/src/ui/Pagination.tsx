import { Link } from "./Link.tsx";

export interface Page {
  readonly to: string;
  readonly title: string;
}

type Way = "previous" | "next";

const ways = {
  previous: {
    words: "Previous",
    rel: "prev",
    icon: "left",
    path: "M10.1 6.3a1 1 0 0 1 0 1.4L6.8 11H21a1 1 0 0 1 0 2H6.8l3.3 3.3a1 1 0 0 1-1.4 1.4l-5-5a1 1 0 0 1 0-1.4l5-5a1 1 0 0 1 1.4 0Z",
  },
  next: {
    words: "Next",
    rel: "next",
    icon: "right",
    path: "m15.3 6.3 5 5a1 1 0 0 1 0 1.4l-5 5a1 1 0 0 1-1.4-1.4l3.3-3.3H3a1 1 0 0 1 0-2h14.2l-3.3-3.3a1 1 0 0 1 1.4-1.4Z",
  },
} as const;

function PageLink({ page, way }: { page: Page; way: Way }) {
  const { words, rel, icon, path } = ways[way];
  return (
    <li className={`nhsuk-pagination-item--${way}`}>
      <Link
        className={`nhsuk-pagination__link nhsuk-pagination__link--${rel}`}
        to={page.to}
        rel={rel}
      >
        <span className="nhsuk-pagination__title">{words}</span>
        <span className="nhsuk-u-visually-hidden">:</span>
        <span className="nhsuk-pagination__page">{page.title}</span>
        <svg
          className={`nhsuk-icon nhsuk-icon--arrow-${icon}`}
          viewBox="0 0 24 24"
          width="16"
          height="16"
          focusable="false"
          aria-hidden="true"
        >
          <path d={path} />
        </svg>
      </Link>
    </li>
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
        {previous && <PageLink page={previous} way="previous" />}
        {next && <PageLink page={next} way="next" />}
      </ul>
    </nav>
  );
}
