import type { MouseEvent } from "react";
import { ErrorSummary } from "./ErrorSummary.tsx";
import type { Problem } from "./form.ts";

function toField(event: MouseEvent, id: string): void {
  event.preventDefault();
  const control = document.getElementById(id);
  control?.focus();
  control?.closest(".nhsuk-form-group")?.scrollIntoView();
}

/** What is wrong with a form, each with a way to the control; takes the focus at every failed try. */
export function Problems({ form }: { form: { problems: readonly Problem[]; attempt: number } }) {
  if (form.problems.length === 0) return null;
  return (
    <ErrorSummary heading="There is a problem" key={form.attempt}>
      <ul className="nhsuk-list nhsuk-error-summary__list">
        {form.problems.map(({ field, message }) => (
          <li key={`${field}${message}`}>
            {field === null ? (
              message
            ) : (
              <a href={`#${field}`} onClick={(e) => toField(e, field)}>
                {message}
              </a>
            )}
          </li>
        ))}
      </ul>
    </ErrorSummary>
  );
}
