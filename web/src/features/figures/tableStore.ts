/**
 * One structured table on screen: the server's values, and what the person typed and the server has not taken yet.
 * What is typed stays until the server has it or the person lets it go; it also outlives the page (see {@link FigureDevice}).
 */
import { ApiError, otherPerson, type Api } from "../../api/client.ts";
import type {
  Cell,
  CellValue,
  ChangedCell,
  Column,
  EventCell,
  FigureChange,
  PersonRef,
  Table,
} from "../../api/types.ts";
import type { SaveStatus } from "../../sync/types.ts";
import {
  cellAddress,
  cellKey,
  withCell,
  type CellAddress,
  type FigureDevice,
  type KeptFigure,
} from "./cells.ts";
import { cellText, parseCell, parseClipboard } from "./numbers.ts";

export interface Draft {
  readonly text: string;
  /** The cell's revision when the person began to type: what the server compares with. */
  readonly revision: number;
  /** Cells that were pasted together go together or not at all. */
  readonly group: number;
  readonly sending: boolean;
  /** Why it cannot be saved as it stands. */
  readonly problem: string | null;
  /** Somebody else changed the cell meanwhile. */
  readonly conflict: Cell | null;
  /** The server wants to know why, in these words; it waits for {@link TableStore.giveReason}. */
  readonly question?: string;
  readonly reason?: string;
}

export interface TableSnapshot {
  readonly table: Table;
  readonly drafts: ReadonlyMap<string, Draft>;
  readonly status: SaveStatus;
}

export interface TableStoreOptions {
  readonly api: Pick<Api, "setFigures">;
  readonly plan: string;
  readonly table: Table;
  readonly now?: () => number;
  /** What earlier visits left, and where to keep what is typed now. */
  readonly kept?: readonly KeptFigure[];
  readonly device?: FigureDevice;
}

/** A caret that stays in its cell so long after the last key: what was typed is sent all the same. */
export const idleMs = 3_000;
const retryMs = [2000, 5000, 10_000, 30_000];

interface Sent {
  readonly key: string;
  readonly text: string;
  readonly reason: string | undefined;
  readonly change: FigureChange;
}

export class TableStore {
  #options: TableStoreOptions;
  #table: Table;
  #drafts = new Map<string, Draft>();
  #listeners = new Set<() => void>();
  #snapshot: TableSnapshot;
  #groups = 0;
  #busy = false;
  #again = false;
  #unsavedSince: number | null = null;
  #unsavedReason: "offline" | "no-answer" | "sign-in" = "offline";
  #onDevice = new Map<string, KeptFigure>();
  #deviceKeeps = true;
  #idle: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: TableStoreOptions) {
    this.#options = options;
    this.#table = options.table;
    this.#restore(options.kept ?? []);
    this.#snapshot = this.#makeSnapshot();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): TableSnapshot => this.#snapshot;

  /** The person typed; nothing is sent before {@link commit}. */
  edit(at: CellAddress, text: string): void {
    this.#write(at, text, this.#drafts.get(cellKey(at))?.group ?? ++this.#groups);
    this.#publish();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#commitReadable(), idleMs);
  }

  /** Back to the server's value. */
  revert(at: CellAddress): void {
    this.#drafts.delete(cellKey(at));
    this.#publish();
  }

  /** Fills cells from a spreadsheet's clipboard, rightwards and down; returns how many it filled. */
  paste(at: CellAddress, text: string): { filled: number; skipped: number } {
    const group = ++this.#groups;
    const top = this.#table.rows.findIndex((r) => r.id === at.row);
    const left = this.#table.columns.findIndex((c) => c.key === at.column);
    let filled = 0;
    let skipped = 0;
    parseClipboard(text).forEach((line, down) =>
      line.forEach((value, right) => {
        const row = this.#table.rows[top + down];
        const column = this.#table.columns[left + right];
        const cell = column === undefined ? undefined : row?.cells[column.key];
        if (row === undefined || column === undefined || cell?.editable !== true) {
          skipped++;
          return;
        }
        this.#write({ row: row.id, column: column.key }, value, group);
        filled++;
      }),
    );
    this.#publish();
    this.commit();
    return { filled, skipped };
  }

