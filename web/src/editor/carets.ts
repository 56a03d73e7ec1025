/**
 * Other people's carets. Beside the line of each stands a badge with the person's initials, in the margin where no text is, so
 * nothing is ever covered; who they are in full is told by `writers`, which the screen shows below the text. Sends our own caret
 * at most ten times a second.
 */
import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Awareness } from "y-protocols/awareness";
import type { Binding } from "../model/binding.ts";
import type { StoredPosition } from "../model/positions.ts";
import type { Value } from "../sync/observable.ts";
import { initials } from "../ui/initials.ts";
import { noticeSelection } from "./selection.ts";
import type { Writer } from "./types.ts";

export const sendMsMin = 100;
/** Badges on one line stand side by side as far as there is margin for them. */
const slots = 3;

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

/** The person of a caret; null while the server has not said who it is. */
function writerOf({ user }: RemoteState): Writer | null {
  if (!user?.name) return null;
  return {
    person: user.person ?? "",
    name: user.name,
    organisation_name: user.organisation_name ?? "",
    colour: safeColour(user.colour),
  };
}

/** `slot`: place of the badge in the margin, counted from its edge. */
export function caretElement(writer: Writer, slot: number): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "fp-caret";
  caret.setAttribute("aria-hidden", "true");
  caret.style.setProperty("--fp-caret-colour", writer.colour);
  const badge = document.createElement("span");
  badge.className = `fp-caret__badge fp-caret__badge--${slot}`;
  badge.title = writer.organisation_name
    ? `${writer.name}, ${writer.organisation_name}`
    : writer.name;
  badge.textContent = initials(writer.name);
  // Word joiners: the browser never breaks a line at the caret.
  caret.append("\u2060", badge, "\u2060");
  return caret;
}

class CaretView {
  private readonly view: EditorView;
  private readonly binding: Binding;
  private readonly awareness: Awareness;
  private readonly field: string;
  private readonly writers: Value<readonly Writer[]>;
  private sendTimer: ReturnType<typeof setTimeout> | null = null;
  private drawTimer: ReturnType<typeof setTimeout> | null = null;
  private lastSent = 0;
  /** Somebody's caret stands in words that have not come yet: presence travels faster than words are saved. */
  private awaited = false;
  private readonly onChange: () => void;
  private readonly onFocus: () => void;

  constructor(
    view: EditorView,
    binding: Binding,
    awareness: Awareness,
    field: string,
    writers: Value<readonly Writer[]>,
  ) {
    this.view = view;
    this.binding = binding;
    this.awareness = awareness;
    this.field = field;
    this.writers = writers;
    this.onChange = () => this.drawSoon();
    this.onFocus = () => this.sendSoon();
    awareness.on("change", this.onChange);
    view.dom.addEventListener("focusin", this.onFocus);
    view.dom.addEventListener("focusout", this.onFocus);
    this.drawSoon();
  }

  update(view: EditorView, before: EditorState): void {
    const changed = view.state.doc !== before.doc;
    if (changed || !view.state.selection.eq(before.selection)) this.sendSoon();
    if (changed && this.awaited) this.drawSoon();
  }

  destroy(): void {
    this.awareness.off("change", this.onChange);
    this.view.dom.removeEventListener("focusin", this.onFocus);
    this.view.dom.removeEventListener("focusout", this.onFocus);
    for (const timer of [this.sendTimer, this.drawTimer]) {
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
    const decorations: Decoration[] = [];
    const writers = new Map<string, Writer>();
    const drawn = key.getState(this.view.state) ?? DecorationSet.empty;
    this.awaited = false;
    for (const [client, state] of this.awareness.getStates() as Map<number, RemoteState>) {
      if (client === this.awareness.clientID || state.cursor?.field !== this.field) continue;
      const writer = writerOf(state);
      if (!writer) continue;
      writers.set(writer.person, writer);
      const slot = (writers.size - 1) % slots;
      const placed = this.decorationsFor(client, writer, state, slot);
      if (placed) decorations.push(...placed);
      else {
        this.awaited = true;
        decorations.push(...drawn.find(undefined, undefined, (spec) => spec.client === client));
      }
    }
    noticeSelection(this.view);
    const { tr, doc } = this.view.state;
    this.view.dispatch(
      tr.setMeta(key, DecorationSet.create(doc, decorations)).setMeta("addToHistory", false),
    );
    const shown = [...writers.values()];
    if (JSON.stringify(shown) !== JSON.stringify(this.writers.getSnapshot())) {
      this.writers.set(shown);
    }
  }

  /** Null while the caret's place is not known. */
  private decorationsFor(
    client: number,
    writer: Writer,
    { cursor }: RemoteState,
    slot: number,
  ): Decoration[] | null {
    const head = cursor ? this.binding.fromStored(cursor.head) : null;
    const anchor = cursor ? this.binding.fromStored(cursor.anchor) : null;
    if (head === null || anchor === null) return null;
    const caret = Decoration.widget(head, () => caretElement(writer, slot), {
      key: `${client} ${slot} ${JSON.stringify(writer)}`,
      client,
      side: 10,
      ignoreSelection: true,
    });
    const decorations = [caret];
    if (anchor !== head) {
      decorations.push(
        Decoration.inline(
          Math.min(anchor, head),
          Math.max(anchor, head),
          { class: "fp-remote-selection", style: `--fp-caret-colour: ${writer.colour}` },
          { client },
        ),
      );
    }
    return decorations;
  }
}

export function carets(
  binding: Binding,
  awareness: Awareness,
  field: string,
  writers: Value<readonly Writer[]>,
): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set) =>
        (tr.getMeta(key) as DecorationSet | undefined) ?? set.map(tr.mapping, tr.doc),
    },
    props: { decorations: (state) => key.getState(state) },
    view: (view) => new CaretView(view, binding, awareness, field, writers),
  });
}
