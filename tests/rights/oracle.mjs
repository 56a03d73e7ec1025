// What the matrix says, read from schemas/rights.json alone: the suite's own judge, apart from the server's.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { OTHER, OWN, personOf } from "./plan.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../schemas");
export const matrix = JSON.parse(readFileSync(join(folder, "rights.json"), "utf8"));
const action = (key) => matrix.actions.find((each) => each.key === key);

/** A section lead is whoever leads the section, whatever else they are. */
const rolesIn = (role, section) =>
  section?.lead === personOf(role) && role !== "section_lead" ? [role, "section_lead"] : [role];

/** {yes} or {yes, reason} (with a reason) or {no: code}. `row`: of the table, for actions on cells. */
export function verdict(key, role, section, row) {
  const { target, unless_frozen, roles } = action(key);
  const person = personOf(role);
  const owner = row?.startsWith("own") ? OWN : OTHER;
  if (target !== "plan" && key !== "read") {
    const readable = verdict("read", role, section);
    if (!readable.yes) return { no: "hidden" };
    if (unless_frozen && section.status === "frozen") return { no: "right.frozen" };
  }
  const led = section?.lead === person;
  const named = section?.named.includes(person);
  const says = (scope) =>
    ({
      no: false,
      yes: true,
      readable: true,
      with_reason: "reason",
      partners: led || named || section?.visibility !== "named",
      shared: led || named || ["reviewers", "public"].includes(section?.visibility),
      own_sections: led,
      organisation_sections: section?.organisation === OWN || section?.signatories.includes(OWN),
      own_cells: owner === OWN,
      own_cells_else_reason: owner === OWN || "reason",
      propose: false,
    })[scope];
  const answers = rolesIn(role, section).map((each) => says(roles[each]));
  if (answers.some((each) => each === undefined))
    throw new Error(`no meaning for ${rolesIn(role, section).map((each) => roles[each])}`);
  if (answers.includes(true)) return { yes: true };
  if (answers.includes("reason")) return { yes: true, reason: true };
  return { no: "refused" };
}

/** Codes with which the server may say no to an action. */
export const CODES = {
  read: ["section.unknown", "table.unknown"],
  write: ["right.read_only", "right.other_section", "right.frozen"],
  figures: ["figure.no_right", "figure.locked"],
  commands: [
    "right.role",
    "right.other_section",
    "right.frozen",
    "right.propose_only",
    "right.read_only",
    "figure.no_right",
  ],
};
