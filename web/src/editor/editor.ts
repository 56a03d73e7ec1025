/** Makes an editor for one narrative field. No React: the editor owns the element that it is mounted in. */
import { baseKeymap, chainCommands } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { keymap } from "prosemirror-keymap";
import type { Node } from "prosemirror-model";
import { EditorState, type Command, type Plugin } from "prosemirror-state";
import { goToNextCell } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import { Binding, remoteMeta } from "../model/binding.ts";
import { blockIds } from "../model/block_ids.ts";
import { keepUnknown } from "../model/keep_unknown.ts";
import { schema } from "../model/schema.ts";
import { Value } from "../sync/observable.ts";
import { carets } from "./carets.ts";
import {
  changeIndent,
  editorCommands,
  enter,
  hardBreak,
  markActive,
  plainAtStart,
  type EditorCommand,
} from "./commands.ts";
import { guidance } from "./guidance.ts";
import { createHistory, type History } from "./history.ts";
import { blockInputRules, takeBackRule } from "./input_rules.ts";
import { cleanHtml, cleanSlice, plainTextSlice } from "./paste.ts";
import { noticeSelection } from "./selection.ts";
import { emptyHeadings } from "./tables.ts";
import { ToolbarModel } from "./toolbar.ts";
import type { EditorHandle, EditorOptions, Writer } from "./types.ts";
import { countWords } from "./words.ts";

function isApple(): boolean {
  return typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);
}

/** Address of the link at the caret. */
function currentLink(state: EditorState): string {
  const type = schema.marks.link;
  if (!type || !markActive(state, "link")) return "";
  const { $from, from, to } = state.selection;
  let href = type.isInSet($from.marks())?.attrs.href as string | undefined;
  state.doc.nodesBetween(from, to, (node: Node) => {
    href ??= type.isInSet(node.marks)?.attrs.href as string | undefined;
  });
  return href ?? "";
}

function linkCommand(options: EditorOptions): Command {
  const type = schema.marks.link;
  return (state, dispatch, view) => {
    const { from, to, empty } = state.selection;
    if (!type || !options.askForLink || (empty && !markActive(state, "link"))) return false;
    if (!dispatch || !view) return true;
    // The text may change while the question is open: the words are found again by their places.
    const current = currentLink(state);
    void options.askForLink(current).then((href) => {
      if (href === null || view.isDestroyed) return;
      const tr = view.state.tr;
      const end = Math.min(to, tr.doc.content.size);
      const range = empty ? linkRange(view.state, type, Math.min(from, end)) : { from, to: end };
      tr.removeMark(range.from, range.to, type);
      if (href.trim() !== "") tr.addMark(range.from, range.to, type.create({ href: href.trim() }));
      view.dispatch(tr);
      view.focus();
    });
    return true;
  };
}

function linkRange(state: EditorState, type: NonNullable<typeof schema.marks.link>, at: number) {
  const $at = state.doc.resolve(at);
  let from = at;
  let to = at;
  $at.parent.forEach((node, offset) => {
    const start = $at.start() + offset;
    const end = start + node.nodeSize;
    if (start <= at && at <= end && type.isInSet(node.marks)) {
      from = Math.min(from, start);
      to = Math.max(to, end);
    }
  });
  return { from, to };
}

function keymaps(
  options: EditorOptions,
  commands: readonly EditorCommand[],
  leave: EscapeThenTab,
): Plugin[] {
  const keys: Record<string, Command> = {};
  for (const { keys: names, run } of commands) for (const name of names) keys[name] = run;
  const tell = (callback: (() => void) | undefined): Command => {
    return () => {
      callback?.();
      return callback !== undefined;
    };
  };
  return [
    keymap({
      ...keys,
      "Alt-F10": tell(options.focusToolbar),
      "Mod-/": tell(options.showShortcuts),
      "Shift-Enter": hardBreak,
      Enter: enter,
      Backspace: chainCommands(takeBackRule, plainAtStart),
      // Only where Tab means something; elsewhere it moves the focus on. Escape, then Tab, always leaves.
      Tab: leave.unlessLeaving(chainCommands(goToNextCell(1), changeIndent(1))),
      "Shift-Tab": leave.unlessLeaving(chainCommands(goToNextCell(-1), changeIndent(-1))),
    }),
    keymap(baseKeymap),
  ];
}

