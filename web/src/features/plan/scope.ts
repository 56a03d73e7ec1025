/** What the screens of one plan share: its data, kept fresh by its events, and its connection. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Plan } from "../../api/types.ts";
import type { Observable, PlanConnection, Presence } from "../../sync/types.ts";

export interface PlanScope {
  readonly plan: Plan;
  readonly reload: () => void;
  /** Null until the code that connects has arrived: pages are readable before. */
  readonly live: PlanConnection | null;
}

const Context = createContext<PlanScope | null>(null);
export const PlanScopeProvider = Context.Provider;

export function usePlanScope(): PlanScope {
  const scope = useContext(Context);
  if (scope === null) throw new Error("usePlanScope outside a plan");
  return scope;
}

export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.getSnapshot);
}

const none: Observable<Presence | null> = { subscribe: () => () => {}, getSnapshot: () => null };

/** Who is where now: live once connected, as the server said at first until then. */
export function usePresence(scope: PlanScope): Presence {
  const live = useObservable<Presence | null>(scope.live?.presence ?? none);
  const known = live !== null && Object.keys(live).length > 0;
  return known ? live : Object.fromEntries(scope.plan.sections.map((s) => [s.key, s.present]));
}
