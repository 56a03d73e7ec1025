/** A section with a provider, a device and a clock that the test moves. */
import * as encoding from "lib0/encoding";
import type * as Y from "yjs";
import type { DeviceCopy } from "../../../web/src/sync/device.ts";
import { Ledger } from "../../../web/src/sync/ledger.ts";
import { PageKept } from "./page_kept.ts";
import { HeldDrafts, pageNotes } from "../../../web/src/sync/notes.ts";
import { Value } from "../../../web/src/sync/observable.ts";
import type { ProviderOptions } from "../../../web/src/sync/provider.ts";
import { Section, type SectionParts } from "../../../web/src/sync/section.ts";

export const address = "plan/vision";

/** A frame as it stands on the wire. */
export function frame(...parts: (string | number)[]): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const part of parts) {
    if (typeof part === "string") encoding.writeVarString(encoder, part);
    else encoding.writeVarUint(encoder, part);
  }
  return encoding.toUint8Array(encoder);
}

export const frames = {
  auth: frame(address, 2, 0, "token"),
  step1: frame(address, 0, 0, 1, 0),
  step2: frame(address, 0, 1, 2, 0, 0),
  update: frame(address, 0, 2, 2, 0, 0),
  saved: frame(address, 8, 1),
  notApplied: frame(address, 8, 0),
  denied: frame(address, 2, 1, "sign-in"),
};

export class FakeProvider {
  synced = false;
  isAuthenticated = false;
  hasUnsyncedChanges = true;
  destroyed = false;
  tokens = 0;
  readonly options: ProviderOptions;
  private readonly world: World;

  constructor(options: ProviderOptions, world: World) {
    this.options = options;
    this.world = world;
    options.doc.on("update", (_update: Uint8Array, origin: unknown) => {
      if (origin === this || this.destroyed) return;
      this.hasUnsyncedChanges = true;
      if (world.connected) world.ledger.sending(frames.update);
    });
  }

  attach(): void {
    if (this.world.connected) this.begin();
  }

  /** As the real one does, it tells once more while it goes. */
  destroy(): void {
    this.destroyed = true;
    this.options.onChange();
    this.options.onClosed();
  }

  async sendToken(): Promise<void> {
    this.tokens += 1;
    this.world.ledger.sending(frames.auth);
  }

  startSync(): void {
    this.world.ledger.sending(frames.step1);
  }

  /** The socket opened. */
  begin(): void {
    this.world.ledger.sending(frames.auth);
    this.world.ledger.sending(frames.step1);
  }

  /** The server lets us in, and both tell what the other lacks; the confirmation of ours is still owed. */
  admit(scope = "read-write"): void {
    this.isAuthenticated = true;
    this.options.onAuthenticated(scope);
    this.synced = true;
    this.world.ledger.sending(frames.step2);
    this.options.onChange();
  }

  confirm(): void {
    this.hasUnsyncedChanges = false;
    this.world.ledger.received(frames.saved);
  }

  drop(): void {
    this.world.connected = false;
    this.synced = false;
    this.isAuthenticated = false;
    this.world.ledger.closed(this.world.socket);
    this.options.onClosed();
  }
}

class FakeCopy implements DeviceCopy {
  readonly flushed = new Value(true);
  readonly keeps: Value<boolean>;
  readonly ready = Promise.resolve();
  cleared = 0;

  constructor(keeps: boolean) {
    this.keeps = new Value(keeps);
  }

  readonly origin = (): unknown => this;
  readonly clear = async (): Promise<void> => void (this.cleared += 1);
  readonly destroy = async (): Promise<void> => undefined;
}

export class World {
  connected = true;
  deviceOffline = false;
  keeps = true;
  epoch = "e1";
  renewed = 0;
  readonly socket = {};
  readonly ledger = new Ledger();
  readonly notes = pageNotes();
  readonly kept = new PageKept();
  readonly held = new HeldDrafts(this.kept, "plan", "u-lead");
  /** Who is signed in in this browser by now. */
  person = "u-lead";
  readonly providers: FakeProvider[] = [];
  readonly copies: FakeCopy[] = [];

  constructor() {
    this.ledger.opened(this.socket);
  }

  get provider(): FakeProvider {
    return this.providers[this.providers.length - 1] as FakeProvider;
  }

  parts(): SectionParts {
    return {
      plan: "plan",
      user: {
        person: "u-lead",
        name: "Tom Reed",
        organisation: "o-1",
        organisation_name: "Council",
      },
      ledger: this.ledger,
      held: this.held,
      notes: this.notes,
      makeProvider: (options) => {
        const provider = new FakeProvider(options, this);
        this.providers.push(provider);
        return provider;
      },
      makeCopy: () => {
        const copy = new FakeCopy(this.keeps);
        this.copies.push(copy);
        return copy;
      },
      epochOf: async () => this.epoch,
      checkPerson: async () => {
        if (this.person !== "u-lead") throw new Error("sign-in");
      },
      isConnected: () => this.connected,
      isDeviceOffline: () => this.deviceOffline,
      renewSocket: () => {
        this.renewed += 1;
        this.ledger.opened(this.socket);
      },
      now: () => Date.now(),
    };
  }

  section(): Section {
    return new Section("vision", "e1", this.parts());
  }
}

/** Writes a paragraph as an editor would. */
export function write(doc: Y.Doc, text: string, Yjs: typeof Y): void {
  doc.transact(() => {
    const paragraph = new Yjs.XmlElement("paragraph");
    paragraph.insert(0, [new Yjs.XmlText(text)]);
    doc.getXmlFragment("narrative").push([paragraph]);
  }, "editor");
}
