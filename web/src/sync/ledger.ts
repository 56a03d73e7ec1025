/**
 * Counts, for the present socket and each address, what the server still owes us a confirmation for.
 *
 * The provider's own counter starts at 1 with each handshake, but it sends words queued while offline before the handshake's answer,
 * so it can reach 0 with frames unconfirmed. Counting what really passes through the socket cannot.
 * It also keeps frames back that must not be sent: for an address that was denied or not asked for on this socket, and edits
 * for a document that we may only read.
 */
import { readFrame, type Frame } from "./frames.ts";
import { Gate } from "./gate.ts";

interface Entry {
  /** A token was sent on this socket and not denied since. */
  open: boolean;
  /** Our answer to the server's question "what have you got that I lack" was sent on this socket. */
  answered: boolean;
  owed: number;
}

export class Ledger {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<(address: string) => void>();
  private readonly readOnly = new Set<string>();
  private readonly limits = new Map<string, number>();
  private readonly tooLarge = new Set<(address: string, bytes: number) => void>();
  private socket: object | null = null;

  /** Told with the address whenever its state may have changed. */
  onChange(listener: (address: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** True when all that this socket carried for the address is confirmed, including what we had before it. */
  settled(address: string): boolean {
    const entry = this.entries.get(address);
    return entry !== undefined && entry.open && entry.answered && entry.owed === 0;
  }

  /** Told when a frame was held back because it is larger than the server takes: it would close the connection, each time. */
  onTooLarge(listener: (address: string, bytes: number) => void): () => void {
    this.tooLarge.add(listener);
    return () => this.tooLarge.delete(listener);
  }

  /** What the server says that it takes in one update. */
  setLimit(address: string, bytes: number): void {
    this.limits.set(address, bytes);
  }

  setReadOnly(address: string, readOnly: boolean): void {
    if (readOnly) this.readOnly.add(address);
    else this.readOnly.delete(address);
  }

  /** A new socket: nothing is known of it yet. */
  opened(socket: object): void {
    this.socket = socket;
    this.reset();
  }

  /** What an older socket still reports does not count. */
  closed(socket: object): void {
    if (socket === this.socket) this.reset();
  }

  carries(socket: object): boolean {
    return socket === this.socket;
  }

  private reset(): void {
    const addresses = [...this.entries.keys()];
    this.entries.clear();
    for (const address of addresses) this.changed(address);
  }

  /** Whether these bytes may be sent; counts them if so. */
  sending(data: Uint8Array): boolean {
    const frame = readFrame(data, false);
    if (!frame || frame.kind === "keepalive") return true;
    const { address } = frame;
    if (frame.kind === "auth") {
      const entry = this.entries.get(address);
      if (entry?.open) return true;
      this.entries.set(address, { open: true, answered: false, owed: 0 });
      this.changed(address);
      return true;
    }
    const entry = this.entries.get(address);
    if (!entry?.open) return false;
    return this.count(frame, entry) && this.fits(frame.address, data);
  }

  /** What does not fit stays owed: nothing of it is saved. */
  private fits(address: string, data: Uint8Array): boolean {
    if (data.length <= (this.limits.get(address) ?? Infinity)) return true;
    for (const listener of [...this.tooLarge]) listener(address, data.length);
    return false;
  }

  private count(frame: Exclude<Frame, { kind: "keepalive" }>, entry: Entry): boolean {
    if (frame.kind === "update") {
      if (this.readOnly.has(frame.address)) return false;
      entry.owed += 1;
    } else if (frame.kind === "step2") {
      entry.answered = true;
      entry.owed += 1;
    } else if (frame.kind === "close") {
      entry.open = false;
    } else {
      return true;
    }
    this.changed(frame.address);
    return true;
  }

  /** Looks at bytes from the server, before anybody else does. */
  received(data: Uint8Array): void {
    const frame = readFrame(data, true);
    if (!frame || frame.kind === "keepalive") return;
    const entry = this.entries.get(frame.address);
    if (!entry) return;
    if (frame.kind === "status") {
      // A refused frame stays owed: nothing of it is saved.
      if (frame.applied) entry.owed = Math.max(entry.owed - 1, 0);
    } else if (frame.kind === "denied" || frame.kind === "close") {
      entry.open = false;
      entry.owed = 0;
      entry.answered = false;
    } else {
      return;
    }
    this.changed(frame.address);
  }

  private changed(address: string): void {
    for (const listener of [...this.listeners]) listener(address);
  }
}

/** A server that takes the connection and then says nothing is left after so long, and tried again. */
export const connectMsMax = 10_000;

/** A WebSocket class for the provider whose every frame passes the ledger. */
export function ledgerSocket(
  ledger: Ledger,
  gate: Gate = new Gate(),
  Base: typeof WebSocket = WebSocket,
): typeof WebSocket {
  return class extends Base {
    /** The message that the gate has let through: it is told again to those who listen, and not held twice. */
    private passing: MessageEvent | null = null;

    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      ledger.opened(this);
      const patience = setTimeout(() => {
        if (this.readyState === WebSocket.CONNECTING) this.close();
      }, connectMsMax);
      this.addEventListener("open", () => clearTimeout(patience));
      // Added first, so that the ledger knows before the provider acts.
      this.addEventListener("message", (event: MessageEvent) => {
        if (event === this.passing) return;
        event.stopImmediatePropagation();
        gate.pass(() => this.tell(event.data));
      });
      this.addEventListener("close", () => ledger.closed(this));
    }

    private tell(data: unknown): void {
      if (this.readyState !== WebSocket.OPEN) return;
      if (data instanceof ArrayBuffer && ledger.carries(this)) {
        ledger.received(new Uint8Array(data));
      }
      this.passing = new MessageEvent("message", { data });
      this.dispatchEvent(this.passing);
    }

    override send(data: string | ArrayBufferLike | Blob | ArrayBufferView<ArrayBuffer>): void {
      if (data instanceof Uint8Array && !ledger.sending(data)) return;
      super.send(data as ArrayBufferView<ArrayBuffer>);
    }
  };
}
