import type { KeptStore } from "../../../web/src/sync/kept.ts";

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What a device keeps, without one. `refuses` stands for a device without room. */
export class PageKept implements KeptStore {
  readonly records = new Map<string, unknown>();
  refuses = false;

  readonly load: KeptStore["load"] = async (prefix) =>
    [...this.records].filter(([key]) => key.startsWith(prefix));

  readonly put: KeptStore["put"] = async (key, value) => {
    if (!this.refuses) this.records.set(key, value);
    return !this.refuses;
  };

  readonly remove: KeptStore["remove"] = async (key, expected) => {
    if (expected === undefined || same(this.records.get(key), expected)) this.records.delete(key);
  };
}
