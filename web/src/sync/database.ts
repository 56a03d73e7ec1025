/** The browser's own database, as far as we use it: one store a database, opened late, closed when it is to be deleted. */

/** Every database of this service begins so. */
export const databasePrefix = "footprint/";
/** A device that has not answered by then counts as one that keeps nothing for us. */
const openMsMax = 3_000;

export class StorageRefused extends Error {}

/** Rejects where the browser keeps nothing: private windows and policies may forbid it. */
export function openDatabase(
  name: string,
  store: string,
  options?: IDBObjectStoreParameters,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const refuse = () => reject(new StorageRefused("This browser keeps nothing for the service."));
    if (typeof indexedDB === "undefined") return refuse();
    const timer = setTimeout(refuse, openMsMax);
    let request: IDBOpenDBRequest;
    try {
      request = indexedDB.open(name);
    } catch {
      clearTimeout(timer);
      return refuse();
    }
    request.onupgradeneeded = () => request.result.createObjectStore(store, options);
    request.onerror = () => {
      clearTimeout(timer);
      refuse();
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      const db = request.result;
      // Signing out in another tab deletes it.
      db.onversionchange = () => db.close();
      resolve(db);
    };
    return undefined;
  });
}

export function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new StorageRefused("The request failed."));
  });
}

/** Resolves when all of it is kept; rejects when nothing of it is, such as for want of room. */
export function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new StorageRefused("The device did not keep it."));
  });
}

export async function databaseNames(): Promise<string[]> {
  if (typeof indexedDB === "undefined" || !indexedDB.databases) return [];
  const known = await indexedDB.databases().catch(() => []);
  return known.map(({ name }) => name ?? "").filter((name) => name.startsWith(databasePrefix));
}

export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => resolve();
    // A tab that is busy with it has it open: it is deleted when that closes.
    request.onblocked = () => resolve();
  });
}
