import type { SectionStatus } from "../api/types.ts";

export type TagColour =
  "grey" | "blue" | "aqua-green" | "green" | "yellow" | "orange" | "red" | "purple" | "white";

/** A state in words; the colour only helps the eye. */
export function Tag({ colour, children }: { colour: TagColour; children: string }) {
  return <strong className={`nhsuk-tag nhsuk-tag--${colour}`}>{children}</strong>;
}

const statuses: Record<SectionStatus, { words: string; colour: TagColour }> = {
  drafting: { words: "Drafting", colour: "blue" },
  in_review: { words: "In review", colour: "purple" },
  ready_for_signoff: { words: "Ready for sign-off", colour: "yellow" },
  signed_off: { words: "Signed off", colour: "green" },
  reopened: { words: "Reopened", colour: "orange" },
  frozen: { words: "Frozen", colour: "grey" },
};

export function StatusTag({ status }: { status: SectionStatus }) {
  const { words, colour } = statuses[status];
  return <Tag colour={colour}>{words}</Tag>;
}
