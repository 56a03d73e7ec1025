/** The JSON messages that travel beside the documents, and the token. */
import prose from "../../../schemas/prose.json";
import type { DenialCode, PlanEvent, Presence } from "./types.ts";

/** Version of the prose schema that this page writes. */
const schemaVersion: number = prose.version;

export function tokenFor(epoch: string): string {
  return JSON.stringify({ schema: schemaVersion, epoch });
}

export interface Refusal {
  readonly type: "refused";
  readonly code: string;
  readonly message: string;
}

/** Somebody changed what we may do in this section. */
export interface RightsChange {
  readonly type: "rights";
  readonly section: string;
  readonly may: { readonly read: boolean; readonly write: boolean };
  readonly message: string;
  readonly position: number;
}

export type ServerMessage =
  | ({ readonly type: "event" } & PlanEvent)
  | { readonly type: "presence"; readonly sections: Presence }
  | {
      readonly type: "welcome";
      readonly schema: number;
      readonly epoch?: string;
      readonly limits?: { readonly update_bytes_max?: number };
    }
  | RightsChange
  | Refusal;

const known = new Set(["event", "presence", "welcome", "refused", "rights"]);

/** Null for messages that this page does not know: a newer server may send more. */
export function parseMessage(payload: string): ServerMessage | null {
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value !== "object" || value === null) return null;
    const { type } = value as { type?: unknown };
    return typeof type === "string" && known.has(type) ? (value as ServerMessage) : null;
  } catch {
    return null;
  }
}

const denials: readonly DenialCode[] = [
  "sign-in",
  "no-right",
  "not-found",
  "load-failed",
  "client-too-old",
  "epoch-changed",
];

/** Reasons that we do not know count as loading failed, which is tried again. The provider puts words before our own reasons. */
export function denialOf(reason: string): DenialCode {
  return denials.find((code) => reason === code || reason.endsWith(`: ${code}`)) ?? "load-failed";
}
