/** One plan's connection: its socket, its channel, its open sections. */
import { HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import * as Y from "yjs";
import { EventFeed, planApi } from "./events.ts";
import { Gate } from "./gate.ts";
import { Ledger, ledgerSocket } from "./ledger.ts";
import { guardLeaving } from "./leave.ts";
import { denialOf, parseMessage, tokenFor } from "./messages.ts";
import { DeviceKept } from "./kept.ts";
import { browserNotes, HeldDrafts } from "./notes.ts";
import { Value } from "./observable.ts";
import { stockProviders, type Provider } from "./provider.ts";
import { indexedCopy, Section, type SectionParts } from "./section.ts";
import { reconnectGraceMs, sameStatus, worst } from "./status.ts";
import type {
  ConnectionState,
  DenialCode,
  PlanConnection,
  PlanConnectionOptions,
  Presence,
  SaveStatus,
  SectionConnection,
} from "./types.ts";

/** For so long an answer to who is signed in is good for the other documents of the socket. */
const personMs = 2_000;
/** Longest wait between two attempts to reach the server. */
const reconnectMsMax = 10_000;

function defaultUrl(): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/collab`;
}

interface Open {
  readonly section: Section;
  readonly stop: () => void;
  users: number;
}

class LivePlan implements PlanConnection {
  readonly plan: string;
  readonly connection = new Value<ConnectionState>("connecting");
  readonly denial = new Value<DenialCode | null>(null);
  readonly presence = new Value<Presence>({});
  readonly status = new Value<SaveStatus>({ kind: "saved" });
  readonly onEvent: PlanConnection["onEvent"];
  private readonly ledger = new Ledger();
  private readonly gate = new Gate();
  private readonly socket: HocuspocusProviderWebsocket;
  private readonly channel: Provider;
  private readonly parts: SectionParts;
  private readonly feed: EventFeed;
  private readonly open = new Map<string, Open>();
  private readonly stops: (() => void)[] = [];
  private lostAt: ReturnType<typeof setTimeout> | null = null;
  private closed = false;
  private person: { socket: unknown; at: number; id: Promise<string | null> } | null = null;

  constructor(options: PlanConnectionOptions) {
    this.plan = options.plan;
    const api = planApi(options.plan);
    this.feed = new EventFeed(api.fetchEvents);
    this.onEvent = this.feed.listen;
    this.socket = new HocuspocusProviderWebsocket({
      url: options.url ?? defaultUrl(),
      WebSocketPolyfill: ledgerSocket(this.ledger, this.gate),
      maxDelay: reconnectMsMax,
      onStatus: () => this.socketChanged(),
    });
    const makeProvider = stockProviders(this.socket);
    const notes = browserNotes();
    this.parts = {
      plan: options.plan,
      user: options.user,
      ledger: this.ledger,
      held: new HeldDrafts(new DeviceKept(), options.plan, options.user.person),
      notes,
      makeProvider,
      makeCopy: indexedCopy,
      epochOf: api.epochOf,
      checkPerson: () => this.checkPerson(api.person, options.user.person),
      isConnected: () => this.isConnected(),
      isDeviceOffline: () => typeof navigator !== "undefined" && navigator.onLine === false,
      renewSocket: () => this.socket.webSocket?.close(),
      now: () => Date.now(),
    };
    this.channel = makeProvider({
      address: options.plan,
      doc: new Y.Doc(),
      awareness: null,
      token: async () => {
        await this.parts.checkPerson();
        return tokenFor("");
      },
      onAuthenticated: () => this.channelOpened(),
      onDenied: (reason) => this.channelDenied(denialOf(reason)),
      onMessage: (payload) => this.message(payload),
      onChange: () => undefined,
      onClosed: () => undefined,
    });
    this.channel.attach();
    this.stops.push(guardLeaving(this.hasUnsaved));
    this.watchNetwork();
  }

  readonly hasUnsaved = (): boolean =>
    [...this.open.values()].some(({ section }) => section.unsaved) ||
    this.parts.held.all.getSnapshot().some(({ onDevice }) => onDevice === false);

  readonly openSection: PlanConnection["openSection"] = ({ key, epoch, write }) => {
    let entry = this.open.get(key);
    if (entry) {
      entry.users += 1;
      entry.section.revive();
    } else {
      const section = new Section(key, epoch, this.parts, write);
      entry = { section, stop: section.subscribe(() => this.sumUp()), users: 1 };
      this.open.set(key, entry);
    }
    this.sumUp();
    return this.handle(key, entry);
  };

  /** One caller's hold on a section that others may hold too. */
  private handle(key: string, entry: Open): SectionConnection {
    let held = true;
    const { section } = entry;
    return {
      section: key,
      subscribe: section.subscribe,
      getSnapshot: section.getSnapshot,
      discardHeld: section.discardHeld,
      close: () => {
        if (!held) return;
        held = false;
        entry.users -= 1;
        if (entry.users === 0) section.end(() => this.ended(key, entry));
      },
    };
  }

  readonly setComposing = (composing: boolean): void => this.gate.compose(composing);

  readonly retry = (): void => {
    if (!this.isConnected()) {
      void this.socket.connect();
      return;
    }
    if (this.denial.getSnapshot() !== null) {
      void this.channel.sendToken().then(() => this.channel.startSync());
    }
    for (const { section } of this.open.values()) {
      if (section.getSnapshot().denial !== null) section.retry();
    }
  };

  readonly close = (): void => {
    if (this.closed) return;
    this.closed = true;
    for (const [key, entry] of [...this.open]) {
      entry.users = 0;
      entry.section.end(() => this.ended(key, entry));
    }
    this.endWhenIdle();
  };

  private ended(key: string, entry: Open): void {
    entry.stop();
    if (this.open.get(key) === entry) this.open.delete(key);
    this.sumUp();
    this.endWhenIdle();
  }

  /** The socket stays for as long as words wait on it. */
  private endWhenIdle(): void {
    if (!this.closed || this.open.size > 0) return;
    for (const stop of this.stops.splice(0)) stop();
    if (this.lostAt) clearTimeout(this.lostAt);
    this.channel.destroy();
    this.socket.destroy();
  }

  /** One question for all documents that open on one socket. */
  private async checkPerson(ask: () => Promise<string | null>, expected: string): Promise<void> {
    const socket = this.socket.webSocket;
    if (this.person?.socket !== socket || Date.now() - this.person.at > personMs) {
      // Without an answer the socket will not do better.
      this.person = { socket, at: Date.now(), id: ask().catch(() => expected) };
    }
    if ((await this.person.id) !== expected) throw new Error("sign-in" satisfies DenialCode);
  }

  private isConnected(): boolean {
    return String(this.socket?.status) === "connected";
  }

  private socketChanged(): void {
    if (this.isConnected()) {
      if (this.lostAt) clearTimeout(this.lostAt);
      this.lostAt = null;
      if (this.denial.getSnapshot() === null) this.connection.set("connected");
    } else if (this.connection.getSnapshot() !== "offline") {
      this.connection.set("connecting");
      this.lostAt ??= setTimeout(() => {
        this.lostAt = null;
        this.connection.set("offline");
      }, reconnectGraceMs);
    }
    this.refreshAll();
  }

  private refreshAll(): void {
    for (const { section } of this.open.values()) section.refresh();
  }

  private channelOpened(): void {
    this.denial.set(null);
    this.connection.set("connected");
    void this.feed.catchUp();
  }

  private channelDenied(code: DenialCode): void {
    this.denial.set(code);
    this.connection.set("denied");
  }

  private message(payload: string): void {
    const message = parseMessage(payload);
    if (message?.type === "presence") {
      this.presence.set(message.sections);
    } else if (message?.type === "event") {
      const { position, at, kind, actor, body } = message;
      this.feed.tell({ position, at, kind, actor, body });
    }
  }

  private sumUp(): void {
    const statuses = [...this.open.values()].map(({ section }) => section.getSnapshot().status);
    const status = worst(statuses);
    const before = this.status.getSnapshot();
    if (!sameStatus(status, before)) this.status.set(status);
  }

  /** The browser often knows before the socket does. */
  private watchNetwork(): void {
    if (typeof window === "undefined") return;
    const changed = (): void => {
      if (navigator.onLine && !this.isConnected()) void this.socket.connect();
      this.refreshAll();
    };
    window.addEventListener("online", changed);
    window.addEventListener("offline", changed);
    this.stops.push(() => {
      window.removeEventListener("online", changed);
      window.removeEventListener("offline", changed);
    });
  }
}

export function connectPlan(options: PlanConnectionOptions): PlanConnection {
  return new LivePlan(options);
}
