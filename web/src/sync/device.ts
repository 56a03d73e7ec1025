/** This device's copy of a section, so that words survive a closed tab. */
import * as idb from "lib0/indexeddb";
import { IndexeddbPersistence } from "y-indexeddb";
import type * as Y from "yjs";
import { Value } from "./observable.ts";

const prefix = "footprint/";
/** A device that has not answered by then counts as one that keeps nothing for us. */
const openMsMax = 3_000;

export function copyName(plan: string, section: string, epoch: string, person: string): string {
  return `${prefix}${[plan, section, epoch, person].map(encodeURIComponent).join("/")}`;
}

function timeout(ms: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error("This device did not answer in time.")), ms);
  });
}

/** Whether this browser lets us keep anything. Private windows and policies may forbid it. */
async function canKeep(): Promise<boolean> {
  if (typeof indexedDB === "undefined") return false;
  try {
    const db = await Promise.race([
      idb.openDB(`${prefix}probe`, (made) => idb.createStores(made, [["probe"]])),
      timeout(openMsMax),
    ]);
    db.close();
    return true;
  } catch {
    return false;
  }
}

/** What a section needs of its copy; a test gives another. */
export interface DeviceCopy {
  /** Resolves when the document holds all that the device has; false when the device keeps nothing. */
  readonly ready: Promise<boolean>;
  /** True when every word is on the device. */
  readonly flushed: Value<boolean>;
  /** Where the copy's own changes come from: the origin of its updates. */
  readonly origin: () => unknown;
  /** Forgets the words. */
  readonly clear: () => Promise<void>;
  readonly destroy: () => Promise<void>;
}

export class IndexedCopy implements DeviceCopy {
  readonly flushed = new Value(true);
  readonly ready: Promise<boolean>;
  private persistence: IndexeddbPersistence | null = null;
  private pending = 0;
  private gone = false;
  private readonly name: string;
  private readonly doc: Y.Doc;
  private readonly onUpdate: (update: Uint8Array, origin: unknown) => void;

  constructor(name: string, doc: Y.Doc) {
    this.name = name;
    this.doc = doc;
    this.onUpdate = (_update, origin) => {
      if (origin !== this.persistence) void this.awaitFlush();
    };
    this.ready = this.open();
  }

  readonly origin = (): unknown => this.persistence;

  private async open(): Promise<boolean> {
    if (!(await canKeep()) || this.gone) return false;
    const persistence = new IndexeddbPersistence(this.name, this.doc);
    this.persistence = persistence;
    // After y-indexeddb's own listener: our look at the store then waits for its write.
    this.doc.on("update", this.onUpdate);
    try {
      await Promise.race([persistence.whenSynced, timeout(openMsMax)]);
      return true;
    } catch {
      return false;
    }
  }

  /** A transaction that begins after a write on the same store ends after it. */
  private async awaitFlush(): Promise<void> {
    const db = this.persistence?.db;
    if (!db || this.gone) return;
    this.pending += 1;
    this.flushed.set(false);
    try {
      const [store] = idb.transact(db, ["updates"], "readonly");
      if (store) await idb.count(store);
    } catch {
      // A closing database: what it had begun, it finishes.
    }
    this.pending -= 1;
    if (this.pending === 0) this.flushed.set(true);
  }

  /** Empties rather than deletes: another tab may hold it open. */
  readonly clear = async (): Promise<void> => {
    await this.ready;
    const db = this.persistence?.db;
    if (!db) return;
    this.doc.off("update", this.onUpdate);
    const [store] = idb.transact(db, ["updates"]);
    if (store) await idb.rtop(store.clear());
  };

  readonly destroy = async (): Promise<void> => {
    this.gone = true;
    this.doc.off("update", this.onUpdate);
    await this.persistence?.destroy();
  };
}

/** Removes every copy that this service keeps on the device: for shared computers, at sign-out. */
export async function clearDevice(): Promise<void> {
  if (typeof indexedDB === "undefined" || !indexedDB.databases) return;
  const known = await indexedDB.databases().catch(() => []);
  const names = known.map((entry) => entry.name ?? "").filter((name) => name.startsWith(prefix));
  await Promise.all(names.map(deleteDatabase));
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    // Another tab has it open: it is deleted when that closes.
    request.onblocked = () => resolve();
  });
}
