/** Small things that outlive the page: held drafts, and which sections have words on this device alone. */
import { Value } from "./observable.ts";
import type { HeldDraft } from "./types.ts";

/** localStorage, or something like it. */
export interface NoteStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** For browsers that keep nothing: lasts as long as the page. */
export function pageNotes(): NoteStore {
  const notes = new Map<string, string>();
  return {
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
    return localStorage;
  } catch {
    return pageNotes();
  }
}

function parseDrafts(text: string | null): HeldDraft[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? (value as HeldDraft[]) : [];
  } catch {
    return [];
  }
}

/** Drafts that the server refused, of one person in one plan. */
export class HeldDrafts {
  readonly all: Value<readonly HeldDraft[]>;
  private readonly notes: NoteStore;
  private readonly key: string;

  constructor(notes: NoteStore, plan: string, person: string) {
    this.notes = notes;
    this.key = `footprint.held.${plan}.${person}`;
    this.all = new Value<readonly HeldDraft[]>(parseDrafts(notes.getItem(this.key)));
  }

  put(draft: HeldDraft): void {
    this.write([...this.all.getSnapshot().filter(({ id }) => id !== draft.id), draft]);
  }

  discard(id: string): void {
    this.write(this.all.getSnapshot().filter((draft) => draft.id !== id));
  }

  private write(drafts: readonly HeldDraft[]): void {
    this.all.set(drafts);
    try {
      this.notes.setItem(this.key, JSON.stringify(drafts));
    } catch {
      // No room: the drafts stay for as long as the page does.
    }
  }
}

/** Whether a section has words on this device that the server has not confirmed, also after the tab was closed. */
export class UnsavedMark {
  private readonly notes: NoteStore;
  private readonly key: string;
  private value: boolean;

  constructor(notes: NoteStore, name: string) {
    this.notes = notes;
    this.key = `footprint.unsaved.${name}`;
    this.value = notes.getItem(this.key) !== null;
  }

  get set(): boolean {
    return this.value;
  }

  mark(unsaved: boolean): void {
    if (unsaved === this.value) return;
    this.value = unsaved;
    try {
      if (unsaved) this.notes.setItem(this.key, "1");
      else this.notes.removeItem(this.key);
    } catch {
      // The mark only helps to ask before words are left.
    }
  }
}
