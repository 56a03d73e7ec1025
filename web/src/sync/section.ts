/** One open section: its document, this device's copy of it, and its connection. */
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { copyName, IndexedCopy, type DeviceCopy } from "./device.ts";
import type { Ledger } from "./ledger.ts";
import { denialOf, parseMessage, tokenFor, type Refusal } from "./messages.ts";
import { type HeldDrafts, type NoteStore, UnsavedMark } from "./notes.ts";
import { Value } from "./observable.ts";
import { fieldsOf, lacking } from "./plain_text.ts";
import type { MakeProvider, Provider } from "./provider.ts";
import { SaveMachine } from "./status.ts";
import type {
  DenialCode,
  HeldDraft,
  PresentPerson,
  SectionConnection,
  SectionSnapshot,
} from "./types.ts";

/** A document that the server closed or could not load is asked for again after this. */
const retryMs = 3_000;

/** The message that says who took a right away comes with the change itself, but not always before it. */
const reasonMs = 300;

export interface SectionParts {
  readonly plan: string;
  readonly user: PresentPerson;
  readonly ledger: Ledger;
  readonly held: HeldDrafts;
  readonly notes: NoteStore;
  readonly makeProvider: MakeProvider;
  readonly makeCopy: (name: string, doc: Y.Doc) => DeviceCopy;
  /** The section's present epoch, from the server. */
  readonly epochOf: (section: string) => Promise<string>;
  /** Rejects with "sign-in" where somebody else is signed in by now, in another tab: words must not go under their name. */
  readonly checkPerson: () => Promise<void>;
  readonly isConnected: () => boolean;
  readonly isDeviceOffline: () => boolean;
  /** Drops the socket, so that nothing of it counts any more; it comes back by itself. */
  readonly renewSocket: () => void;
  readonly now: () => number;
}

export function indexedCopy(name: string, doc: Y.Doc): DeviceCopy {
  return new IndexedCopy(name, doc);
}

/** What one generation of the section's document consists of. */
interface Generation {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  readonly copy: DeviceCopy;
  readonly mark: UnsavedMark;
  provider: Provider | null;
}

export class Section implements SectionConnection {
  readonly section: string;
  readonly subscribe: SectionConnection["subscribe"];
  readonly getSnapshot: SectionConnection["getSnapshot"];
  private readonly parts: SectionParts;
  private readonly address: string;
  private readonly machine = new SaveMachine();
  private readonly snapshot: Value<SectionSnapshot>;
  private readonly undo: (() => void)[] = [];
  private epoch: string;
  private at: Generation;
  private wake: ReturnType<typeof setTimeout> | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | null = null;
  /** The draft to be trimmed once the server's text is here, and the document that it is of. */
  private trimming: { readonly draft: HeldDraft; readonly of: Y.Doc } | null = null;
  private closing: (() => void) | null = null;
  private gone = false;

  /** What the plan said that we may, until the section itself answers. */
  private readonly mayWriteAtFirst: boolean;

  constructor(section: string, epoch: string, parts: SectionParts, mayWrite = true) {
    this.section = section;
    this.epoch = epoch;
    this.mayWriteAtFirst = mayWrite;
    this.parts = parts;
    this.address = `${parts.plan}/${section}`;
    this.at = this.generation();
    this.snapshot = new Value<SectionSnapshot>({
      phase: "loading",
      denial: null,
      status: this.machine.status,
      mayWrite: false,
      rights: null,
      doc: this.at.doc,
      awareness: this.at.awareness,
      generation: 0,
      held: this.drafts(),
      keepsOffline: true,
    });
    this.subscribe = this.snapshot.subscribe;
    this.getSnapshot = this.snapshot.getSnapshot;
    this.undo.push(
      parts.ledger.onChange((address) => {
        if (address === this.address) this.refresh();
      }),
      parts.ledger.onTooLarge((address) => {
        if (address === this.address) this.refuseLarge(this.at);
      }),
      parts.held.all.subscribe(() => this.change({ held: this.drafts() })),
    );
    void this.start(this.at);
  }

  readonly discardHeld = (id: string): void => this.parts.held.discard(id);

  /** Words of ours that the server has not confirmed, of this visit or an earlier one. */
  get unsaved(): boolean {
    return !this.gone && this.at.mark.set;
  }

  /** Ends the section; with unsaved words as soon as they are saved. `done` is called then. */
  end(done: () => void): void {
    this.closing = done;
    this.at.awareness.setLocalState(null);
    if (!this.unsaved) this.finish();
  }

  /** Takes back an `end` that still waits, because the section is opened again. */
  revive(): void {
    this.closing = null;
    this.introduce(this.at.awareness);
  }

  readonly close = (): void => this.end(() => undefined);

