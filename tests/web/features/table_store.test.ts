import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../../web/src/api/client.ts";
import type { Cell, FigureChange, FiguresChanged, Table } from "../../../web/src/api/types.ts";
import { conflictWords } from "../../../web/src/features/figures/Conflicts.tsx";
import { cellKey, type KeptFigure } from "../../../web/src/features/figures/cells.ts";
import { idleMs, TableStore } from "../../../web/src/features/figures/tableStore.ts";
import { PageKept } from "../sync/page_kept.ts";

const tom = {
  person: "u-tom",
  name: "Tom Reed",
  organisation: "o",
  organisation_name: "Ousefen CCG",
};

function cell(value: number | null, more: Partial<Cell> = {}): Cell {
  return { value, revision: 1, basis: "entered", status: "draft", editable: true, ...more };
}

function table(): Table {
  return {
    key: "bridge",
    title: "Bridge",
    section: "finance",
    unit: "GBP m",
    columns: [
      { key: "a", title: "2016/17", type: "number", unit: "GBP m" },
      { key: "b", title: "2017/18", type: "number", unit: "GBP m" },
    ],
    rows: [
      { id: "one", title: "One", cells: { a: cell(1), b: cell(2) } },
      {
        id: "two",
        title: "Two",
        cells: { a: cell(3), b: cell(4, { editable: false, derived: true }) },
      },
    ],
  };
}

const at = { row: "one", column: "a" };
const settled = () =>
  vi.waitFor(() => undefined).then(() => new Promise((done) => setTimeout(done, 0)));