  /** Sends what can be sent. */
  commit(): void {
    if (this.#busy) this.#again = true;
    else void this.#flush();
  }

  /** Half a number is no mistake yet: it is left alone until the person leaves the cell. */
  #commitReadable(): void {
    const readable = [...this.#drafts].every(([key, { text }]) => {
      const column = this.#column(cellAddress(key).column);
      return column !== undefined && parseCell(column, text).ok;
    });
    if (readable) this.commit();
  }

  /** "Keep mine": what was typed goes over the other person's value. */
  keepMine(at: CellAddress): void {
    const key = cellKey(at);
    const draft = this.#drafts.get(key);
    if (draft?.conflict == null) return;
    this.#drafts.set(key, {
      ...draft,
      revision: draft.conflict.revision,
      conflict: null,
      group: ++this.#groups,
    });
    this.#publish();
    this.commit();
  }

  /** Answers the server's question for every cell that waits for it. */
  giveReason(reason: string): void {
    for (const [key, { question, ...draft }] of this.#drafts) {
      if (question !== undefined) this.#drafts.set(key, { ...draft, reason });
    }
    this.#publish();
    this.commit();
  }

  /** What waits for a reason goes back to the server's value. */
  withdrawAsked(): void {
    for (const [key, { question }] of this.#drafts) {
      if (question !== undefined) this.#drafts.delete(key);
    }
    this.#publish();
  }

  /** "Take theirs": what was typed goes. */
  takeTheirs(at: CellAddress): void {
    this.revert(at);
    this.commit();
  }

  /** A whole newer table, such as after the connection was down. */
  replace(table: Table): void {
    this.#table = table;
    this.#publish();
  }

  /** Cells that somebody changed, as the plan's events tell them. */
  applyEvent(cells: readonly EventCell[], at: number, actor: PersonRef | null): EventCell[] {
    const applied: EventCell[] = [];
    for (const e of cells) {
      if (e.table !== this.#table.key) continue;
      this.#table = withCell(this.#table, e, (cell) => {
        if (e.revision < cell.revision || (e.revision === cell.revision && e.value === cell.value))
          return cell;
        applied.push(e);
        const next: Cell = {
          ...cell,
          value: e.value,
          revision: e.revision,
          basis: e.basis,
          changed_at: at,
        };
        if (actor !== null) next.changed_by = actor;
        return next;
      });
    }
    if (applied.length > 0) this.#publish();
    return applied;
  }

  hasUnsaved(): boolean {
    return this.#drafts.size > 0;
  }

  /** Tries again at once: the connection is back, or the person signed in again. */
  readonly retry = (): void => {
    this.#failures = 0;
    this.commit();
  };

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#listeners.clear();
  }

  #column(key: string): Column | undefined {
    return this.#table.columns.find((c) => c.key === key);
  }

  #cell({ row, column }: CellAddress): Cell | undefined {
    return this.#table.rows.find((r) => r.id === row)?.cells[column];
  }

  #write(at: CellAddress, text: string, group: number): void {
    const key = cellKey(at);
    const old = this.#drafts.get(key);
    const revision = old?.revision ?? this.#cell(at)?.revision ?? 0;
    const conflict = old?.conflict ?? null;
    const reason = old?.reason === undefined ? {} : { reason: old.reason };
    this.#drafts.set(key, {
      text,
      revision,
      group,
      sending: false,
      problem: null,
      conflict,
      ...reason,
    });
  }

  /** Drafts worth sending; marks those that cannot be read and drops those that change nothing. */
  #sendable(): Sent[] {
    const ready: Sent[] = [];
    const heldGroups = new Set<number>();
    for (const [key, draft] of this.#drafts) {
      const at = cellAddress(key);
      const column = this.#column(at.column);
      const cell = this.#cell(at);
      if (column === undefined || cell === undefined) {
        this.#drafts.delete(key);
        continue;
      }
      const parsed = parseCell(column, draft.text);
      const problem = draft.problem ?? (parsed.ok ? null : parsed.message);
      const waits = draft.question !== undefined || draft.conflict !== null;
      if (problem !== null || waits) {
        heldGroups.add(draft.group);
        this.#drafts.set(key, { ...draft, problem });
      } else if (parsed.ok && parsed.value === cell.value) {
        this.#drafts.delete(key);
      } else if (parsed.ok) {
        ready.push({
          key,
          text: draft.text,
          reason: draft.reason,
          change: this.#change(at, parsed.value, draft, column, cell),
        });
      }
    }
    const free = ready.filter(({ key }) => !heldGroups.has(this.#drafts.get(key)?.group ?? 0));
    // One request has one reason; the others follow in the next.
    const together = free.filter(({ reason }) => reason === free[0]?.reason);
    if (together.length < free.length) this.#again = true;
    return together;
  }

  #change(
    at: CellAddress,
    value: CellValue,
    draft: Draft,
    column: Column,
    cell: Cell,
  ): FigureChange {
    const unit = cell.unit ?? column.unit;
    return {
      table: this.#table.key,
      row: at.row,
      column: at.column,
      value,
      expected_revision: draft.revision,
      ...(typeof value === "number" && unit !== undefined ? { unit } : {}),
    };
  }

  async #flush(): Promise<void> {
    this.#busy = true;
    do {
      this.#again = false;
      const sent = this.#sendable();
      for (const { key } of sent) this.#update(key, { sending: true });
      this.#publish();
      if (sent.length === 0) break;
      try {
        const answer = await this.#options.api.setFigures(
          this.#options.plan,
          sent.map((s) => s.change),
          sent[0]?.reason,
        );
        this.#accepted(sent, answer.cells);
      } catch (error) {
        this.#failed(sent, error);
      }
      this.#publish();
    } while (this.#again);
    this.#busy = false;
    if (this.#drafts.size === 0) this.#unsavedSince = null;
    this.#publish();
  }

  #update(key: string, change: Partial<Draft>): void {
    const draft = this.#drafts.get(key);
    if (draft !== undefined) this.#drafts.set(key, { ...draft, ...change });
  }

  #accepted(sent: readonly Sent[], cells: readonly ChangedCell[]): void {
    this.#unsavedSince = null;
    this.#failures = 0;
    for (const c of cells) {
      if (c.table === this.#table.key) this.#table = withCell(this.#table, c, () => c.cell);
    }
    for (const { key, text } of sent) {
      const draft = this.#drafts.get(key);
      if (draft?.text === text) this.#drafts.delete(key);
      // Typed on while the first words were under way: the rest follows on top of what was just saved.
      else
        this.#update(key, {
          sending: false,
          revision: this.#cell(cellAddress(key))?.revision ?? 0,
        });
    }
  }

  #failed(sent: readonly Sent[], error: unknown): void {
    for (const { key } of sent) this.#update(key, { sending: false });
    if (!(error instanceof ApiError)) return this.#waitAndRetry("offline");
    // Another person signed in: kept for when this one is back, under their own name.
    if (error.code === otherPerson) return this.#waitAndRetry("sign-in");
    switch (error.kind) {
      case "conflict":
        for (const c of error.conflicts) this.#conflict(c, c.yours, c.current);
        // The server refused all for the sake of some: the others go again without them.
        this.#again = error.conflicts.length > 0;
        return undefined;
      case "invalid":
      case "forbidden":
      case "not-found":
        this.#refused(sent, error);
        return undefined;
      case "signed-out":
        return this.#waitAndRetry("sign-in");
      case "offline":
        return this.#waitAndRetry("offline");
      default:
        return this.#waitAndRetry("no-answer");
    }
  }

  #conflict(at: CellAddress & { table: string }, yours: CellValue, current: Cell): void {
    if (at.table !== this.#table.key) return;
    const key = cellKey(at);
    this.#table = withCell(this.#table, at, (cell) => ({ ...current, editable: cell.editable }));
    // The same value: ours, whose answer got lost, or theirs, which says what we say.
    if (current.value === yours) this.#drafts.delete(key);
    else this.#update(key, { conflict: current, group: ++this.#groups });
  }

  #refused(sent: readonly Sent[], error: ApiError): void {
    for (const p of error.problems) {
      const wants = p.code === "figure.reason_needed";
      this.#update(cellKey(p), wants ? { question: p.message } : { problem: p.message });
    }
    if (error.problems.length > 0) this.#again = true;
    else for (const { key } of sent) this.#update(key, { problem: error.message });
  }

  #waitAndRetry(reason: "offline" | "no-answer" | "sign-in"): void {
    this.#unsavedSince ??= (this.#options.now ?? Date.now)();
    this.#unsavedReason = reason;
    if (reason === "sign-in") return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const wait = retryMs[Math.min(this.#failures, retryMs.length - 1)] ?? 30_000;
    this.#failures++;
    this.#timer = setTimeout(() => this.commit(), wait);
  }

  #restore(kept: readonly KeptFigure[]): void {
    for (const figure of kept) {
      // What may not be changed now stays on the device: it may be another day.
      if (this.#cell(figure)?.editable !== true) continue;
      const key = cellKey(figure);
      this.#onDevice.set(key, figure);
      const { text, revision } = figure;
      const group = ++this.#groups;
      this.#drafts.set(key, {
        text,
        revision,
        group,
        sending: false,
        problem: null,
        conflict: null,
      });
    }
  }

  #makeSnapshot(): TableSnapshot {
    const waiting = [...this.#drafts.values()];
    let status: SaveStatus = { kind: "saved" };
    if (this.#unsavedSince !== null && waiting.length > 0) {
      const since = this.#unsavedSince;
      status = {
        kind: "unsaved",
        since,
        reason: this.#unsavedReason,
        kept: this.#deviceKeeps,
      };
    } else if (
      waiting.some((d) => d.problem === null && d.conflict === null && d.question === undefined)
    ) {
      status = { kind: "saving" };
    }
    return { table: this.#table, drafts: new Map(this.#drafts), status };
  }

  #publish(): void {
    this.#keep();
    this.#snapshot = this.#makeSnapshot();
    for (const listener of this.#listeners) listener();
  }

  /** Brings the device to what is typed and not saved. */
  #keep(): void {
    const { device } = this.#options;
    if (device === undefined) return;
    for (const [key, { text, revision }] of this.#drafts) {
      const known = this.#onDevice.get(key);
      if (known?.text === text && known.revision === revision) continue;
      const figure = { ...cellAddress(key), text, revision };
      this.#onDevice.set(key, figure);
      void device.put(figure).then((keeps) => {
        if (keeps === this.#deviceKeeps) return;
        this.#deviceKeeps = keeps;
        this.#publish();
      });
    }
    for (const [key, figure] of this.#onDevice) {
      if (this.#drafts.has(key)) continue;
      this.#onDevice.delete(key);
      device.remove(figure);
    }
  }
}

/** What an input shows: the draft where there is one. */
export function inputText(cell: Cell, draft: Draft | undefined): string {
  return draft?.text ?? cellText(cell.value);
}