/** After Escape, Tab leaves the editor instead of moving list items. */
class EscapeThenTab {
  private leaving = false;

  readonly note = (_view: EditorView, event: KeyboardEvent): boolean => {
    if (event.key === "Escape") this.leaving = true;
    else if (event.key !== "Tab" && event.key !== "Shift") this.leaving = false;
    return false;
  };

  /** A command for Tab that lets the browser move the focus on while leaving. */
  unlessLeaving(command: Command): Command {
    return (state, dispatch, view) => !this.leaving && command(state, dispatch, view);
  }
}

function accessibility(options: EditorOptions, editable: boolean): Record<string, string> {
  return {
    role: "textbox",
    "aria-multiline": "true",
    "aria-label": options.label,
    ...(options.describedBy ? { "aria-describedby": options.describedBy } : {}),
    ...(editable ? {} : { "aria-readonly": "true" }),
    // Reachable by keyboard also when it may only be read.
    tabindex: "0",
    class: "fp-prose",
    spellcheck: "true",
    lang: "en-GB",
  };
}

interface Parts {
  readonly binding: Binding;
  readonly history: History;
  readonly commands: readonly EditorCommand[];
  readonly toolbar: ToolbarModel;
  readonly words: Value<number>;
  readonly writers: Value<readonly Writer[]>;
}

function createView(options: EditorOptions, parts: Parts, isEditable: () => boolean): EditorView {
  const { binding, history, commands } = parts;
  const leave = new EscapeThenTab();
  const plugins = [
    blockInputRules(),
    ...keymaps(options, commands, leave),
    dropCursor({ class: "fp-drop-cursor", color: false }),
    gapCursor(),
    blockIds(),
    emptyHeadings(),
    keepUnknown(options.announce),
    carets(binding, options.awareness, options.field, parts.writers),
    ...(options.guidance ? [guidance(options.guidance)] : []),
  ];
  return new EditorView(options.mount, {
    state: EditorState.create({ doc: binding.doc, plugins }),
    editable: isEditable,
    attributes: () => accessibility(options, isEditable()),
    // `this`, since plugins may dispatch before the constructor has returned.
    dispatchTransaction(this: EditorView, tr) {
      const remote = tr.getMeta(remoteMeta) === true;
      if (tr.docChanged && !remote) history.noteCaret();
      const state = this.state.apply(tr);
      this.updateState(state);
      binding.push(state.doc);
      parts.toolbar.refresh();
      if (tr.docChanged) parts.words.set(countWords(state.doc));
    },
    handleKeyDown: leave.note,
    handleDOMEvents: {
      compositionstart: () => void options.onComposing?.(true),
      compositionupdate: () => void options.onComposing?.(true),
      compositionend: () => void options.onComposing?.(false),
    },
    transformPastedHTML: cleanHtml,
    clipboardTextParser: plainTextSlice,
    transformPasted: (slice, { state }) => cleanSlice(slice, state.selection.$from.parent),
    handlePaste: () => {
      history.closeStep();
      return false;
    },
  });
}

export function createEditor(options: EditorOptions): EditorHandle {
  let editable = options.editable;
  let view: EditorView | null = null;
  const binding = new Binding(options.doc.getXmlFragment(options.field));
  const history = createHistory(binding);
  const link = linkCommand(options);
  const commands = editorCommands({ undo: history.undo, redo: history.redo, link });
  const toolbar = new ToolbarModel(commands, isApple(), () => view);
  const words = new Value(countWords(binding.doc));
  const writers = new Value<readonly Writer[]>([]);
  const parts = { binding, history, commands, toolbar, words, writers };
  view = createView(options, parts, () => editable);
  const made = view;
  binding.connect({
    get state() {
      return made.state;
    },
    dispatch: (tr) => made.dispatch(tr),
    noticeSelection: () => noticeSelection(made),
  });
  history.connect(made);
  toolbar.refresh();
  return {
    toolbar,
    words,
    writers,
    setEditable: (value) => {
      if (value === editable) return;
      editable = value;
      // Asks `editable` and the attributes again.
      made.setProps({});
      toolbar.refresh();
    },
    destroy: () => {
      view = null;
      history.destroy();
      binding.destroy();
      made.destroy();
    },
  };
}
