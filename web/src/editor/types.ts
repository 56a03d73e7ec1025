/** What the screens may know of an editor. */
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import type { Observable } from "../sync/types.ts";

export interface EditorOptions {
  readonly doc: Y.Doc;
  /** Key of the narrative field: the name of its root XmlFragment. */
  readonly field: string;
  readonly awareness: Awareness;
  /** Empty element that the editor fills. React must render nothing inside it. */
  readonly mount: HTMLElement;
  readonly editable: boolean;
  /** Accessible name. */
  readonly label: string;
  /** Id of the element that describes the field (its prompt). */
  readonly describedBy?: string;
  /** Shown while the field is empty: guidance, not its name. */
  readonly guidance?: string;
  /** Called by Mod+K and the toolbar's link button with the present address; resolves to the new one, "" to remove, null to leave. */
  readonly askForLink?: (current: string) => Promise<string | null>;
  /** Called by Alt+F10: move the focus to the toolbar. */
  readonly focusToolbar?: () => void;
  /** Called by Mod+/: show the list of shortcuts. */
  readonly showShortcuts?: () => void;
  /** Called when letters begin to be composed, and when that is over. */
  readonly onComposing?: (composing: boolean) => void;
  /** Called with a sentence that screen readers should hear. */
  readonly announce?: (message: string) => void;
}

/** Somebody else whose caret is in the field. */
export interface Writer {
  readonly person: string;
  readonly name: string;
  readonly organisation_name: string;
  readonly colour: string;
}

export interface CommandState {
  readonly id: string;
  readonly label: string;
  /** As people read it: "Ctrl+B" or "⌘B". */
  readonly shortcut: string;
  readonly group: CommandGroup;
  readonly enabled: boolean;
  /** For switches: whether it is on at the caret; undefined for plain actions. */
  readonly active: boolean | undefined;
}

/** `style`: one choice of several for the paragraph; `table`: only where a table can take them. */
export type CommandGroup = "history" | "style" | "text" | "list" | "table";

/** The group that is one stop of the toolbar: a choice, not buttons. */
export const styleStop = "style";

/** One tab stop; arrow keys move `focused` round the enabled and disabled buttons alike. */
export interface ToolbarSnapshot {
  /** Those that have a meaning at the caret. */
  readonly commands: readonly CommandState[];
  /** A command's id, or {@link styleStop}. */
  readonly focused: string;
}

export interface Toolbar extends Observable<ToolbarSnapshot> {
  /** Runs a command; gives the focus back to the text unless told to stay. */
  readonly run: (id: string, stay?: boolean) => void;
  /** Arrow keys, Home and End; true when the key was for the toolbar. Escape goes back to the text. */
  readonly key: (key: string) => boolean;
  readonly focus: (id: string) => void;
}

export interface EditorHandle {
  readonly toolbar: Toolbar;
  readonly setEditable: (editable: boolean) => void;
  /** Number of words in the field; changes with the text. */
  readonly words: Observable<number>;
  /** Other people whose carets are in the field. */
  readonly writers: Observable<readonly Writer[]>;
  readonly destroy: () => void;
}
