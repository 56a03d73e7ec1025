import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { ApiError } from "../../api/client.ts";
import type { EventCell } from "../../api/types.ts";
import { useApp, usePerson } from "../../app/context.tsx";
import { DeviceKept, keptKey } from "../../sync/kept.ts";
import { worst } from "../../sync/status.ts";
import type { PlanConnection, SaveStatus } from "../../sync/types.ts";
import { shownValue } from "../figures/numbers.ts";
import { cellKey, type FigureDevice, type KeptFigure } from "../figures/cells.ts";
import { TableStore } from "../figures/tableStore.ts";

export interface Tables {
  readonly stores: readonly TableStore[];
  readonly error: ApiError | null;
  readonly reload: () => void;
  /** Asks for the values again; what is typed stays. */
  readonly refresh: () => void;
}

/** Events after which cells may have become somebody else's to change. */
const refreshing = new Set(["member.changed", "section.changed", "figure.status_changed"]);

function figureDevice(device: DeviceKept, place: string): FigureDevice {
  const key = (figure: KeptFigure) => place + encodeURIComponent(cellKey(figure));
  return {
    put: (figure) => device.put(key(figure), figure),
    remove: (figure) => void device.remove(key(figure), figure),
  };
}

/** The section's tables: loaded once, changed by the plan's events, loaded again after the connection was down. */
export function useTables(
  plan: string,
  keys: readonly string[],
  live: PlanConnection | null,
): Tables {
  const { api, announcer } = useApp();
  const person = usePerson().id;
  const [stores, setStores] = useState<readonly TableStore[]>([]);
  const [error, setError] = useState<ApiError | null>(null);
  const [turn, setTurn] = useState(0);
  const joined = keys.join();

  useEffect(() => {
    let gone = false;
    const made: TableStore[] = [];
    const wanted = joined === "" ? [] : joined.split(",");
    const device = new DeviceKept();
    const load = async (key: string) => {
      const place = keptKey(person, "figures", plan, key, "");
      const [table, kept] = await Promise.all([api.table(plan, key), device.load(place)]);
      return new TableStore({
        api,
        plan,
        table,
        kept: kept.map(([, figure]) => figure as KeptFigure),
        device: figureDevice(device, place),
      });
    };
    Promise.all(wanted.map(load)).then(
      (loaded) => {
        if (gone) return;
        made.push(...loaded);
        setError(null);
        setStores(made);
        for (const store of made) if (store.hasUnsaved()) store.commit();
      },
      (failed: unknown) => !gone && setError(failed instanceof ApiError ? failed : null),
    );
    return () => {
      gone = true;
      for (const store of made) store.dispose();
      setStores([]);
    };
  }, [api, plan, joined, person, turn]);

  const refresh = useCallback(() => {
    for (const store of stores) {
      void api.table(plan, store.getSnapshot().table.key).then(
        (table) => store.replace(table),
        () => {
          // Still on its way back; what the events bring is enough until the next time.
        },
      );
    }
  }, [api, plan, stores]);

  useEffect(() => {
    if (live === null || stores.length === 0) return undefined;
    const stopEvents = live.onEvent((event) => {
      if (refreshing.has(event.kind)) refresh();
      if (event.kind !== "figure.changed") return;
      const cells = (event.body as { cells?: EventCell[] } | null)?.cells ?? [];
      for (const store of stores) {
        const applied = store.applyEvent(cells, event.at, event.actor);
        const { table } = store.getSnapshot();
        const typed = applied.filter((c) => c.derived !== true);
        if (event.actor === null || event.actor.person === person || typed.length === 0) continue;
        const [only] = typed;
        const row = table.rows.find((r) => r.id === only?.row);
        const column = table.columns.find((c) => c.key === only?.column);
        announcer.mention(
          typed.length === 1 && only && row && column
            ? `${event.actor.name} changed ${row.title}, ${column.title}, to ${shownValue(column, only.value)}.`
            : `${event.actor.name} changed ${typed.length} values in ${table.title}.`,
        );
      }
    });
    let was = live.connection.getSnapshot();
    const stopConnection = live.connection.subscribe(() => {
      const now = live.connection.getSnapshot();
      if (now === "connected" && was !== "connected") {
        for (const store of stores) store.retry();
        refresh();
      }
      was = now;
    });
    return () => {
      stopEvents();
      stopConnection();
    };
  }, [live, stores, person, refresh, announcer]);

  const reload = useCallback(() => setTurn((t) => t + 1), []);
  return { stores, error, reload, refresh };
}

export interface FiguresState {
  readonly status: SaveStatus;
  /** Values that only the person can decide about: not readable, refused, or changed by somebody else too. */
  readonly stuck: number;
}

const calm: FiguresState = { status: { kind: "saved" }, stuck: 0 };

/** All tables of the page together. */
export function useFiguresState(stores: readonly TableStore[]): FiguresState {
  const [held] = useState(() => ({ value: calm }));
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = stores.map((s) => s.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [stores],
  );
  return useSyncExternalStore(subscribe, () => {
    const all = stores.map((s) => s.getSnapshot());
    const drafts = all.flatMap((s) => [...s.drafts.values()]);
    const next = {
      status: worst(all.map((s) => s.status)),
      stuck: drafts.filter(
        (d) => d.problem !== null || d.conflict !== null || d.question !== undefined,
      ).length,
    };
    if (JSON.stringify(next) !== JSON.stringify(held.value)) held.value = next;
    return held.value;
  });
}
