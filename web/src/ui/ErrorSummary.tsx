import { useEffect, useRef, type ReactNode } from "react";

/** What went wrong at the top of a page; takes the focus once so that nobody misses it. */
export function ErrorSummary({ heading, children }: { heading: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div className="nhsuk-error-summary" ref={box} tabIndex={-1}>
      <div role="alert">
        <h2 className="nhsuk-error-summary__heading">{heading}</h2>
        <div className="nhsuk-error-summary__body">{children}</div>
      </div>
    </div>
  );
}
