/** The toolbar's model: one tab stop, arrow keys between buttons. Screens draw it. */
import type { EditorView } from "prosemirror-view";
import { Value } from "../sync/observable.ts";
import { shortcutText, type EditorCommand } from "./commands.ts";
import type { CommandState, Toolbar, ToolbarSnapshot } from "./types.ts";

function same(a: readonly CommandState[], b: readonly CommandState[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => one.enabled === b[index]?.enabled && one.active === b[index]?.active)
  );
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
    if (!same(before.commands, commands)) this.value.set({ ...before, commands });
  }

  readonly run = (id: string): void => {
    const view = this.view();
    const command = this.commands.find((one) => one.id === id);
    if (!view || !command) return;
    this.focus(id);
    if (view.editable) command.run(view.state, (tr) => view.dispatch(tr), view);
    view.focus();
  };

  readonly focus = (id: string): void => {
    const before = this.value.getSnapshot();
    if (before.focused !== id) this.value.set({ ...before, focused: id });
  };

  readonly key = (key: string): boolean => {
    const { focused } = this.value.getSnapshot();
    const count = this.commands.length;
    const at = this.commands.findIndex(({ id }) => id === focused);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + count, Home: 0, End: count - 1 }[key];
    if (to !== undefined) {
      this.focus(this.commands[to % count]?.id ?? focused);
      return true;
    }
    if (key !== "Escape") return false;
    this.view()?.focus();
    return true;
  };

  private states(): CommandState[] {
    const view = this.view();
    return this.commands.map(({ id, label, keys, group, run, active }) => ({
      id,
      label,
      group,
      shortcut: keys[0] === undefined ? "" : shortcutText(keys[0], this.apple),
      enabled: view !== null && view.editable && run(view.state),
      active: active && (view === null ? false : active(view.state)),
    }));
  }
}
