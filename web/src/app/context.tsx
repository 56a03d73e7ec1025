/** What every screen may use: the person, the API, the router and the announcer. */
import { createContext, useContext, useEffect } from "react";
import type { Api } from "../api/client.ts";
import type { Session, SessionPerson } from "../api/contract.ts";
import type { Announcer } from "./announcer.ts";
import type { Router } from "./router.ts";

export interface App {
  readonly api: Api;
  readonly router: Router;
  readonly announcer: Announcer;
  readonly session: Session;
  readonly setSession: (session: Session) => void;
  /** Says what the plan on screen is, so that header and notices can name it. */
  readonly setPlan: (plan: ShownPlan | null) => void;
}

export interface ShownPlan {
  readonly id: string;
  readonly title: string;
  readonly disclaimer: string;
}

const AppContext = createContext<App | null>(null);
export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("useApp outside AppProvider");
  return app;
}

/** The signed-in person; for screens that the shell shows to nobody else. */
export function usePerson(): SessionPerson {
  const { session } = useApp();
  if (session.person === null) throw new Error("usePerson without a signed-in person");
  return session.person;
}

const service = "Footprint";

/** Sets the page's title: the narrowest part first, the service last. */
export function useTitle(...parts: string[]): void {
  const title = [...parts, service].join(" – ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** Names the plan in the header for as long as the screen is shown. */
export function useShownPlan(plan: ShownPlan | undefined): void {
  const { setPlan } = useApp();
  const { id, title, disclaimer } = plan ?? {};
  useEffect(() => {
    if (id === undefined || title === undefined) return undefined;
    setPlan({ id, title, disclaimer: disclaimer ?? "" });
    return () => setPlan(null);
  }, [id, title, disclaimer, setPlan]);
}