describe("TableStore", () => {
  let sent: FigureChange[][] = [];
  let reasons: (string | undefined)[] = [];
  let answers: (() => FiguresChanged)[] = [];
  const device = new PageKept();
  const make = () =>
    new TableStore({
      plan: "p",
      table: table(),
      now: () => 1000,
      kept: [...device.records.values()] as KeptFigure[],
      device: {
        put: (figure) => device.put(cellKey(figure), figure),
        remove: (figure) => void device.remove(cellKey(figure), figure),
      },
      api: {
        setFigures: async (_plan, changes, reason) => {
          sent.push(changes);
          reasons.push(reason);
          const answer = answers.shift();
          if (answer) return answer();
          return {
            position: 9,
            cells: changes.map((c) => ({
              table: c.table,
              row: c.row,
              column: c.column,
              cell: cell(c.value as number, { revision: c.expected_revision + 1 }),
            })),
          };
        },
      },
    });
  beforeEach(() => {
    sent = [];
    reasons = [];
    answers = [];
    device.records.clear();
    device.refuses = false;
  });

  it("sends a typed value with the revision it was typed over, and is saved when the server has it", async () => {
    const store = make();
    store.edit(at, "1,250.5");
    expect(store.getSnapshot().status.kind).toBe("saving");
    store.commit();
    await settled();
    expect(sent).toEqual([
      [{ table: "bridge", ...at, value: 1250.5, expected_revision: 1, unit: "GBP m" }],
    ]);
    expect(store.getSnapshot().status.kind).toBe("saved");
    expect(store.getSnapshot().table.rows[0]?.cells["a"]?.value).toBe(1250.5);
    expect(device.records.size).toBe(0);
  });

  it("sends nothing for a value that did not change", async () => {
    const store = make();
    store.edit(at, "1.0");
    store.commit();
    await settled();
    expect(sent).toEqual([]);
    expect(store.hasUnsaved()).toBe(false);
  });

  it("pastes a block as one command and leaves out what has no place", async () => {
    const store = make();
    expect(store.paste(at, "10\t(20)\r\n30\t40\r\n50\t60\r\n")).toEqual({ filled: 3, skipped: 3 });
    await settled();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.map((c) => c.value)).toEqual([10, -20, 30]);
  });

  it("holds a whole paste back while one of its values cannot be read", async () => {
    const store = make();
    store.paste(at, "10\tx");
    await settled();
    expect(sent).toEqual([]);
    expect(store.getSnapshot().drafts.get(cellKey({ row: "one", column: "b" }))?.problem).toContain(
      "not a number",
    );
    store.edit({ row: "one", column: "b" }, "20");
    store.commit();
    await settled();
    expect(sent[0]).toHaveLength(2);
  });

  it("shows both values on a conflict, and keeps or takes as the person says", async () => {
    const store = make();
    const current = cell(7, {
      revision: 5,
      changed_by: tom,
      changed_at: Date.UTC(2026, 10, 23, 14, 2),
    });
    const conflict = () => {
      throw new ApiError(
        "conflict",
        409,
        { code: "figure.conflict", message: "m" },
        { conflicts: [{ table: "bridge", ...at, yours: 12, current }] },
      );
    };
    answers = [conflict];
    store.edit(at, "12");
    store.commit();
    await settled();
    const [words] = conflictWords(store.getSnapshot(), Date.UTC(2026, 10, 23, 15, 0));
    expect(words?.what).toBe("You typed 12. Tom Reed, Ousefen CCG, changed it to 7 at 14:02.");
    store.keepMine(at);
    await settled();
    expect(sent[1]?.[0]).toMatchObject({ value: 12, expected_revision: 5 });
    expect(store.hasUnsaved()).toBe(false);

    const other = make();
    answers = [conflict];
    other.edit(at, "12");
    other.commit();
    await settled();
    other.takeTheirs(at);
    expect(other.getSnapshot().table.rows[0]?.cells["a"]?.value).toBe(7);
    expect(other.hasUnsaved()).toBe(false);
  });

  it("takes a conflict with its own value as saved: the answer was lost, not the change", async () => {
    const store = make();
    answers = [
      () => {
        throw new ApiError(
          "conflict",
          409,
          { code: "figure.conflict", message: "m" },
          {
            conflicts: [{ table: "bridge", ...at, yours: 12, current: cell(12, { revision: 2 }) }],
          },
        );
      },
    ];
    store.edit(at, "12");
    store.commit();
    await settled();
    expect(store.hasUnsaved()).toBe(false);
  });

  it("keeps what was typed while offline, also over a closed tab", async () => {
    const store = make();
    answers = [
      () => {
        throw new ApiError("offline", 0, { code: "offline", message: "m" });
      },
    ];
    store.edit(at, "99");
    store.commit();
    await settled();
    expect(store.getSnapshot().status).toEqual({
      kind: "unsaved",
      since: 1000,
      reason: "offline",
      kept: true,
    });
    store.dispose();
    const again = make();
    expect(again.hasUnsaved()).toBe(true);
    again.commit();
    await settled();
    expect(sent.at(-1)?.[0]).toMatchObject({ value: 99, expected_revision: 1 });
    expect(device.records.size).toBe(0);
  });

  it("leaves what another tab keeps alone, and what that tab typed on meanwhile", async () => {
    const offline = () => {
      throw new ApiError("offline", 0, { code: "offline", message: "m" });
    };
    const first = make();
    answers = [offline];
    first.edit(at, "99");
    first.commit();
    await settled();
    const second = make();
    const other = make();
    other.edit({ row: "two", column: "a" }, "7");
    other.revert({ row: "two", column: "a" });
    expect(device.records.size).toBe(1);
    first.edit(at, "100");
    await settled();
    // The second tab sends what it found; the first one's newer words stay on the device.
    second.commit();
    await settled();
    expect(sent.at(-1)?.[0]).toMatchObject({ value: 99 });
    expect([...device.records.values()]).toMatchObject([{ text: "100" }]);
    for (const store of [first, second, other]) store.dispose();
  });

  it("says so where the device does not keep what is typed", async () => {
    device.refuses = true;
    const store = make();
    answers = [
      () => {
        throw new ApiError("server", 0, { code: "no-answer", message: "m" });
      },
    ];
    store.edit(at, "99");
    store.commit();
    await settled();
    expect(store.getSnapshot().status).toMatchObject({ reason: "no-answer", kept: false });
    store.dispose();
  });

  it("sends what was typed although the caret stays in the cell, and leaves half a number alone", async () => {
    vi.useFakeTimers();
    try {
      const store = make();
      store.edit(at, "1,2");
      await vi.advanceTimersByTimeAsync(2 * idleMs);
      expect(sent).toEqual([]);
      expect(store.getSnapshot().drafts.get(cellKey(at))?.problem).toBeNull();
      store.edit(at, "1,250");
      await vi.advanceTimersByTimeAsync(2 * idleMs);
      expect(sent[0]?.[0]).toMatchObject({ value: 1250 });
      store.dispose();
    } finally {
      vi.useRealTimers();
    }
  });

  it("shows the server's objection beside the cell and does not send it again unchanged", async () => {
    const store = make();
    answers = [
      () => {
        throw new ApiError(
          "invalid",
          422,
          { code: "figure.invalid", message: "m" },
          {
            problems: [
              { table: "bridge", ...at, code: "figure.out_of_range", message: "Too large." },
            ],
          },
        );
      },
    ];
    store.edit(at, "1000000");
    store.commit();
    await settled();
    expect(store.getSnapshot().drafts.get(cellKey(at))?.problem).toBe("Too large.");
    expect(sent).toHaveLength(1);
  });

  it("asks why before it changes another organisation's figure", async () => {
    const store = make();
    answers = [
      () => {
        throw new ApiError(
          "invalid",
          422,
          { code: "figure.invalid", message: "m" },
          {
            problems: [
              { table: "bridge", ...at, code: "figure.reason_needed", message: "Say why." },
            ],
          },
        );
      },
    ];
    store.edit(at, "12");
    store.commit();
    await settled();
    expect(store.getSnapshot().drafts.get(cellKey(at))).toMatchObject({
      question: "Say why.",
      problem: null,
    });
    store.commit();
    await settled();
    expect(sent).toHaveLength(1);
    const own = { row: "two", column: "a" };
    store.edit(own, "5");
    store.giveReason("Month 3 figures");
    await settled();
    expect(reasons).toEqual([undefined, "Month 3 figures", undefined]);
    expect(sent.map((changes) => changes.length)).toEqual([1, 1, 1]);
    expect(store.hasUnsaved()).toBe(false);
  });

  it("keeps what was typed when somebody else is signed in by now", async () => {
    const store = make();
    answers = [
      () => {
        throw new ApiError("conflict", 409, { code: "session.other_person", message: "m" });
      },
    ];
    store.edit(at, "12");
    store.commit();
    await settled();
    expect(store.getSnapshot().status).toMatchObject({ kind: "unsaved", reason: "sign-in" });
    expect(device.records.size).toBe(1);
  });

  it("applies others' changes once and never an older one", () => {
    const store = make();
    const event = {
      table: "bridge",
      ...at,
      value: 8,
      previous: 1,
      revision: 3,
      basis: "entered" as const,
    };
    expect(store.applyEvent([event], 5, tom)).toHaveLength(1);
    expect(store.applyEvent([{ ...event, value: 6, revision: 2 }], 6, tom)).toHaveLength(0);
    expect(store.getSnapshot().table.rows[0]?.cells["a"]).toMatchObject({
      value: 8,
      revision: 3,
      changed_by: tom,
    });
  });
});
