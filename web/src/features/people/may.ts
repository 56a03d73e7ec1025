/** What the server says that the person may do; the page only hides what would be refused. */
import type { SectionSummary } from "../../api/types.ts";

export function mayChangeSettings({ may }: SectionSummary): boolean {
  return [may.appoint_lead, may.share_section, may.move_section, may.freeze_section].includes(true);
}
