/** This device's copy of a section, so that words survive a closed tab. */
import * as Y from "yjs";
import {
  answerOf,
  committed,
  databaseNames,
  databasePrefix,
  deleteDatabase,
  openDatabase,
} from "./database.ts";
import { Value } from "./observable.ts";

const storeName = "updates";
/** So many records are put together into one when a section is opened. */
const recordsMax = 100;

/** `person` last: {@link personOf} reads it. */
export function copyName(plan: string, section: string, epoch: string, person: string): string {
  return `${databasePrefix}${[plan, section, epoch, person].map(encodeURIComponent).join("/")}`;
}

/** Whose copy it is; null for databases that are no copies. */
export function personOf(name: string): string | null {
  const parts = name.slice(databasePrefix.length).split("/");
  return parts.length === 4 ? decodeURIComponent(parts[3] ?? "") : null;
}

/** What a section needs of its copy; a test gives another. */
export interface DeviceCopy {
  /** Resolves when the document holds all that the device has. */
  readonly ready: Promise<void>;
  /** False when the device keeps nothing, or has no room for the newest words. */
  readonly keeps: Value<boolean>;
  /** True when every word is on the device. */
  readonly flushed: Value<boolean>;
  /** Where the copy's own changes come from: the origin of its updates. */
  readonly origin: () => unknown;
  /** Forgets the words. */
  readonly clear: () => Promise<void>;
  readonly destroy: () => Promise<void>;
}

export class IndexedCopy implements DeviceCopy {
  readonly keeps = new Value(true);
  readonly flushed = new Value(true);
  readonly ready: Promise<void>;
  private readonly doc: Y.Doc;
  private db: IDBDatabase | null = null;
  private waiting: Uint8Array[] = [];
  private writing: Promise<void> | null = null;
  private gone = false;

  constructor(name: string, doc: Y.Doc) {
    this.doc = doc;
    this.ready = this.open(name);
  }

  readonly origin = (): unknown => this;

  private async open(name: string): Promise<void> {
    try {
      const db = await openDatabase(name, storeName, { autoIncrement: true });
      if (this.gone) return db.close();
      this.db = db;
      await this.load(db);
    } catch {
      this.keeps.set(false);
    }
    if (!this.gone) this.doc.on("update", this.onUpdate);
  }

  /** Reads all, and puts many records together into one in the same transaction: another tab's are never lost. */
  private async load(db: IDBDatabase): Promise<void> {
    const transaction = db.transaction(storeName, "readwrite");
    const store = transaction.objectStore(storeName);
    const keys = answerOf(store.getAllKeys());
    const updates = (await answerOf(store.getAll())) as Uint8Array[];
    this.doc.transact(() => {
      for (const update of updates) Y.applyUpdate(this.doc, update, this);
    }, this);
    const last = (await keys).at(-1);
    if (updates.length > recordsMax && last !== undefined) {
      store.add(Y.mergeUpdates(updates));
      store.delete(IDBKeyRange.upperBound(last));
    }
    await committed(transaction);
  }

  private readonly onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    this.waiting.push(update);
    this.flushed.set(false);
    this.writing ??= this.write().finally(() => {
      this.writing = null;
    });
  };

  /** Writes what waits, and what has come meanwhile; what found no room waits for the next try. */
  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const updates = this.waiting;
      this.waiting = [];
      try {
        if (!this.db) throw new Error("not open");
        const transaction = this.db.transaction(storeName, "readwrite");
        transaction.objectStore(storeName).add(Y.mergeUpdates(updates));
        await committed(transaction);
        this.keeps.set(true);
      } catch {
        this.waiting = [...updates, ...this.waiting];
        this.keeps.set(false);
        return;
      }
    }
    this.flushed.set(true);
  }

  readonly clear = async (): Promise<void> => {
    await this.ready;
    this.doc.off("update", this.onUpdate);
    await this.writing;
    if (!this.db) return;
    // Empties rather than deletes: another tab may hold it open.
    const transaction = this.db.transaction(storeName, "readwrite");
    transaction.objectStore(storeName).clear();
    await committed(transaction);
  };

  /** What is waiting is still written. */
  readonly destroy = async (): Promise<void> => {
    this.gone = true;
    this.doc.off("update", this.onUpdate);
    await this.ready;
    await this.writing;
    this.db?.close();
  };
}

/** Removes copies from the device: `keep` says of whose copies, by name, must stay. */
export async function removeCopies(keep: (name: string, person: string) => boolean): Promise<void> {
  const names = await databaseNames();
  const doomed = names.filter((name) => {
    const person = personOf(name);
    return person !== null && !keep(name, person);
  });
  await Promise.all(doomed.map(deleteDatabase));
}
