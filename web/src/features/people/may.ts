/** What the server says that the person may do; the page only hides what would be refused. */
import type { CellMay, PlanMay, SectionMay } from "../../api/contract.ts";
import type { Cell, Plan, SectionSummary } from "../../api/types.ts";

const nothing: PlanMay = { manage_people: false, manage_organisations: false, see_audit: false };

export function planMay(plan: Plan): PlanMay {
  return (plan as Plan & { may?: PlanMay }).may ?? nothing;
}

export function mayLock(cell: Cell): boolean {
  return (cell as Cell & { may?: CellMay }).may?.lock === true;
}

export function sectionMay(section: SectionSummary): SectionMay {
  return section.may as SectionSummary["may"] & SectionMay;
}

export function mayChangeSettings(section: SectionSummary): boolean {
  const may = sectionMay(section);
  return [may.appoint_lead, may.share_section, may.move_section, may.freeze_section].includes(true);
}
