import type { ReactNode } from "react";
import type { Account } from "../../api/contract.ts";

/** What the parts of the page share. */
export interface AccountPart {
  readonly account: Account;
  readonly reload: () => void;
  /** Says that something was done, at the top of the page and aloud. */
  readonly done: (what: string) => void;
}

export function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section className="fp-part" aria-labelledby={id}>
      <h2 className="nhsuk-heading-m" id={id}>
        {title}
      </h2>
      {children}
    </section>
  );
}
