import { useLayoutEffect, useRef, type KeyboardEvent, type Ref } from "react";
import {
  styleStop,
  type CommandGroup,
  type CommandState,
  type Toolbar,
} from "../../editor/types.ts";
import { useObservable } from "../plan/scope.ts";
import { hasIcon, ToolIcon } from "./ToolIcon.tsx";

const groups: readonly { readonly group: CommandGroup; readonly label: string }[] = [
  { group: "history", label: "Undo and redo" },
  { group: "style", label: "Paragraph style" },
  { group: "text", label: "Words" },
  { group: "list", label: "Lists" },
  { group: "table", label: "Table" },
];

interface StopProps {
  readonly toolbar: Toolbar;
  readonly focused: boolean;
}

/** The button or choice takes the focus when the arrow keys come to it. */
function useStop<T extends HTMLElement>(focused: boolean) {
  const element = useRef<T>(null);
  useLayoutEffect(() => {
    const bar = element.current?.closest("[role=toolbar]");
    if (focused && bar?.contains(document.activeElement)) element.current?.focus();
  }, [focused]);
  return { ref: element, tabIndex: focused ? 0 : -1 };
}

function StyleChoice({
  commands,
  label,
  toolbar,
  focused,
}: StopProps & { commands: readonly CommandState[]; label: string }) {
  // With the mouse people choose and go on writing; with the keyboard they try one after the other.
  const byPointer = useRef(false);
  const active = commands.find((c) => c.active)?.id ?? "";
  return (
    <select
      {...useStop<HTMLSelectElement>(focused)}
      className="fp-tool fp-tool--style"
      aria-label={label}
      aria-disabled={!commands.some((c) => c.enabled) || undefined}
      value={active}
      onPointerDown={() => {
        byPointer.current = true;
      }}
      onKeyDown={() => {
        byPointer.current = false;
      }}
      onFocus={() => toolbar.focus(styleStop)}
      onChange={(e) => toolbar.run(e.target.value, !byPointer.current)}
    >
      <option value="" hidden>
        List or several
      </option>
      {commands.map((c) => (
        <option value={c.id} key={c.id}>
          {c.label}
        </option>
      ))}
    </select>
  );
}

function Tool({ command: c, toolbar, focused }: StopProps & { command: CommandState }) {
  const icon = hasIcon(c.id);
  return (
    <button
      {...useStop<HTMLButtonElement>(focused)}
      className="fp-tool"
      type="button"
      aria-pressed={c.active}
      aria-disabled={!c.enabled || undefined}
      title={c.shortcut === "" ? c.label : `${c.label} (${c.shortcut})`}
      onMouseDown={(e) => e.preventDefault()}
      onFocus={() => toolbar.focus(c.id)}
      onClick={() => c.enabled && toolbar.run(c.id)}
    >
      {icon && <ToolIcon command={c.id} />}
      <span className={icon ? "nhsuk-u-visually-hidden" : undefined}>{c.label}</span>
    </button>
  );
}

interface RowProps {
  readonly toolbar: Toolbar;
  readonly commands: readonly CommandState[];
  readonly focused: string;
}

function Group({ toolbar, commands, focused, group, label }: RowProps & (typeof groups)[number]) {
  if (group === "style") {
    return (
      <StyleChoice
        commands={commands}
        label={label}
        toolbar={toolbar}
        focused={focused === styleStop}
      />
    );
  }
  return (
    <div className="fp-toolbar__group" role="group" aria-label={label}>
      {commands.map((c) => (
        <Tool key={c.id} command={c} toolbar={toolbar} focused={c.id === focused} />
      ))}
    </div>
  );
}

/** One tab stop; arrow keys move inside. A button that cannot act now stays reachable and says so. */
export function EditorToolbar({
  toolbar,
  label,
  ref,
}: {
  toolbar: Toolbar;
  label: string;
  ref: Ref<HTMLDivElement>;
}) {
  const { commands, focused } = useObservable(toolbar);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (toolbar.key(event.key)) event.preventDefault();
  };
  const filled = groups
    .map((g) => ({ ...g, commands: commands.filter((c) => c.group === g.group) }))
    .filter((g) => g.commands.length > 0);
  // What only a table needs comes and goes in a row of its own, so that the other buttons stay where they are.
  const inTable = (g: (typeof filled)[number]) => g.group === "table" && g.commands.length > 1;
  const rows = [filled.filter((g) => !inTable(g)), filled.filter(inTable)];
  return (
    <div className="fp-toolbar" role="toolbar" aria-label={label} ref={ref} onKeyDown={onKeyDown}>
      {rows.map(
        (row) =>
          row.length > 0 && (
            <div className="fp-toolbar__row" key={row[0]?.group}>
              {row.map((g) => (
                <Group key={g.group} {...g} toolbar={toolbar} focused={focused} />
              ))}
            </div>
          ),
      )}
    </div>
  );
}
