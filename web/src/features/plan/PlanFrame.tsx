import { useEffect, useMemo, useState, type ReactNode } from "react";
import { useApp, usePerson, useShownPlan } from "../../app/context.tsx";
import { useResource } from "../../app/resource.ts";
import type { PlanConnection } from "../../sync/types.ts";
import { Loading } from "../../ui/Loading.tsx";
import { Failed } from "../pages/Problems.tsx";
import { PlanScopeProvider } from "./scope.ts";

const settleMs = 1500;
const governing = new Set(["member.changed", "section.changed"]);

/** One connection for as long as the person stays in this plan. */
function usePlanConnection(plan: string): PlanConnection | null {
  const { id, name, organisation = "", organisation_name = "" } = usePerson();
  const [live, setLive] = useState<PlanConnection | null>(null);
  useEffect(() => {
    let connection: PlanConnection | null = null;
    let gone = false;
    const user = { person: id, name, organisation, organisation_name };
    // Apart from the first page's code: an overview can be read without it.
    void import("../../sync/plan.ts").then(({ connectPlan }) => {
      if (gone) return;
      connection = connectPlan({ plan, user });
      setLive(connection);
    });
    return () => {
      gone = true;
      connection?.close();
      setLive(null);
    };
  }, [plan, id, name, organisation, organisation_name]);
  return live;
}

/** Loads the plan, connects to it and keeps it fresh for the screens inside. */
export function PlanFrame({ plan, children }: { plan: string; children: ReactNode }) {
  const { api } = useApp();
  const person = usePerson();
  const { resource, reload } = useResource(`plan/${person.id}/${plan}`, () => api.plan(plan));
  const live = usePlanConnection(plan);
  const value = resource.state === "ready" ? resource.value : undefined;
  useShownPlan(value);

  useEffect(() => {
    if (live === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const stop = live.onEvent((event) => {
      // What one may do is shown at once.
      if (governing.has(event.kind)) reload();
      timer ??= setTimeout(() => {
        timer = null;
        reload();
      }, settleMs);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [live, reload]);

  const scope = useMemo(
    () => (value === undefined ? null : { plan: value, reload, live }),
    [value, reload, live],
  );
  if (resource.state === "failed") return <Failed error={resource.error} onRetry={reload} />;
  if (scope === null) return <Loading what="Plan" />;
  return <PlanScopeProvider value={scope}>{children}</PlanScopeProvider>;
}
