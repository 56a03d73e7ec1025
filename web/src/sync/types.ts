/**
 * What the screens may know of a plan's connection. No React here: every value that changes is an
 * {@link Observable}, which fits `useSyncExternalStore(o.subscribe, o.getSnapshot)`.
 */
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";

/** A value that changes. `subscribe` returns the function that ends the subscription. */
export interface Observable<T> {
  readonly subscribe: (listener: () => void) => () => void;
  /** The present value; the same object until it changes. */
  readonly getSnapshot: () => T;
}

/** A person as the server shows them to others. */
export interface Person {
  readonly person: string;
  readonly name: string;
  readonly organisation: string;
  readonly organisation_name: string;
}

export interface PresentPerson extends Person {
  readonly colour?: string;
}

/** Who is in which section now, by section key. */
export type Presence = Readonly<Record<string, readonly PresentPerson[]>>;

/** Why words are not saved yet. */
export type UnsavedReason =
  "offline" | "no-answer" | "unreadable" | "sign-in" | "refused" | "too-old";

/** Exactly three states; `since` is in milliseconds since 1970. */
export type SaveStatus =
  | { readonly kind: "saved" }
  | { readonly kind: "saving" }
  | {
      readonly kind: "unsaved";
      readonly since: number;
      readonly reason: UnsavedReason;
      /** Whether this device has them meanwhile: they are gone with the page otherwise. */
      readonly kept: boolean;
    };

/** Why the server does not open a document for us: its codes, exactly. */
export type DenialCode =
  "sign-in" | "no-right" | "not-found" | "load-failed" | "client-too-old" | "epoch-changed";

/** Words that the server refused: kept on this device until the person discards them. */
export interface HeldDraft {
  readonly id: string;
  readonly section: string;
  readonly at: number;
  readonly code: string;
  readonly message: string;
  /** False where the device could not keep it: it is gone with the page. Undefined while that is not known. */
  readonly onDevice?: boolean;
  /** Only the paragraphs that the server's text lacks, by narrative field. */
  readonly fields: readonly { readonly field: string; readonly paragraphs: readonly string[] }[];
}

/**
 * `loading`: nothing to show yet; `checking`: this device's copy is shown, the server's is awaited;
 * `ready`: in step with the server at least once; `denied`: see `denial`.
 */
export type SectionPhase = "loading" | "checking" | "ready" | "denied";

/** What somebody changed of our rights in a section while we were in it, in the server's words. */
export interface RightsNotice {
  readonly message: string;
  readonly read: boolean;
  readonly write: boolean;
  readonly position: number;
}

export interface SectionSnapshot {
  readonly phase: SectionPhase;
  readonly denial: DenialCode | null;
  readonly status: SaveStatus;
  /** The server's answer; false until it has answered, true from this device's copy. */
  readonly mayWrite: boolean;
  /** The newest change of our rights since the section was opened. */
  readonly rights: RightsNotice | null;
  /** The document and its presence. Both are new objects after a refusal: mount the editor by `generation`. */
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly generation: number;
  readonly held: readonly HeldDraft[];
  /** False where this browser refuses to keep offline copies. */
  readonly keepsOffline: boolean;
}

/** One open section. Its document has one root XmlFragment per narrative field, named by the field's key. */
export interface SectionConnection extends Observable<SectionSnapshot> {
  readonly section: string;
  readonly discardHeld: (id: string) => void;
  /** Leaves the section. Words that are not saved stay connected in the background until they are. */
  readonly close: () => void;
}

/** An event of the plan's log, as the server tells it. */
export interface PlanEvent {
  readonly position: number;
  readonly at: number;
  readonly kind: string;
  readonly actor: Person | null;
  readonly body: unknown;
}

export type ConnectionState = "connecting" | "connected" | "offline" | "denied";

/** One plan's socket: its channel for events and presence, and its open sections. */
export interface PlanConnection {
  readonly plan: string;
  readonly connection: Observable<ConnectionState>;
  /** Why the plan's channel was refused, if it was. */
  readonly denial: Observable<DenialCode | null>;
  readonly presence: Observable<Presence>;
  /** Status of all sections together: the worst of them. */
  readonly status: Observable<SaveStatus>;
  /** Events as they are told, each once, also those that passed while the socket was down. */
  readonly onEvent: (listener: (event: PlanEvent) => void) => () => void;
  /** `write`: what the plan says that we may, until the section itself has answered. */
  readonly openSection: (section: {
    key: string;
    epoch: string;
    write: boolean;
  }) => SectionConnection;
  /** True while any section holds words that the server has not confirmed. */
  readonly hasUnsaved: () => boolean;
  /** While letters are being composed, other people's changes wait for a moment. */
  readonly setComposing: (composing: boolean) => void;
  /** After signing in again: asks once more for everything that was denied. */
  readonly retry: () => void;
  readonly close: () => void;
}

export interface PlanConnectionOptions {
  readonly plan: string;
  /** The signed-in person, and the colour of their organisation. */
  readonly user: PresentPerson;
  /** Address of the socket; by default `/collab` of this page's host. */
  readonly url?: string;
}
