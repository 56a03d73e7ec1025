// As much of JSON Schema draft 7 as schemas/api.schema.json uses; a keyword that is not known here is an error, not a pass.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../schemas");
const document = JSON.parse(readFileSync(join(folder, "api.schema.json"), "utf8"));

const TYPES = {
  object: (value) => value !== null && typeof value === "object" && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};
const SILENT = new Set(["$schema", "$id", "title", "description", "definitions", "examples"]);

const CHECKS = {
  type: (types, value) => [types].flat().some((type) => TYPES[type](value)),
  enum: (allowed, value) => allowed.some((each) => each === value),
  pattern: (pattern, value) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
  minimum: (bound, value) => typeof value !== "number" || value >= bound,
  maximum: (bound, value) => typeof value !== "number" || value <= bound,
  minLength: (bound, value) => typeof value !== "string" || [...value].length >= bound,
  maxLength: (bound, value) => typeof value !== "string" || [...value].length <= bound,
  minItems: (bound, value) => !Array.isArray(value) || value.length >= bound,
  maxItems: (bound, value) => !Array.isArray(value) || value.length <= bound,
  required: (keys, value) => !TYPES.object(value) || keys.every((key) => key in value),
};

/** What is wrong with `value`, as "/place: keyword"; empty if nothing is. */
function problems(schema, value, place) {
  const found = [];
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (SILENT.has(keyword)) continue;
    if (keyword === "$ref") {
      found.push(...problems(definition(wanted), value, place));
    } else if (keyword === "oneOf") {
      const fits = wanted.filter((each) => problems(each, value, place).length === 0);
      if (fits.length !== 1) found.push(`${place}: oneOf`);
    } else if (keyword === "items") {
      if (Array.isArray(value))
        value.forEach((item, i) => found.push(...problems(wanted, item, `${place}/${i}`)));
    } else if (keyword === "properties") {
      for (const [key, each] of Object.entries(wanted))
        if (TYPES.object(value) && key in value)
          found.push(...problems(each, value[key], `${place}/${key}`));
    } else if (keyword === "additionalProperties") {
      for (const key of TYPES.object(value) ? Object.keys(value) : []) {
        if (key in (schema.properties ?? {})) continue;
        if (wanted === false) found.push(`${place}/${key}: not described`);
        else if (wanted !== true) found.push(...problems(wanted, value[key], `${place}/${key}`));
      }
    } else if (!CHECKS[keyword]) {
      throw new Error(`unknown keyword ${keyword} in the schema`);
    } else if (!CHECKS[keyword](wanted, value)) {
      found.push(`${place}: ${keyword} ${JSON.stringify(wanted)}`);
    }
  }
  return found;
}

function definition(reference) {
  const name = /#\/definitions\/(\w+)$/.exec(reference)?.[1];
  if (!document.definitions[name]) throw new Error(`no definition ${reference}`);
  return document.definitions[name];
}

/** `schema`: of the OpenAPI description, which refers into api.schema.json. */
export function check(schema, value) {
  const choices = schema.anyOf ?? [schema];
  const all = choices.map((each) => problems(each, value, ""));
  return all.some((each) => each.length === 0) ? [] : all[0];
}

/** A value of the form described. */
export function sample(schema) {
  if (schema.$ref) return sample(definition(schema.$ref));
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return sample(choices[0]);
  if (schema.enum) return schema.enum[0];
  switch ([schema.type].flat()[0]) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([key, each]) => [key, sample(each)]),
      );
    case "array":
      return [sample(schema.items)];
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return "x".repeat(Math.max(schema.minLength ?? 1, 1));
  }
}
