/** A plan's events: live from its channel, and after a gap from the log. */
import type { PlanEvent } from "./types.ts";

const pageSize = 500;
/** Positions remembered so that nothing is told twice. */
const seenMax = 2_000;

export interface EventPage {
  readonly events: readonly PlanEvent[];
  readonly head: number;
}

export type FetchEvents = (after: number, limit: number) => Promise<EventPage>;

export class EventFeed {
  private readonly listeners = new Set<(event: PlanEvent) => void>();
  private readonly seen = new Set<string>();
  private readonly fetchEvents: FetchEvents;
  private head: number | null = null;

  constructor(fetchEvents: FetchEvents) {
    this.fetchEvents = fetchEvents;
  }

  readonly listen = (listener: (event: PlanEvent) => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  tell(event: PlanEvent): void {
    const key = `${event.position} ${event.kind}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (this.seen.size > seenMax) this.seen.delete(this.seen.values().next().value ?? "");
    this.head = Math.max(this.head ?? 0, event.position);
    for (const listener of [...this.listeners]) listener(event);
  }

  /** After the channel came back, or the first time. Events since are told; failing is no harm, the next one brings the rest. */
  async catchUp(): Promise<void> {
    try {
      if (this.head === null) {
        const { head } = await this.fetchEvents(0, 1);
        this.head = Math.max(this.head ?? 0, head);
        return;
      }
      for (;;) {
        const { events } = await this.fetchEvents(this.head, pageSize);
        for (const event of events) this.tell(event);
        if (events.length < pageSize) return;
      }
    } catch {
      // Offline again: the next connection catches up from the same place.
    }
  }
}

export interface PlanApi {
  readonly fetchEvents: FetchEvents;
  readonly epochOf: (section: string) => Promise<string>;
  /** Id of who is signed in by now; null when nobody is. */
  readonly person: () => Promise<string | null>;
}

/** Reads over the service's own API with the page's session. */
export function planApi(plan: string, fetcher: typeof fetch = fetch): PlanApi {
  const base = `/plans/${encodeURIComponent(plan)}`;
  const get = async (path: string): Promise<unknown> => {
    const response = await fetcher(`/api/v1${path}`, {
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  };
  return {
    fetchEvents: async (after, limit) =>
      (await get(`${base}/events?after=${after}&limit=${limit}`)) as EventPage,
    epochOf: async (section) => {
      const summary = (await get(`${base}/sections/${encodeURIComponent(section)}`)) as {
        epoch: string;
      };
      return summary.epoch;
    },
    person: async () => {
      const { person } = (await get("/session")) as { person: { id: string } | null };
      return person?.id ?? null;
    },
  };
}
