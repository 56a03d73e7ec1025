import { useEffect, useRef, useState } from "react";
import { Button } from "./Button.tsx";

/** A button that asks once more, in place: the focus stays where it was. */
export function ConfirmButton({
  label,
  yes,
  no = "Cancel",
  about,
  busy = false,
  onConfirm,
}: {
  label: string;
  yes: string;
  no?: string;
  /** What it is about, for those who hear one button at a time. */
  about: string;
  busy?: boolean;
  onConfirm: () => void;
}) {
  const [asked, setAsked] = useState<boolean | null>(null);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (asked !== null) place.current?.querySelector("button")?.focus();
  }, [asked]);
  const hidden = <span className="nhsuk-u-visually-hidden">: {about}</span>;
  return (
    <span className="fp-confirm" ref={place}>
      {asked === true ? (
        <>
          <Button
            small
            variant="warning"
            aria-disabled={busy}
            onClick={() => {
              if (busy) return;
              setAsked(false);
              onConfirm();
            }}
          >
            {yes}
            {hidden}
          </Button>
          <Button small variant="secondary" onClick={() => setAsked(false)}>
            {no}
            {hidden}
          </Button>
        </>
      ) : (
        <Button small variant="secondary" onClick={() => setAsked(true)}>
          {label}
          {hidden}
        </Button>
      )}
    </span>
  );
}
