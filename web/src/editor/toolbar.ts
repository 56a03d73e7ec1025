/** The toolbar's model: one tab stop, arrow keys between buttons. Screens draw it. */
import type { EditorView } from "prosemirror-view";
import { Value } from "../sync/observable.ts";
import { shortcutText, type EditorCommand } from "./commands.ts";
import { styleStop, type CommandState, type Toolbar, type ToolbarSnapshot } from "./types.ts";

function same(a: readonly CommandState[], b: readonly CommandState[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return one.id === other?.id && one.enabled === other.enabled && one.active === other.active;
    })
  );
}

/** Where the arrow keys stop: each button, and the choice of style as one. */
function stopsOf(commands: readonly CommandState[]): string[] {
  return [...new Set(commands.map(({ id, group }) => (group === "style" ? styleStop : id)))];
}

export class ToolbarModel implements Toolbar {
  readonly subscribe: Toolbar["subscribe"];
  readonly getSnapshot: Toolbar["getSnapshot"];
  private readonly value: Value<ToolbarSnapshot>;
  private readonly commands: readonly EditorCommand[];
  private readonly apple: boolean;
  private readonly view: () => EditorView | null;

  constructor(commands: readonly EditorCommand[], apple: boolean, view: () => EditorView | null) {
    this.commands = commands;
    this.apple = apple;
    this.view = view;
    this.value = new Value({ commands: this.states(), focused: commands[0]?.id ?? "" });
    this.subscribe = this.value.subscribe;
    this.getSnapshot = this.value.getSnapshot;
  }

  /** The text, the selection or the right to write changed. */
  refresh(): void {
    const before = this.value.getSnapshot();
    const commands = this.states();
    if (same(before.commands, commands)) return;
    // The button that had the focus may have gone with its table.
    const stops = stopsOf(commands);
    const focused = stops.includes(before.focused) ? before.focused : (stops[0] ?? "");
    this.value.set({ commands, focused });
  }

  readonly run = (id: string, stay = false): void => {
    const view = this.view();
    const command = this.commands.find((one) => one.id === id);
    if (!view || !command) return;
    this.focus(command.group === "style" ? styleStop : id);
    if (view.editable) command.run(view.state, (tr) => view.dispatch(tr), view);
    if (!stay) view.focus();
  };

  readonly focus = (id: string): void => {
    const before = this.value.getSnapshot();
    if (before.focused !== id) this.value.set({ ...before, focused: id });
  };

  readonly key = (key: string): boolean => {
    const { commands, focused } = this.value.getSnapshot();
    const stops = stopsOf(commands);
    const count = stops.length;
    const at = stops.indexOf(focused);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + count, Home: 0, End: count - 1 }[key];
    if (to !== undefined) {
      this.focus(stops[to % count] ?? focused);
      return true;
    }
    if (key !== "Escape") return false;
    this.view()?.focus();
    return true;
  };

  private states(): CommandState[] {
    const view = this.view();
    const shown = this.commands.filter(
      (command) => !command.shown || (view ? command.shown(view.state) : command.id === "table"),
    );
    return shown.map(({ id, label, keys, group, run, active }) => ({
      id,
      label,
      group,
      shortcut: keys[0] === undefined ? "" : shortcutText(keys[0], this.apple),
      enabled: view !== null && view.editable && run(view.state),
      active: active && (view === null ? false : active(view.state)),
    }));
  }
}
