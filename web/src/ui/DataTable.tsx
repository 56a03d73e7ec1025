// On small screens the table's parts are laid out as blocks, which takes their meaning away unless they say it.
/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */
import type { ReactNode } from "react";

export interface DataRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
}

/** NHS responsive table: on small screens every row is a list of its headings and values. The first cell names the row. */
export function DataTable({
  caption,
  captionHidden = false,
  headings,
  rows,
}: {
  caption: string;
  captionHidden?: boolean;
  headings: readonly string[];
  rows: readonly DataRow[];
}) {
  const captionClass = captionHidden
    ? "nhsuk-table__caption nhsuk-u-visually-hidden"
    : "nhsuk-table__caption nhsuk-table__caption--m";
  return (
    <table className="nhsuk-table nhsuk-table--responsive fp-data" role="table">
      <caption className={captionClass}>{caption}</caption>
      <thead className="nhsuk-table__head" role="rowgroup">
        <tr className="nhsuk-table__row" role="row">
          {headings.map((heading) => (
            <th className="nhsuk-table__header" role="columnheader" scope="col" key={heading}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="nhsuk-table__body" role="rowgroup">
        {rows.map((row) => (
          <tr className="nhsuk-table__row" role="row" key={row.key}>
            {row.cells.map((cell, index) => {
              const inner = (
                <>
                  <span className="nhsuk-table__heading" aria-hidden="true">
                    {headings[index]}{" "}
                  </span>
                  <span className="fp-data__value">{cell}</span>
                </>
              );
              return index === 0 ? (
                <th
                  className="nhsuk-table__header fp-data__row"
                  role="rowheader"
                  scope="row"
                  key={headings[index]}
                >
                  {inner}
                </th>
              ) : (
                <td className="nhsuk-table__cell" role="cell" key={headings[index]}>
                  {inner}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