  /** Asks again for a document that was denied or closed. */
  retry(): void {
    const { provider } = this.at;
    if (!provider || this.gone || !this.parts.isConnected()) return;
    this.change({ denial: null, phase: "checking" });
    void provider.sendToken().then(() => {
      if (provider === this.at.provider) provider.startSync();
    });
  }

  /** Facts outside the section changed: the network, the time. */
  refresh(): void {
    if (this.gone) return;
    const { provider, copy, mark } = this.at;
    const { denial, mayWrite, phase } = this.getSnapshot();
    const connected = this.parts.isConnected();
    const synced = connected && provider !== null && provider.synced && provider.isAuthenticated;
    const settled = this.parts.ledger.settled(this.address) && !provider?.hasUnsyncedChanges;
    const now = this.parts.now();
    const status = this.machine.update(
      {
        connected,
        synced,
        deviceOffline: this.parts.isDeviceOffline(),
        outstanding: settled ? 0 : 1,
        storeFlushed: copy.flushed.getSnapshot(),
        storeAvailable: copy.keeps.getSnapshot(),
        denial,
        mayWrite,
      },
      now,
    );
    if (synced && settled) mark.clear();
    this.change({
      status,
      phase: synced && phase === "checking" ? "ready" : phase,
      keepsOffline: copy.keeps.getSnapshot(),
    });
    if (synced) this.trim();
    if (this.wake) clearTimeout(this.wake);
    const { wakeAt } = this.machine;
    this.wake =
      wakeAt === null ? null : setTimeout(() => this.refresh(), Math.max(wakeAt - now, 0));
    if (this.closing && (!this.unsaved || denial !== null)) this.finish();
  }

  private drafts(): readonly HeldDraft[] {
    return this.parts.held.all.getSnapshot().filter(({ section }) => section === this.section);
  }

  private change(change: Partial<SectionSnapshot>): void {
    const before = this.snapshot.getSnapshot();
    const after = { ...before, ...change };
    const differs = Object.keys(change).some((key) => {
      const name = key as keyof SectionSnapshot;
      return before[name] !== after[name];
    });
    if (differs) this.snapshot.set(after);
  }

  private introduce(awareness: Awareness): void {
    awareness.setLocalState({ user: this.parts.user, cursor: null });
  }

  private generation(): Generation {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    this.introduce(awareness);
    const name = copyName(this.parts.plan, this.section, this.epoch, this.parts.user.person);
    const copy = this.parts.makeCopy(name, doc);
    return { doc, awareness, copy, mark: new UnsavedMark(this.parts.notes, name), provider: null };
  }

  /** First this device's words, then the server's. */
  private async start(at: Generation): Promise<void> {
    for (const fact of [at.copy.flushed, at.copy.keeps]) fact.subscribe(() => this.refresh());
    await at.copy.ready;
    if (this.gone || at !== this.at) return;
    const provider = this.parts.makeProvider({
      address: this.address,
      doc: at.doc,
      awareness: at.awareness,
      token: async () => {
        await this.parts.checkPerson();
        return tokenFor(this.epoch);
      },
      onAuthenticated: (scope) => this.authenticated(at, scope),
      onDenied: (reason) => this.denied(at, denialOf(reason)),
      onMessage: (payload) => this.message(at, payload),
      onChange: () => this.refresh(),
      onClosed: () => this.closedByServer(at),
    });
    at.provider = provider;
    // After the provider's own listener: by now it has sent the words, so they count as owed.
    at.doc.on("update", (_update: Uint8Array, origin: unknown) => {
      if (origin === at.provider || origin === at.copy.origin()) return;
      at.mark.add();
      if (!this.getSnapshot().mayWrite) this.keepAside(at);
      this.refresh();
    });
    const known = at.doc.store.clients.size > 0;
    this.change({ phase: "checking", mayWrite: known && this.mayWriteAtFirst });
    provider.attach();
    this.refresh();
  }

  private authenticated(at: Generation, scope: string): void {
    if (at !== this.at) return;
    const mayWrite = scope === "read-write";
    const lost = this.getSnapshot().mayWrite && !mayWrite;
    this.parts.ledger.setReadOnly(this.address, !mayWrite);
    const phase = this.getSnapshot().phase === "denied" ? "checking" : this.getSnapshot().phase;
    this.change({ denial: null, mayWrite, phase });
    this.refresh();
    // What is still under way when the right goes will not be taken, and nothing more is sent.
    if (lost && at.mark.set) this.keepAside(at);
  }

  /** Words written without the right to: the same as a refusal. Not inside the edit itself, nor before the reason is here. */
  private keepAside(at: Generation): void {
    const wait = this.getSnapshot().rights === null ? reasonMs : 0;
    setTimeout(() => {
      if (at !== this.at || this.gone || !at.provider || !at.mark.set) return;
      const { mayWrite, rights } = this.getSnapshot();
      if (mayWrite) return;
      const message = rights?.message ?? "You can read this section now but not write in it.";
      this.refused(at, { type: "refused", code: "right.read_only", message });
    }, wait);
  }

