import type { ReactNode } from "react";

export interface SummaryRow {
  readonly term: string;
  readonly value: ReactNode;
}

export function SummaryList({ rows }: { rows: readonly SummaryRow[] }) {
  return (
    <dl className="nhsuk-summary-list nhsuk-summary-list--no-border fp-summary">
      {rows.map((row) => (
        <div className="nhsuk-summary-list__row" key={row.term}>
          <dt className="nhsuk-summary-list__key">{row.term}</dt>
          <dd className="nhsuk-summary-list__value">{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}
