// A plan made for the suite: a person for every role, organisations, sections in every state, figures of several owners.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export const PLAN = "rights-plan";
export const OWN = "own-trust"; // the organisation of everybody whose role is tried
export const OTHER = "other-trust";
export const STATES = [
  "drafting",
  "in_review",
  "ready_for_signoff",
  "signed_off",
  "reopened",
  "frozen",
];
export const ROLES = [
  "footprint_lead",
  "pmo",
  "section_lead",
  "author",
  "board_signatory",
  "reviewer",
  "lay_reviewer",
  "observer",
];
export const personOf = (role) => `r-${role.replaceAll("_", "-")}`;
export const ROWS = ["own", "other", "own_locked", "other_locked"];
export const COLUMN = "amount";
export const FIELD = "text";

const organisation = (id, name) => ({
  id,
  name,
  alias: name,
  kind: "provider_acute",
  signing_body: "Board",
  signs: true,
  basis: "fictional",
});
const person = (id, organisation, roles, name = id) => ({ id, name, organisation, roles });

/** Every state with each kind of belonging; every visibility for a section of another organisation. */
export const SECTIONS = [
  ...STATES.flatMap((status) => [
    { key: `led-${status}`, status, lead: personOf("section_lead"), organisation: OTHER },
    { key: `own-${status}`, status, lead: "r-other", organisation: OWN },
    { key: `signed-${status}`, status, lead: "r-other", organisation: OTHER, signatories: [OWN] },
    { key: `other-${status}`, status, lead: "r-other", organisation: OTHER },
  ]),
  ...["partners", "named", "public"].map((visibility) => ({
    key: `shows-to-${visibility}`,
    status: "drafting",
    lead: "r-other",
    organisation: OTHER,
    visibility,
  })),
  {
    key: "shows-by-name",
    status: "drafting",
    lead: "r-other",
    organisation: OTHER,
    visibility: "named",
    named: ROLES.map(personOf),
  },
].map((section) => ({ visibility: "reviewers", named: [], signatories: [], ...section }));

export const tableOf = (section) => `t-${section}`;

function section_file({ key, status, lead, organisation, visibility, named, signatories }) {
  return {
    key,
    title: `Section ${key}`,
    lead,
    lead_organisation: organisation,
    deputies: [],
    status,
    due_date: "2016-10-01",
    visibility,
    named_people: named,
    required_signatories: signatories,
    fields: [{ key: FIELD, title: "Text", prompt: "Write", word_limit: 300, text: "First words." }],
    tables: [tableOf(key)],
  };
}

const table_file = ({ key }) => ({
  key: tableOf(key),
  title: `Table ${key}`,
  section: key,
  unit: "GBP m",
  columns: [
    {
      key: COLUMN,
      title: "Amount",
      type: "number",
      unit: "GBP m",
      decimals: 1,
      minimum: 0,
      maximum: 1e6,
    },
  ],
  rows: ROWS.map((id) => ({
    id,
    title: `Row ${id}`,
    owner: id.startsWith("own") ? OWN : OTHER,
    basis: "illustrative",
    cells: { [COLUMN]: 1 },
    cell_status: id.endsWith("locked") ? { [COLUMN]: "locked" } : {},
  })),
});

export const planFile = () => ({
  format: "footprint-plan",
  version: 1,
  id: PLAN,
  title: "A plan for the suite of rights",
  disclaimer: "Invented.",
  footprint: {
    number: 1,
    name: "Nowhere",
    alias: "Nowhere",
    region: "North",
    population: { value: 1000, basis: "fictional" },
  },
  round: "october",
  years: ["2016/17"],
  sources: {},
  milestones: [{ key: "october", date: "2016-10-21", title: "October", basis: "fictional" }],
  organisations: [organisation(OWN, "Own Trust"), organisation(OTHER, "Other Trust")],
  people: [
    ...ROLES.map((role) => person(personOf(role), OWN, [role])),
    person("r-other", OTHER, ["author"], "Olive Other"),
    person("r-second-lead", OTHER, ["footprint_lead"], "Sasha Second"),
    person("r-harmless", OTHER, ["observer"], "Harper Harmless"),
    person("r-live", OWN, ["author"], "Lou Live"),
    person("r-leaving", OWN, ["author"], "Lee Leaving"),
    person("r-watching", OWN, ["reviewer"], "Wren Watching"),
    {
      ...person("r-two", OWN, ["reviewer"], "Toni Two"),
      memberships: [
        { organisation: OWN, roles: ["reviewer"] },
        { organisation: OTHER, roles: ["author"] },
      ],
    },
  ],
  sections: SECTIONS.map(section_file),
  tables: SECTIONS.map(table_file),
});

/** Puts the plan into a data directory that no server uses just now. */
export function importPlan(binary, folder, data) {
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(planFile()));
  const imported = spawnSync(binary, ["import", "--data", data, file], { encoding: "utf8" });
  if (imported.status !== 0) throw new Error(`import: ${imported.stderr}`);
}
