/** Roles, kinds of organisation and the like in the words that people use. */
import type { Membership } from "../../api/contract.ts";
import type { OrganisationKind, Role, SectionStatus, Visibility } from "../../api/types.ts";
import { listed } from "../../app/time.ts";
import type { Option } from "../../ui/Fields.tsx";

const roleWords: Record<Role, string> = {
  footprint_lead: "leads the footprint",
  pmo: "works in the programme office",
  section_lead: "leads a section",
  author: "writes for the organisation",
  board_signatory: "signs for the organisation",
  reviewer: "reviews the plan",
  lay_reviewer: "reviews as a member of the public",
  observer: "reads only",
};

/** "Leads a section and writes for the organisation" */
export function rolesInWords(roles: readonly Role[]): string {
  const text = listed(roles.map((role) => roleWords[role]));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What may be chosen, with what it lets a person do. */
export const roleOptions: readonly (Option & { readonly value: Role })[] = [
  {
    value: "footprint_lead",
    title: "Footprint lead",
    hint: "Writes everywhere, looks after people and sections, submits the plan",
  },
  {
    value: "pmo",
    title: "Programme office",
    hint: "Writes everywhere, changes other organisations’ figures with a reason, looks after people",
  },
  { value: "section_lead", title: "Section lead", hint: "Writes in the sections that they lead" },
  {
    value: "author",
    title: "Author",
    hint: "Writes the organisation’s sections and its own figures",
  },
  {
    value: "board_signatory",
    title: "Board signatory",
    hint: "Reads, comments and signs for the organisation",
  },
  { value: "reviewer", title: "Reviewer", hint: "Critical friend or assessor: reads and comments" },
  {
    value: "lay_reviewer",
    title: "Lay reviewer",
    hint: "Member of the public: reads what is shared and comments",
  },
  { value: "observer", title: "Observer", hint: "Reads what is shared" },
];

export const kindOptions: readonly (Option & { readonly value: OrganisationKind })[] = [
  { value: "ccg", title: "Clinical commissioning group" },
  { value: "provider_acute", title: "Acute hospital trust" },
  { value: "provider_specialist", title: "Specialist hospital trust" },
  { value: "provider_mh_community", title: "Mental health or community trust" },
  { value: "ambulance", title: "Ambulance trust" },
  { value: "local_authority", title: "Local authority" },
  { value: "health_wellbeing_board", title: "Health and wellbeing board" },
  { value: "primary_care", title: "Primary care body" },
  { value: "healthwatch", title: "Healthwatch" },
  { value: "voluntary_sector", title: "Voluntary sector body" },
  { value: "national_body", title: "National body" },
];

export const visibilityOptions: readonly (Option & { readonly value: Visibility })[] = [
  { value: "partners", title: "Partners only", hint: "Everybody who writes or signs the plan" },
  { value: "reviewers", title: "Partners and reviewers" },
  {
    value: "named",
    title: "Only the people named below",
    hint: "With those who lead the section, the footprint lead and the programme office",
  },
  { value: "public", title: "Everybody with an account in this plan" },
];

export const statusOptions: readonly (Option & { readonly value: SectionStatus })[] = [
  { value: "drafting", title: "Drafting" },
  { value: "in_review", title: "In review" },
  { value: "ready_for_signoff", title: "Ready for sign-off" },
  { value: "signed_off", title: "Signed off" },
  { value: "reopened", title: "Reopened" },
  { value: "frozen", title: "Frozen" },
];

export function titleOf<V extends string>(options: readonly Option[], value: V): string {
  return options.find((o) => o.value === value)?.title ?? value;
}

/** "Ousefen CCG: footprint lead, author" */
export function membershipWords(
  { organisation, organisation_name, roles }: Membership,
  names: ReadonlyMap<string, string> = new Map(),
): string {
  const name = organisation_name ?? names.get(organisation) ?? organisation;
  const titles = roles.map((role) => titleOf(roleOptions, role).toLowerCase());
  return `${name}: ${titles.join(", ")}`;
}
