import { useEffect, useId, useRef, type ReactNode } from "react";

/** A native dialog: Escape closes it, and the browser gives the focus back to where it was. */
export function Dialog({
  heading,
  onClose,
  children,
}: {
  heading: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    if (shown !== null && !shown.open) {
      shown.showModal();
      // Where the reading begins: the browser would go to the first button, which may be far below.
      (
        shown.querySelector<HTMLElement>("input") ?? shown.querySelector<HTMLElement>("h2")
      )?.focus();
    }
    return () => shown?.close();
  }, []);
  return (
    <dialog className="fp-dialog" ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 className="nhsuk-heading-m" id={id} tabIndex={-1}>
        {heading}
      </h2>
      {children}
    </dialog>
  );
}
