import { useEffect, useRef, useSyncExternalStore, type MouseEvent, type ReactNode } from "react";
import type { Session, SessionPerson } from "../api/contract.ts";
import { Link } from "../ui/Link.tsx";
import type { Announcer } from "./announcer.ts";
import type { ShownPlan } from "./context.tsx";
import { paths, type Route } from "./router.ts";

function SkipLink() {
  const skip = (event: MouseEvent<HTMLAnchorElement>) => {
    event.preventDefault();
    const main = document.querySelector("main");
    main?.focus();
    main?.scrollIntoView();
  };
  return (
    <a className="nhsuk-skip-link" href="#maincontent" onClick={skip}>
      Skip to main content
    </a>
  );
}

function whoIs({ name, organisation_name }: SessionPerson): string {
  return organisation_name === undefined || organisation_name === ""
    ? name
    : `${name}, ${organisation_name}`;
}

function Header({
  session,
  plan,
  onSignOut,
}: {
  session: Session;
  plan: ShownPlan | null;
  onSignOut: () => void;
}) {
  const { person } = session;
  return (
    <header className="nhsuk-header fp-header">
      <div className="nhsuk-header__container nhsuk-width-container">
        <div className="nhsuk-header__service">
          <Link className="nhsuk-header__service-name" to={paths.home}>
            Footprint
          </Link>
          {plan && (
            <Link className="fp-header__plan" to={paths.plan(plan.id)}>
              {plan.title}
            </Link>
          )}
        </div>
        {person && (
          <nav className="nhsuk-header__account" aria-label="Account">
            <ul className="nhsuk-header__account-list">
              <li className="nhsuk-header__account-item">
                {session.demo ? (
                  <span>{whoIs(person)}</span>
                ) : (
                  <Link className="nhsuk-header__account-link" to={paths.account}>
                    <span className="nhsuk-u-visually-hidden">My account: </span>
                    {whoIs(person)}
                  </Link>
                )}
              </li>
              {person.administrator === true && (
                <li className="nhsuk-header__account-item">
                  <Link className="nhsuk-header__account-link" to={paths.administration}>
                    Administration
                  </Link>
                </li>
              )}
              <li className="nhsuk-header__account-item">
                <button className="nhsuk-header__account-button" type="button" onClick={onSignOut}>
                  Sign out
                </button>
              </li>
            </ul>
          </nav>
        )}
      </div>
    </header>
  );
}

/** The first sentence of a text, and what follows it. */
export function firstSentence(text: string): [string, string] {
  const end = text.search(/[.!?]\s/);
  return end < 0 ? [text, ""] : [text.slice(0, end + 1), text.slice(end + 1).trim()];
}

function Notices({ session, plan }: { session: Session; plan: ShownPlan | null }) {
  const [disclaimer, rest] = firstSentence(plan?.disclaimer ?? "");
  const factor = session.person?.second_factor_needed === true;
  if (!session.demo && disclaimer === "" && !factor) return null;
  return (
    <section className="fp-notices" aria-label="About this service">
      <div className="nhsuk-width-container">
        {factor && (
          <p>
            <strong>Set up sign-in codes:</strong> your role in a plan requires them before you can
            change anything. <Link to={paths.account}>Set them up on the page of your account</Link>
            .
          </p>
        )}
        {session.demo && (
          <p>
            <strong>Demonstration:</strong> anyone at this computer can sign in as anyone. Do not
            enter real information.
          </p>
        )}
        {disclaimer !== "" && rest === "" && <p>{disclaimer}</p>}
        {rest !== "" && (
          <details>
            <summary>
              {disclaimer} {session.demo ? "What is real and what is invented" : "More about this"}
            </summary>
            <p>{rest}</p>
          </details>
        )}
      </div>
    </section>
  );
}

function Footer() {
  return (
    <footer className="nhsuk-footer">
      <div className="nhsuk-width-container">
        <h2 className="nhsuk-u-visually-hidden">Support links</h2>
        <div className="nhsuk-footer__meta">
          <ul className="nhsuk-footer__list">
            <li className="nhsuk-footer__list-item">
              <Link className="nhsuk-footer__list-item-link" to={paths.help}>
                Help
              </Link>
            </li>
            <li className="nhsuk-footer__list-item">
              <Link className="nhsuk-footer__list-item-link" to={paths.accessibility}>
                Accessibility statement
              </Link>
            </li>
            <li className="nhsuk-footer__list-item">
              <a className="nhsuk-footer__list-item-link" href={paths.apiDocs}>
                API documentation
              </a>
            </li>
          </ul>
          <p className="nhsuk-body-s">
            Footprint: health and care organisations writing one plan together.
          </p>
        </div>
      </div>
    </footer>
  );
}

/** The two live regions; see {@link Announcer}. */
export function LiveRegions({ announcer }: { announcer: Announcer }) {
  const { own, others } = useSyncExternalStore(announcer.subscribe, announcer.getSnapshot);
  return (
    <div className="nhsuk-u-visually-hidden">
      <div role="status" aria-live="polite" id="announce-own">
        {own}
      </div>
      <div role="log" aria-live="polite" aria-label="What others are doing" id="announce-others">
        {others}
      </div>
    </div>
  );
}

/** Gives the focus to the heading of a new screen, once it is there. The first screen keeps the browser's own. */
function useFocusOnChange(route: Route): void {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const focus = () => {
      const heading = document.querySelector<HTMLElement>("main h1");
      if (heading === null || heading.closest("[aria-busy=true]") !== null) return false;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      return true;
    };
    if (focus()) return undefined;
    const watcher = new MutationObserver(() => {
      if (focus()) watcher.disconnect();
    });
    watcher.observe(document.body, { childList: true, subtree: true, attributes: true });
    return () => watcher.disconnect();
  }, [route]);
}

interface ShellProps {
  readonly session: Session;
  readonly plan: ShownPlan | null;
  readonly route: Route;
  readonly onSignOut: () => void;
  readonly children: ReactNode;
}

export function Shell({ session, plan, route, onSignOut, children }: ShellProps) {
  useFocusOnChange(route);
  return (
    <>
      <SkipLink />
      <Header session={session} plan={plan} onSignOut={onSignOut} />
      <Notices session={session} plan={plan} />
      <div className="nhsuk-width-container fp-page">
        <main className="nhsuk-main-wrapper" id="maincontent" tabIndex={-1}>
          {children}
        </main>
      </div>
      <Footer />
    </>
  );
}
