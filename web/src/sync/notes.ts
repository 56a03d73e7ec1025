/** What outlives the page beside the documents: refused words, and which sections have words on this device alone. */
import { keptKey, type KeptStore } from "./kept.ts";
import { Value } from "./observable.ts";
import type { HeldDraft } from "./types.ts";

/** localStorage, or something like it. */
export interface NoteStore {
  keys(): readonly string[];
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** For browsers that keep nothing: lasts as long as the page. */
export function pageNotes(): NoteStore {
  const notes = new Map<string, string>();
  return {
    keys: () => [...notes.keys()],
    getItem: (key) => notes.get(key) ?? null,
    setItem: (key, value) => void notes.set(key, value),
    removeItem: (key) => void notes.delete(key),
  };
}

export function browserNotes(): NoteStore {
  try {
    const probe = "footprint.probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return {
      keys: () => Object.keys(localStorage),
      getItem: (key) => localStorage.getItem(key),
      setItem: (key, value) => localStorage.setItem(key, value),
      removeItem: (key) => localStorage.removeItem(key),
    };
  } catch {
    return pageNotes();
  }
}

export function heldPrefix(person: string, plan = ""): string {
  return plan === "" ? keptKey(person, "held", "") : keptKey(person, "held", plan, "");
}

/** Drafts that the server refused, of one person in one plan. */
export class HeldDrafts {
  readonly all = new Value<readonly HeldDraft[]>([]);
  /** Resolves when the drafts of earlier visits are there. */
  readonly ready: Promise<void>;
  private readonly kept: KeptStore;
  private readonly prefix: string;

  constructor(kept: KeptStore, plan: string, person: string) {
    this.kept = kept;
    this.prefix = heldPrefix(person, plan);
    this.ready = kept.load(this.prefix).then((records) => {
      const known = new Set(this.all.getSnapshot().map(({ id }) => id));
      const earlier = records.map(([, value]) => value as HeldDraft);
      this.all.set([...earlier.filter(({ id }) => !known.has(id)), ...this.all.getSnapshot()]);
    });
  }

  put(draft: HeldDraft): void {
    this.replace(draft);
    void this.kept.put(this.prefix + draft.id, { ...draft, onDevice: true }).then((onDevice) => {
      const now = this.all.getSnapshot().find(({ id }) => id === draft.id);
      if (now && now.onDevice !== onDevice) this.replace({ ...now, onDevice });
    });
  }

  discard(id: string): void {
    this.all.set(this.all.getSnapshot().filter((draft) => draft.id !== id));
    void this.kept.remove(this.prefix + id);
  }

  private replace(draft: HeldDraft): void {
    this.all.set([...this.all.getSnapshot().filter(({ id }) => id !== draft.id), draft]);
  }
}

const markPrefix = "footprint.unsaved.";

/** Names of the copies that hold words which no tab has seen confirmed. */
export function unsavedCopies(notes: NoteStore): ReadonlySet<string> {
  const marks = notes.keys().filter((key) => key.startsWith(markPrefix));
  return new Set(marks.map((key) => key.slice(markPrefix.length, key.lastIndexOf("#"))));
}

/**
 * Whether a section has words on this device that the server has not confirmed, also after the tab was closed. Every tab has a
 * mark of its own with a count of edits: a tab that has sent what the device held takes away only marks that stand for no more.
 */
export class UnsavedMark {
  private readonly notes: NoteStore;
  private readonly key: string;
  private earlier: ReadonlyMap<string, string>;
  private edits = 0;

  constructor(notes: NoteStore, name: string, tab: string = crypto.randomUUID()) {
    this.notes = notes;
    this.key = `${markPrefix}${name}#${tab}`;
    const others = notes.keys().filter((key) => key.startsWith(`${markPrefix}${name}#`));
    this.earlier = new Map(others.map((key) => [key, notes.getItem(key) ?? ""]));
  }

  get set(): boolean {
    return this.edits > 0 || this.earlier.size > 0;
  }

  /** Another edit that the server has not confirmed. */
  add(): void {
    this.edits += 1;
    try {
      this.notes.setItem(this.key, String(this.edits));
    } catch {
      // The mark only helps to ask before words are left.
    }
  }

  /** All that this document holds is confirmed. */
  clear(): void {
    if (!this.set) return;
    if (this.edits > 0) this.notes.removeItem(this.key);
    for (const [key, edits] of this.earlier) {
      if (this.notes.getItem(key) === edits) this.notes.removeItem(key);
    }
    this.edits = 0;
    this.earlier = new Map();
  }
}
