// Makes docs/rights.md, the matrix of rights to read, from rights.json.
//   node schemas/make-rights.mjs           writes the page
//   node schemas/make-rights.mjs --check   says whether it is up to date
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const { description, roles, scopes, actions } = JSON.parse(readFileSync(here("rights.json"), "utf8"));
const doors = { rest: "REST", collab: "/collab", yjs: "/yjs" };
const spoken = (scope) => (scope === "no" ? "–" : scope.replaceAll("_", " "));
const row = (cells) => `| ${cells.join(" | ")} |`;

const page = `# Rights

Made from \`schemas/rights.json\` by \`node schemas/make-rights.mjs\`; do not edit.

${description}

${row(["action", "through", ...roles.map(({ title }) => title)])}
${row(["---", "---", ...roles.map(() => "---")])}
${actions
  .map((action) =>
    row([
      action.title + (action.unless_frozen ? "\\*" : ""),
      action.doors.map((door) => doors[door]).join(", ") || "(not yet)",
      ...roles.map(({ key }) => spoken(action.roles[key])),
    ]),
  )
  .join("\n")}

\\* never in a frozen section.

## What the words mean
${row(["word", "meaning"])}
${row(["---", "---"])}
${Object.entries(scopes)
  .map(([key, meaning]) => row([spoken(key), meaning]))
  .join("\n")}

## Roles
${row(["role", "key", "who"])}
${row(["---", "---", "---"])}
${roles.map(({ key, title, meaning }) => row([title, `\`${key}\``, meaning])).join("\n")}
${actions
  .filter(({ note }) => note)
  .map(({ title, note }) => `\n**${title}.** ${note}`)
  .join("\n")}
`;

if (process.argv.includes("--check")) {
  if (readFileSync(here("../docs/rights.md"), "utf8") !== page) {
    console.error("docs/rights.md is out of date: run node schemas/make-rights.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(here("../docs/rights.md"), page);
}
