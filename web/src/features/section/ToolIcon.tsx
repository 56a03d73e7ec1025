import type { ReactNode } from "react";

const lines = "M10 6h10M10 12h10M10 18h10";
const paths: Readonly<Record<string, string>> = {
  undo: "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4",
  redo: "m16 5 4 4-4 4M20 9H10a5 5 0 0 0 0 10h4",
  link: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.6-5.6L12 7.3M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.6 5.6l1.4-1.4",
  bullets: `${lines}M4.5 6h.01M4.5 12h.01M4.5 18h.01`,
  numbered: `${lines}M3 5l1.5-1v4.5M3 16.5c0-2 3-2 3 0 0 1.2-3 2.5-3 3.5h3`,
  outdent: `${lines}M6 9l-3 3 3 3`,
  indent: `${lines}M3 9l3 3-3 3`,
  table: "M3 5h18v14H3zM3 10h18M3 14.5h18M9 5v14M15 5v14",
};

const letters: Readonly<Record<string, ReactNode>> = { bold: <b>B</b>, italic: <i>I</i> };

export function hasIcon(command: string): boolean {
  return command in paths || command in letters;
}

/** The picture on a button, as word processors have it; the button's words stand beside it for those who hear them. */
export function ToolIcon({ command }: { command: string }) {
  const letter = letters[command];
  if (letter !== undefined)
    return (
      <span className="fp-tool__letter" aria-hidden="true">
        {letter}
      </span>
    );
  return (
    <svg
      className="fp-tool__icon"
      viewBox="0 0 24 24"
      width="22"
      height="22"
      focusable="false"
      aria-hidden="true"
    >
      <path d={paths[command]} />
    </svg>
  );
}
