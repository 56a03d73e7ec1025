import type { SectionSummary } from "../../api/types.ts";

/** "Ruth Adeyemi, Ousefen CCG"; a new plan's sections have no lead yet. */
export function leadWords({ lead }: Pick<SectionSummary, "lead">): string {
  if (lead == null || lead.name === "") return "Nobody yet";
  return lead.organisation_name === "" ? lead.name : `${lead.name}, ${lead.organisation_name}`;
}
