import { useLayoutEffect, useRef, type KeyboardEvent, type Ref } from "react";
import type { CommandState, Toolbar } from "../../editor/types.ts";
import { useObservable } from "../plan/scope.ts";

const groups: readonly { readonly key: CommandState["group"]; readonly label: string }[] = [
  { key: "history", label: "Undo and redo" },
  { key: "text", label: "Words" },
  { key: "block", label: "Paragraphs" },
  { key: "insert", label: "Insert" },
];

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
  const inside = useRef(false);
  const stop = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    if (inside.current) stop.current?.focus();
  }, [focused]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (toolbar.key(event.key)) event.preventDefault();
  };

  return (
    <div
      className="fp-toolbar"
      role="toolbar"
      aria-label={label}
      ref={ref}
      onKeyDown={onKeyDown}
      onFocus={() => {
        inside.current = true;
      }}
      onBlur={() => {
        inside.current = false;
      }}
    >
      {groups.map((group) => {
        const members = commands.filter((c) => c.group === group.key);
        if (members.length === 0) return null;
        return (
          <div className="fp-toolbar__group" role="group" aria-label={group.label} key={group.key}>
            {members.map((c) => (
              <button
                key={c.id}
                className={`fp-tool fp-tool--${c.id}`}
                type="button"
                ref={c.id === focused ? stop : undefined}
                tabIndex={c.id === focused ? 0 : -1}
                aria-pressed={c.active}
                aria-disabled={!c.enabled || undefined}
                title={c.shortcut === "" ? c.label : `${c.label} (${c.shortcut})`}
                onMouseDown={(e) => e.preventDefault()}
                onFocus={() => toolbar.focus(c.id)}
                onClick={() => c.enabled && toolbar.run(c.id)}
              >
                {c.label}
              </button>
            ))}
          </div>
        );
      })}
    </div>
  );
}
