/** The save status: three worded states, worked out from facts alone. */
import { clockTime } from "../app/time.ts";
import type { DenialCode, SaveStatus, UnsavedReason } from "./types.ts";

/** A dropped connection usually comes back within this time: until then words are still "being saved". */
export const reconnectGraceMs = 2_000;
/** Without an answer for so long we say that nothing is being saved. */
export const answerMsMax = 10_000;

export interface SaveFacts {
  /** There is a socket. */
  readonly connected: boolean;
  /** In step with the server on it. */
  readonly synced: boolean;
  /** The browser says that there is no network. */
  readonly deviceOffline: boolean;
  /** Frames that the server has not confirmed as durable, and words not sent yet. */
  readonly outstanding: number;
  /** This device's copy has all words; true where it keeps none. */
  readonly storeFlushed: boolean;
  /** False where the browser refuses to keep offline copies. */
  readonly storeAvailable: boolean;
  readonly denial: DenialCode | null;
  readonly mayWrite: boolean;
}

function blocking(facts: SaveFacts): UnsavedReason | null {
  switch (facts.denial) {
    case "sign-in":
      return "sign-in";
    case "client-too-old":
      return "too-old";
    case "no-right":
    case "not-found":
      return "refused";
    case "load-failed":
      return "unreadable";
    default:
      return null;
  }
}

/** Remembers since when words are not saved. Give it the facts whenever they change, and the time. */
export class SaveMachine {
  private pendingSince: number | null = null;
  private current: SaveStatus = { kind: "saving" };

  get status(): SaveStatus {
    return this.current;
  }

  /** Time at which the status may change although no fact does; null when it will not. */
  get wakeAt(): number | null {
    if (this.current.kind !== "saving" || this.pendingSince === null) return null;
    return this.pendingSince + this.patienceMs;
  }

  private patienceMs = answerMsMax;

  update(facts: SaveFacts, now: number): SaveStatus {
    this.current = this.next(facts, now);
    return this.current;
  }

  private next(facts: SaveFacts, now: number): SaveStatus {
    const confirmed = facts.synced && facts.outstanding === 0 && !facts.deviceOffline;
    const reason = blocking(facts);
    if (!reason && confirmed && (facts.storeFlushed || !facts.storeAvailable)) {
      this.pendingSince = null;
      return this.current.kind === "saved" ? this.current : { kind: "saved" };
    }
    // Readers have no words to save.
    if (facts.synced && !facts.mayWrite && !reason && !facts.deviceOffline) {
      this.pendingSince = null;
      return this.current.kind === "saved" ? this.current : { kind: "saved" };
    }
    this.pendingSince ??= now;
    if (reason) return this.unsaved(reason, facts.storeAvailable);
    this.patienceMs = facts.connected ? answerMsMax : reconnectGraceMs;
    const waited = now - this.pendingSince;
    if (!facts.deviceOffline && waited < this.patienceMs) {
      return this.current.kind === "saving" ? this.current : { kind: "saving" };
    }
    const answers = facts.connected && !facts.deviceOffline;
    return this.unsaved(answers ? "no-answer" : "offline", facts.storeAvailable);
  }

  private unsaved(reason: UnsavedReason, kept: boolean): SaveStatus {
    const since = this.pendingSince ?? 0;
    const next: SaveStatus = { kind: "unsaved", since, reason, kept };
    return sameStatus(this.current, next) ? this.current : next;
  }
}

export function sameStatus(a: SaveStatus, b: SaveStatus): boolean {
  if (a.kind !== "unsaved" || b.kind !== "unsaved") return a.kind === b.kind;
  return a.since === b.since && a.reason === b.reason && a.kept === b.kept;
}

const because: Record<UnsavedReason, string> = {
  offline: "you are offline",
  "no-answer": "the service does not answer",
  unreadable: "the service could not open this section",
  "sign-in": "your sign-in has ended",
  refused: "the service did not accept your words",
  "too-old": "this page is out of date",
};

const kept = "your words are kept on this device";
const notKept = "this device cannot keep your words, so leave this page open";

/** The status in words, as people read and hear it. */
export function statusText(status: SaveStatus): string {
  switch (status.kind) {
    case "saved":
      return "Saved";
    case "saving":
      return "Saving…";
    case "unsaved":
      return `Not saved since ${clockTime(status.since)}: ${because[status.reason]}; ${
        status.kept ? kept : notKept
      }`;
  }
}

const weight = { saved: 0, saving: 1, unsaved: 2 } as const;

/** The worst of several: what a whole plan says. */
export function worst(statuses: readonly SaveStatus[]): SaveStatus {
  let result: SaveStatus = { kind: "saved" };
  for (const status of statuses) {
    if (weight[status.kind] > weight[result.kind]) result = status;
    else if (
      status.kind === "unsaved" &&
      result.kind === "unsaved" &&
      status.since < result.since
    ) {
      result = status;
    }
  }
  return result;
}
