/**
 * Small records that must outlive the page: words that the service refused, figures that were not sent yet. A record a thing, so
 * that two tabs never write over each other's; keys begin with the person, so that nobody meets another's.
 */
import { answerOf, committed, databasePrefix, openDatabase } from "./database.ts";

export interface KeptStore {
  /** All records whose keys begin so; none where the device keeps nothing. */
  readonly load: (prefix: string) => Promise<readonly (readonly [key: string, value: unknown])[]>;
  /** False where the device did not keep it. */
  readonly put: (key: string, value: unknown) => Promise<boolean>;
  /** With `expected`, only while the record is still that: another tab may have gone on with it. */
  readonly remove: (key: string, expected?: unknown) => Promise<void>;
}

export const keptDatabase = `${databasePrefix}kept`;
const storeName = "records";

export function keptKey(person: string, ...parts: readonly string[]): string {
  return `${[person, ...parts].map(encodeURIComponent).join("/")}`;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export class DeviceKept implements KeptStore {
  private db: Promise<IDBDatabase> | null = null;

  readonly load: KeptStore["load"] = async (prefix) => {
    try {
      const records = (await this.transaction("readonly")).objectStore(storeName);
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const keys = answerOf(records.getAllKeys(range));
      const values = answerOf(records.getAll(range));
      const found = await values;
      return (await keys).map((key, index) => [String(key), found[index]] as const);
    } catch {
      return [];
    }
  };

  readonly put: KeptStore["put"] = async (key, value) => {
    try {
      const transaction = await this.transaction("readwrite");
      transaction.objectStore(storeName).put(value, key);
      await committed(transaction);
      return true;
    } catch {
      return false;
    }
  };

  readonly remove: KeptStore["remove"] = async (key, expected) => {
    try {
      const transaction = await this.transaction("readwrite");
      const records = transaction.objectStore(storeName);
      const read = records.get(key);
      read.onsuccess = () => {
        if (expected === undefined || same(read.result, expected)) records.delete(key);
      };
      await committed(transaction);
    } catch {
      // What the device does not keep need not be removed.
    }
  };

  private async transaction(mode: IDBTransactionMode): Promise<IDBTransaction> {
    this.db ??= openDatabase(keptDatabase, storeName);
    try {
      return (await this.db).transaction(storeName, mode);
    } catch {
      // Another tab signed out and deleted it, or it did not open: once more, afresh.
      this.db = openDatabase(keptDatabase, storeName);
      return (await this.db).transaction(storeName, mode);
    }
  }
}
