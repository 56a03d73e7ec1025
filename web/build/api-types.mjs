// Generates src/api/types.ts from schemas/api.schema.json. With --check it only says whether the file is up to date.
import { readFile, writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";

const source = new URL("../../schemas/api.schema.json", import.meta.url);
const target = new URL("../src/api/types.ts", import.meta.url);

const schema = JSON.parse(await readFile(source, "utf8"));
const names = Object.keys(schema.definitions);
// One property a definition makes the generator name each of them; the wrapper itself is of no use to anybody.
schema.properties = Object.fromEntries(
  names.map((name) => [name, { $ref: `#/definitions/${name}` }]),
);
schema.additionalProperties = false;
const made = await compile(schema, "FootprintApi", {
  bannerComment:
    "// Generated from schemas/api.schema.json by `npm run api`. Change that file, not this one.",
  style: { printWidth: 100 },
  additionalProperties: false,
});
if (process.argv.includes("--check")) {
  const present = await readFile(target, "utf8").catch(() => "");
  if (present !== made) {
    console.error(
      "web/src/api/types.ts is not what schemas/api.schema.json makes: run `npm run api` in web/.",
    );
    process.exit(1);
  }
} else {
  await writeFile(target, made);
}
