import type { ReactNode } from "react";

/** Something to know before going on: NHS warning callout. */
export function Callout({
  heading,
  id,
  children,
}: {
  heading: string;
  id?: string;
  children: ReactNode;
}) {
  return (
    <div className="nhsuk-card nhsuk-card--warning fp-callout" id={id}>
      <div className="nhsuk-card__heading-container">
        <h2 className="nhsuk-card__heading nhsuk-heading-s">
          <span className="nhsuk-u-visually-hidden">Important: </span>
          {heading}
        </h2>
      </div>
      <div className="nhsuk-card__content">{children}</div>
    </div>
  );
}

/** A quieter note: NHS inset text. */
export function InsetText({ children }: { children: ReactNode }) {
  return (
    <div className="nhsuk-inset-text">
      <span className="nhsuk-u-visually-hidden">Information: </span>
      {children}
    </div>
  );
}
