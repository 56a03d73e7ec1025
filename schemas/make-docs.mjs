// Makes api-docs.html, the readable page of the API, from openapi.yaml.
//   node schemas/make-docs.mjs           writes the page
//   node schemas/make-docs.mjs --check   says whether it is up to date
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const YAML = createRequire(here("../web/package.json"))("yaml");
const api = YAML.parse(readFileSync(here("openapi.yaml"), "utf8"));

const escape = (text) =>
  String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const inline = (text) =>
  escape(text)
    .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
    .replace(/`(.+?)`/g, "<code>$1</code>");
const paragraphs = (text) =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((p) => `<p>${inline(p.replace(/\s+/g, " "))}</p>`)
    .join("\n");
const resolve = (value) =>
  value.$ref?.startsWith("#/")
    ? value.$ref
        .slice(2)
        .split("/")
        .reduce((at, key) => at[key], api)
    : value;
const schemaName = (schema) =>
  schema?.$ref?.split("/").pop() ?? schema?.anyOf?.map(schemaName).join(" or ") ?? schema?.type ?? "";

function content(media) {
  return Object.entries(media ?? {})
    .map(([type, { schema, example }]) => {
      const text = typeof example === "string" ? example : JSON.stringify(example, null, 2);
      return (
        `<p>${escape(type)}: <code>${escape(schemaName(schema))}</code></p>` +
        (example === undefined ? "" : `\n<pre tabindex="0"><code>${escape(text)}</code></pre>`)
      );
    })
    .join("\n");
}

function operation(path, method, op) {
  const parameters = (op.parameters ?? []).map(resolve);
  const rows = parameters
    .map(
      (p) =>
        `<tr><th scope="row"><code>${escape(p.name)}</code></th><td>${escape(p.in)}</td><td>${inline(p.description ?? "")}</td></tr>`,
    )
    .join("\n");
  const answers = Object.entries(op.responses)
    .map(([status, response]) => {
      const full = resolve(response);
      const examples = response.$ref ? "" : content(full.content);
      return `<dt>${status}</dt>\n<dd><p>${inline(full.description)}</p>\n${examples}</dd>`;
    })
    .join("\n");
  return `<article id="${op.operationId}">
<h3><code>${method.toUpperCase()} ${escape(path)}</code></h3>
<p><strong>${inline(op.summary)}.</strong> ${inline((op.description ?? "").replace(/\s+/g, " "))}</p>
${rows && `<table><caption>Parameters</caption><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Meaning</th></tr></thead><tbody>\n${rows}\n</tbody></table>`}
${op.requestBody ? `<h4>Body</h4>\n${content(op.requestBody.content)}` : ""}
<h4>Answers</h4>
<dl>
${answers}
</dl>
</article>`;
}

const operations = Object.entries(api.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, op]) => ({ path, method, op })),
);
const groups = api.tags.map(({ name, description }) => {
  const own = operations.filter(({ op }) => op.tags[0] === name);
  return {
    name,
    nav: `<li>${inline(description)}<ul>${own
      .map(({ path, method, op }) => `<li><a href="#${op.operationId}">${method.toUpperCase()} ${escape(path)}</a></li>`)
      .join("")}</ul></li>`,
    body: `<section aria-labelledby="tag-${name}">\n<h2 id="tag-${name}">${inline(description)}</h2>\n${own
      .map(({ path, method, op }) => operation(path, method, op))
      .join("\n")}\n</section>`,
  };
});

const page = `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(api.info.title)}: REST API</title>
<link rel="stylesheet" href="/api/v1/docs.css">
</head>
<body>
<main>
<h1>${escape(api.info.title)}: REST API</h1>
${paragraphs(api.info.description)}
<p>For programs: <a href="/api/v1/openapi.yaml">OpenAPI description</a> and <a href="/api/v1/api.schema.json">JSON Schemas of all bodies</a>.</p>
<nav aria-label="Contents"><ul>${groups.map((g) => g.nav).join("")}</ul></nav>
${groups.map((g) => g.body).join("\n")}
</main>
</body>
</html>
`;

if (process.argv.includes("--check")) {
  if (readFileSync(here("api-docs.html"), "utf8") !== page) {
    console.error("schemas/api-docs.html is out of date: run node schemas/make-docs.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(here("api-docs.html"), page);
}