  private denied(at: Generation, code: DenialCode): void {
    if (at !== this.at) return;
    if (code === "epoch-changed") {
      void this.renewEpoch(at);
      return;
    }
    if (code === "no-right" && at.mark.set) {
      const { rights } = this.getSnapshot();
      this.hold(at, "right.no_access", rights?.message ?? "You can no longer open this section.");
      at.mark.clear();
    }
    this.change({ denial: code, phase: "denied", mayWrite: false });
    this.refresh();
    if (code === "load-failed") this.retryLater();
  }

  private retryLater(): void {
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = null;
      this.retry();
    }, retryMs);
  }

  private closedByServer(at: Generation): void {
    if (at !== this.at) return;
    this.refresh();
    // With the socket still there the provider does not come back by itself.
    if (this.parts.isConnected()) this.retryLater();
  }

  private message(at: Generation, payload: string): void {
    if (at !== this.at) return;
    const message = parseMessage(payload);
    const limit = message?.type === "welcome" ? message.limits?.update_bytes_max : undefined;
    if (limit !== undefined) this.parts.ledger.setLimit(this.address, limit);
    if (message?.type === "rights") {
      const { may, position } = message;
      this.change({ rights: { message: message.message, ...may, position } });
    }
    const ours = this.getSnapshot().mayWrite || at.mark.set;
    if (message?.type === "refused" && ours) this.refused(at, message);
  }

  /** The server took nothing of our last change: the words are kept aside and the server's text is loaded anew. */
  private refused(at: Generation, { code, message }: Refusal): void {
    this.hold(at, code, message);
    // At once, before the server asks for what it lacks: it would be sent the same again.
    this.drop(at);
    this.parts.renewSocket();
    void at.copy.clear().finally(() => this.replace(at));
  }

  /** The server would take nothing of it: the same as a refusal, without the asking. Not inside the edit that is being sent. */
  private refuseLarge(at: Generation): void {
    const message = "What you added at once is too long for this section.";
    setTimeout(() => {
      if (at === this.at && !this.gone && at.provider) {
        this.refused(at, { type: "refused", code: "update.too_large", message });
      }
    }, 0);
  }

  private async renewEpoch(at: Generation): Promise<void> {
    if (at.mark.set) {
      const message = "This section was replaced while you were away. Your words were kept.";
      this.hold(at, "epoch-changed", message);
    }
    try {
      const epoch = await this.parts.epochOf(this.section);
      if (at !== this.at || this.gone) return;
      if (epoch === this.epoch) {
        this.retryLater();
        return;
      }
      this.drop(at);
      await at.copy.clear();
      this.epoch = epoch;
      this.replace(at);
    } catch {
      this.retryLater();
    }
  }

  private hold(at: Generation, code: string, message: string): void {
    const now = this.parts.now();
    const id = crypto.randomUUID();
    const draft = { id, section: this.section, at: now, code, message, fields: fieldsOf(at.doc) };
    this.parts.held.put(draft);
    this.trimming = { draft, of: at.doc };
  }

  /** Leaves only what the server's text lacks in the draft just held. */
  private trim(): void {
    if (!this.trimming || this.getSnapshot().phase !== "ready") return;
    const { draft, of } = this.trimming;
    // Compared with itself nothing would be left of it.
    if (of === this.at.doc) return;
    this.trimming = null;
    const fields = lacking(draft.fields, this.at.doc);
    // The right went after the last of the words had been taken: nothing is held back.
    if (fields.length === 0 && draft.code.startsWith("right.")) this.parts.held.discard(draft.id);
    else this.parts.held.put({ ...draft, fields });
  }

  private drop(at: Generation): void {
    const { provider } = at;
    at.mark.clear();
    at.provider = null;
    this.change({ phase: "loading" });
    provider?.destroy();
  }

  private replace(at: Generation): void {
    void at.copy.destroy();
    if (this.gone || at !== this.at) return;
    at.doc.destroy();
    this.at = this.generation();
    this.change({
      phase: "loading",
      denial: null,
      doc: this.at.doc,
      awareness: this.at.awareness,
      generation: this.getSnapshot().generation + 1,
    });
    void this.start(this.at);
  }

  /** Ends at once, whatever is unsaved: it stays on the device. */
  finish(): void {
    if (this.gone) return;
    this.gone = true;
    if (this.wake) clearTimeout(this.wake);
    if (this.retryTimer) clearTimeout(this.retryTimer);
    for (const stop of this.undo) stop();
    this.at.provider?.destroy();
    this.at.awareness.destroy();
    void this.at.copy.destroy();
    this.closing?.();
  }
}
