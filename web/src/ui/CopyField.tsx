import { useState } from "react";
import { useApp } from "../app/context.tsx";
import { Button } from "./Button.tsx";

/** A text to take away, such as a link; shown whole, so that it can be copied by hand too. */
export function CopyField({
  id,
  label,
  hint,
  value,
}: {
  id: string;
  label: string;
  hint?: string;
  value: string;
}) {
  const { announcer } = useApp();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      announcer.say("Copied");
    } catch {
      announcer.say(
        "This browser did not let the page copy. Select the text and copy it yourself.",
      );
      document.getElementById(id)?.focus();
    }
  };
  return (
    <div className="nhsuk-form-group fp-copy">
      <label className="nhsuk-label" htmlFor={id}>
        {label}
      </label>
      {hint !== undefined && (
        <div className="nhsuk-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <div className="fp-copy__row">
        <input
          className="nhsuk-input"
          id={id}
          readOnly
          value={value}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onFocus={(e) => e.target.select()}
        />
        <Button small variant="secondary" onClick={() => void copy()}>
          {copied ? "Copied" : "Copy"}
        </Button>
      </div>
    </div>
  );
}
