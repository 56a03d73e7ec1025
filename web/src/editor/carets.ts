/**
 * Other people's carets, with name and organisation for as long as they move and 3 seconds more. Sends our own caret at most ten
 * times a second. The label stands above the line, below it in the first one, and never takes part in the text.
 */
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Awareness } from "y-protocols/awareness";
import type { Binding } from "../model/binding.ts";
import type { StoredPosition } from "../model/positions.ts";

export const labelMs = 3_000;
export const sendMsMin = 100;

interface RemoteState {
  readonly user?: {
    readonly person?: string;
    readonly name?: string;
    readonly organisation_name?: string;
    readonly colour?: string;
  };
  readonly cursor?: {
    readonly field: string;
    readonly anchor: StoredPosition;
    readonly head: StoredPosition;
  } | null;
}

const key = new PluginKey<DecorationSet>("footprint:carets");

/** Only plain colour values reach the style: states come from other people. */
export function safeColour(colour: unknown): string {
  return typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour) ? colour : "#005eb8";
}

/** `named`: with its label in sight; else the label shows on hover only. */
export function caretElement(
  name: string,
  organisation: string,
  colour: string,
  named: boolean,
): HTMLElement {
  const caret = document.createElement("span");
  caret.className = named ? "fp-caret fp-caret--named" : "fp-caret";
  caret.setAttribute("aria-hidden", "true");
  caret.style.setProperty("--fp-caret-colour", colour);
  const label = document.createElement("span");
  label.className = "fp-caret__label";
  label.textContent = organisation ? `${name}, ${organisation}` : name;
  // Word joiners: the browser never breaks a line at the caret.
  caret.append("\u2060", label, "\u2060");
  return caret;
}

interface Seen {
  /** The caret as it was last sent, to know when it moves. */
  readonly cursor: string;
  readonly movedAt: number;
}

class CaretView {
  private readonly view: EditorView;
  private readonly binding: Binding;
  private readonly awareness: Awareness;
  private readonly field: string;
  private readonly seen = new Map<number, Seen>();
  private sendTimer: ReturnType<typeof setTimeout> | null = null;
  private fadeTimer: ReturnType<typeof setTimeout> | null = null;
  private drawTimer: ReturnType<typeof setTimeout> | null = null;
  private lastSent = 0;
  private readonly onChange: () => void;
  private readonly onFocus: () => void;

  constructor(view: EditorView, binding: Binding, awareness: Awareness, field: string) {
    this.view = view;
    this.binding = binding;
    this.awareness = awareness;
    this.field = field;
    this.onChange = () => this.drawSoon();
    this.onFocus = () => this.sendSoon();
    awareness.on("change", this.onChange);
    view.dom.addEventListener("focusin", this.onFocus);
    view.dom.addEventListener("focusout", this.onFocus);
    this.drawSoon();
  }

  update(view: EditorView, before: EditorState): void {
    if (!view.state.selection.eq(before.selection) || view.state.doc !== before.doc)
      this.sendSoon();
  }

  destroy(): void {
    this.awareness.off("change", this.onChange);
    this.view.dom.removeEventListener("focusin", this.onFocus);
    this.view.dom.removeEventListener("focusout", this.onFocus);
    for (const timer of [this.sendTimer, this.fadeTimer, this.drawTimer]) {
      if (timer) clearTimeout(timer);
    }
    const cursor = (this.awareness.getLocalState() as RemoteState | null)?.cursor;
    if (cursor?.field === this.field) this.awareness.setLocalStateField("cursor", null);
  }

  private sendSoon(): void {
    if (this.sendTimer) return;
    const wait = Math.max(this.lastSent + sendMsMin - Date.now(), 0);
    this.sendTimer = setTimeout(() => {
      this.sendTimer = null;
      this.lastSent = Date.now();
      this.send();
    }, wait);
  }

  private send(): void {
    const local = this.awareness.getLocalState() as RemoteState | null;
    if (local === null) return;
    const old = local.cursor ?? null;
    if (!this.view.hasFocus()) {
      // Another field of the section may have the caret now.
      if (old?.field === this.field) this.awareness.setLocalStateField("cursor", null);
      return;
    }
    const { anchor, head } = this.view.state.selection;
    const cursor = {
      field: this.field,
      anchor: this.binding.toStored(anchor),
      head: this.binding.toStored(head),
    };
    if (JSON.stringify(cursor) !== JSON.stringify(old)) {
      this.awareness.setLocalStateField("cursor", cursor);
    }
  }

  /** Awareness often changes inside another dispatch: draw after it. */
  private drawSoon(): void {
    this.drawTimer ??= setTimeout(() => {
      this.drawTimer = null;
      this.draw();
    }, 0);
  }

  private draw(): void {
    const now = Date.now();
    const decorations: Decoration[] = [];
    let nextFade = Infinity;
    for (const [client, state] of this.awareness.getStates() as Map<number, RemoteState>) {
      if (client === this.awareness.clientID || state.cursor?.field !== this.field) continue;
      const movedAt = this.noteMove(client, JSON.stringify(state.cursor), now);
      const fresh = now - movedAt < labelMs;
      if (fresh) nextFade = Math.min(nextFade, movedAt + labelMs);
      decorations.push(...this.decorationsFor(client, state, fresh));
    }
    const { tr, doc } = this.view.state;
    this.view.dispatch(
      tr.setMeta(key, DecorationSet.create(doc, decorations)).setMeta("addToHistory", false),
    );
    if (this.fadeTimer) clearTimeout(this.fadeTimer);
    this.fadeTimer =
      nextFade === Infinity ? null : setTimeout(() => this.draw(), Math.max(nextFade - now, 16));
  }

  private noteMove(client: number, cursor: string, now: number): number {
    const before = this.seen.get(client);
    if (before?.cursor === cursor) return before.movedAt;
    this.seen.set(client, { cursor, movedAt: now });
    return now;
  }

  private decorationsFor(client: number, state: RemoteState, fresh: boolean): Decoration[] {
    const { user, cursor } = state;
    if (!user?.name || !cursor) return [];
    const head = this.binding.fromStored(cursor.head);
    const anchor = this.binding.fromStored(cursor.anchor);
    if (head === null || anchor === null) return [];
    const colour = safeColour(user.colour);
    const { name, organisation_name: organisation = "" } = user;
    const caret = Decoration.widget(head, () => caretElement(name, organisation, colour, fresh), {
      key: `${client} ${fresh ? "named" : "quiet"} ${name} ${organisation} ${colour}`,
      side: 10,
      ignoreSelection: true,
    });
    const decorations = [caret];
    if (anchor !== head) {
      decorations.push(
        Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), {
          class: "fp-remote-selection",
          style: `--fp-caret-colour: ${colour}`,
        }),
      );
    }
    return decorations;
  }
}

export function carets(binding: Binding, awareness: Awareness, field: string): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) =>
        (tr.getMeta(key) as DecorationSet | undefined) ?? set.map(tr.mapping, tr.doc),
    },
    props: { decorations: (state) => key.getState(state) },
    view: (view) => new CaretView(view, binding, awareness, field),
  });
}
