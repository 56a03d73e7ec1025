// The REST API as schemas/openapi.yaml describes it, operation by operation: what is asked for rightly has the form that is
// described, what is asked for wrongly gets the status and code that say why.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

import { equal, expect } from "./harness.mjs";
import { check, sample } from "./schema.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "../../schemas");
const description = parse(readFileSync(join(folder, "openapi.yaml"), "utf8"));
const METHODS = ["get", "post", "put", "patch", "delete", "options"];
const error = { $ref: "api.schema.json#/definitions/ErrorAnswer" };

class Api {
  constructor(server, plan, token) {
    Object.assign(this, { server, plan, token });
  }

  /** `path` as in the description; `at` fills its names. */
  async ask(method, path, { at = {}, query = "", token = this.token, headers = {}, body } = {}) {
    const names = { plan: this.plan, section: "finance", table: "finance_bridge", ...at };
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => names[name]);
    const answer = await fetch(this.server.origin + filled + query, {
      method: method.toUpperCase(),
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      body,
      redirect: "manual",
    });
    const text = await answer.text();
    const type = (answer.headers.get("content-type") ?? "").split(";")[0];
    return { status: answer.status, headers: answer.headers, type, text };
  }

  post(path, value, options = {}) {
    return this.send("post", path, value, options);
  }

  send(method, path, value, options = {}) {
    const body =
      typeof value === "string" || value instanceof Uint8Array ? value : JSON.stringify(value);
    return this.ask(method, path, {
      ...options,
      headers: { "content-type": "application/json", ...options.headers },
      body,
    });
  }
}

/** An error in the agreed form, with this status and code, and words that say something. */
function refused(answer, status, code, schema = error) {
  equal(answer.status, status, answer.text.slice(0, 300));
  equal(answer.type, "application/json");
  const body = JSON.parse(answer.text);
  equal(check(schema, body), [], "form");
  if (code) equal(body.error.code, code, body.error.message);
  expect(/^[A-Za-z"].{15,}[.]$/su.test(body.error.message), `words: ${body.error.message}`);
  return body;
}

function operations() {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

async function described(checks, api) {
  for (const { path, method, operation } of operations()) {
    if (method !== "get") continue;
    await checks.run(
      `api: ${operation.operationId} answers as described, and so does HEAD`,
      async () => {
        const answer = await api.ask("get", path);
        // Nobody of the worked example administers accounts.
        if (operation.tags.includes("administration"))
          return refused(answer, 403, "right.not_administrator");
        // Single sign-on is for browsers, and this server has no provider.
        if ("302" in operation.responses) {
          const address = "/sign-in?problem=sso.unknown_provider";
          const head = await api.ask("head", path);
          for (const each of [answer, head])
            equal([each.status, each.headers.get("location"), each.text], [302, address, ""]);
          return;
        }
        equal(answer.status, 200, answer.text.slice(0, 200));
        const { schema } = operation.responses["200"].content[answer.type] ?? {};
        expect(schema, `${answer.type} is not described`);
        if (answer.type === "application/json")
          equal(check(schema, JSON.parse(answer.text)), [], "form");
        const head = await api.ask("head", path);
        equal([head.status, head.text], [200, ""]);
        equal(head.headers.get("content-length"), String(Buffer.byteLength(answer.text)));
      },
    );
    if (operation.security) continue;
    await checks.run(`api: ${operation.operationId} without a session`, async () => {
      refused(await api.ask("get", path, { token: "" }), 401, "sign-in");
      refused(await api.ask("get", path, { token: "0".repeat(64) }), 401, "sign-in");
    });
  }
  for (const [path, methods] of Object.entries(description.paths)) {
    await checks.run(`api: ${path} names the methods that it takes`, async () => {
      for (const method of METHODS.filter((each) => !(each in methods))) {
        const wrong = await api.ask(method, path);
        refused(wrong, 405, "request.method");
        const allowed = wrong.headers
          .get("allow")
          .split(", ")
          .map((each) => each.toLowerCase());
        equal(allowed.filter((each) => each !== "head").sort(), Object.keys(methods).sort());
      }
    });
  }
}

async function unknown_things(checks, api) {
  const odd = [
    "no-such-thing",
    "UPPER",
    "a".repeat(300),
    "%00",
    "%ff%fe",
    "..%2f..%2fetc",
    "%F0%9F%92%A3",
    "a b",
  ];
  for (const { path, method, operation } of operations()) {
    for (const name of ["plan", "section", "table"].filter((each) => path.includes(`{${each}}`))) {
      await checks.run(`api: ${operation.operationId} of an unknown ${name}`, async () => {
        for (const value of odd) {
          const at = { [name]: value };
          const body = {
            changes: [{ table: "t", row: "r", column: "c", value: 1, expected_revision: 0 }],
          };
          const answer = operation.requestBody
            ? await api.send(method, path, body, { at })
            : await api.ask(method, path, { at });
          refused(answer, 404);
        }
      });
    }
  }
  await checks.run("api: an address that there is not", async () => {
    for (const path of ["/api", "/api/", "/api/v1", "/api/v2/plans", "/api/v1/plans//people"])
      refused(await api.ask("get", path), 404, "not-found");
  });
  await checks.run("api: a plan that somebody is not a member of is not there", async () => {
    refused(
      await api.ask("get", "/api/v1/plans/{plan}", { at: { plan: "bench-hidden" } }),
      404,
      "not-found",
    );
  });
}

async function parameters(checks, api) {
  const events = "/api/v1/plans/{plan}/events";
  for (const query of [
    "after=-1",
    "after=x",
    "after=",
    "after=1.5",
    "after=1e3",
    "after=99999999999999999999",
    "after=18446744073709551615",
  ])
    await checks.run(`api: events with ${query}`, async () =>
      refused(await api.ask("get", events, { query: `?${query}` }), 400, "request.number"),
    );
  for (const query of ["limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=%31%30x"])
    await checks.run(`api: events with ${query}`, async () =>
      refused(await api.ask("get", events, { query: `?${query}` }), 400, "request.number"),
    );
  await checks.run("api: a stream with a Last-Event-ID that is no number", async () => {
    const headers = { accept: "text/event-stream", "last-event-id": "yesterday" };
    refused(await api.ask("get", events, { headers }), 400, "request.number");
  });
  await checks.run("api: events past the end are none", async () => {
    const answer = await api.ask("get", events, { query: "?after=9007199254740991" });
    equal([answer.status, JSON.parse(answer.text).events], [200, []], answer.text);
  });
  await checks.run("api: a text in a format that there is not", async () => {
    const text = "/api/v1/plans/{plan}/sections/{section}/text";
    for (const format of ["xml", "JSON", "", "../html"])
      refused(await api.ask("get", text, { query: `?format=${format}` }), 400);
    for (const [format, type] of [
      ["html", "text/html"],
      ["text", "text/plain"],
      ["json", "application/json"],
    ])
      equal((await api.ask("get", text, { query: `?format=${format}` })).type, type);
  });
}

const DEEP = "[".repeat(100_000) + "]".repeat(100_000);
const bodies = [
  ["nothing", "", 400, "request.json"],
  ["half an object", "{", 400, "request.json"],
  ["words", "hello", 400, "request.json"],
  ["a trailing comma", '{"person":"u-lead",}', 400, "request.json"],
  ["NaN", '{"changes":NaN}', 400, "request.json"],
  ["a number past all bounds", '{"changes":1e999}', 400, "request.json"],
  [
    "broken UTF-8",
    new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    400,
    "request.json",
  ],
  ["zero bytes", new Uint8Array(100), 400, "request.json"],
  ["deep nesting", DEEP, 400, "request.json"],
  ["deep nesting inside", `{"changes":${DEEP}}`, 400, "request.json"],
  ["null", "null", 422, "request.schema"],
  ["a list", "[]", 422, "request.schema"],
  ["a text", '"x"', 422, "request.schema"],
  ["an empty object", "{}", 422, "request.schema"],
  ["another object", '{"unknown":1}', 422, "request.schema"],
  ["2 MiB", `{"x":"${"y".repeat(2 << 20)}"}`, 413, "http.body_too_large"],
];

async function bad_bodies(checks, api) {
  for (const path of ["/api/v1/session", "/api/v1/plans/{plan}/figures"]) {
    for (const [name, body, status, code] of bodies)
      await checks.run(`api: POST ${path} with ${name}`, async () =>
        refused(await api.post(path, body), status, code),
      );
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/jsonx",
      "multipart/form-data",
    ])
      await checks.run(`api: POST ${path} as ${type}`, async () =>
        refused(
          await api.post(path, "{}", { headers: { "content-type": type } }),
          415,
          "request.content_type",
        ),
      );
    await checks.run(`api: POST ${path} with other spellings of JSON`, async () => {
      for (const type of [
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/json ;charset=UTF-8",
      ])
        refused(
          await api.post(path, "{", { headers: { "content-type": type } }),
          400,
          "request.json",
        );
    });
  }
  for (const person of [7, "", null, true, ["u-lead"], "u lead", "x".repeat(10_000)])
    await checks.run(`api: sign in as ${JSON.stringify(person).slice(0, 20)}`, async () =>
      refused(await api.post("/api/v1/session", { person }), 422, "request.schema"),
    );
  await checks.run("api: sign in as nobody, or with more than is asked", async () => {
    refused(
      await api.post("/api/v1/session", { person: "u-nobody" }),
      422,
      "session.unknown_person",
    );
    refused(
      await api.post("/api/v1/session", { person: "u-lead", admin: true }),
      422,
      "request.schema",
    );
  });
}

/** Operations that take JSON, with a body that has the form described. */
function taking_json() {
  return operations()
    .map((each) => ({ ...each, json: each.operation.requestBody?.content["application/json"] }))
    .filter(({ json }) => json)
    .map((each) => ({
      ...each,
      example: each.json.example ?? sample(each.json.schema),
    }));
}

/** Whoever may not do it at all, or has no such thing, is told that first. */
const BEFORE_THE_BODY = [401, 403, 404, 409];

async function bad_bodies_everywhere(checks, api) {
  for (const { path, method, operation } of taking_json())
    await checks.run(`api: ${operation.operationId} refuses bodies of no known form`, async () => {
      for (const [name, body, status, code] of bodies) {
        const answer = await api.send(method, path, body);
        if (BEFORE_THE_BODY.includes(answer.status)) refused(answer, answer.status);
        // An empty body, or object, may be all that an operation needs.
        else if (answer.status >= 300 || !["nothing", "an empty object"].includes(name))
          refused(answer, status, code);
      }
    });
}

const ODD_VALUES = [null, 7, -1, 1.5, true, "", "x".repeat(20_000), "\u0000", [], [[]], {}, ["x"]];

/** The described example with one part taken away or made odd, for each of its parts. */
function* mutations(example) {
  for (const [key, value] of Object.entries(example)) {
    const rest = { ...example };
    delete rest[key];
    yield rest;
    for (const odd of ODD_VALUES) yield { ...example, [key]: odd };
    const [first] = Array.isArray(value) ? value : [];
    if (first !== null && typeof first === "object")
      for (const inner of mutations(first)) yield { ...example, [key]: [inner] };
  }
  yield { ...example, more: 1 };
}

/** Last of all: what an odd body happens to mean is done. */
async function odd_bodies(checks, api) {
  for (const { path, method, operation, example } of taking_json())
    await checks.run(`api: ${operation.operationId} with one part odd or missing`, async () => {
      for (const body of mutations(example)) {
        const answer = await api.send(method, path, body);
        expect(answer.status < 500, `${answer.status} for ${JSON.stringify(body).slice(0, 200)}`);
        if (answer.status >= 400) expect(JSON.parse(answer.text).error.code, answer.text);
      }
    });
}

/** Cells of every kind that the person may and may not change. */
async function cells_of(api) {
  const found = {};
  const { tables } = JSON.parse((await api.ask("get", "/api/v1/plans/{plan}/tables")).text);
  for (const { key } of tables) {
    const table = JSON.parse(
      (await api.ask("get", "/api/v1/plans/{plan}/tables/{table}", { at: { table: key } })).text,
    );
    for (const column of table.columns)
      for (const row of table.rows) {
        const cell = row.cells[column.key];
        if (!cell) continue;
        const place = { table: key, row: row.id, column: column.key };
        const entry = { place, cell, column };
        if (cell.derived) found.derived ??= entry;
        else if (cell.editable) found[column.type] ??= entry;
        if (cell.editable && column.type === "number" && column.minimum === 0)
          found.positive ??= entry;
        if (cell.editable && column.type === "number" && column.decimals === 0)
          found.whole ??= entry;
        if (cell.editable && column.required) found.required ??= entry;
      }
  }
  return found;
}

async function bad_figures(checks, api, other) {
  const path = "/api/v1/plans/{plan}/figures";
  const cells = await cells_of(api);
  const { number } = cells;
  const right = { ...number.place, value: 1, expected_revision: number.cell.revision };
  const without = (key) =>
    Object.fromEntries(Object.entries(right).filter(([each]) => each !== key));
  const malformed = [
    ...Object.keys(right).map((key) => [`without ${key}`, without(key)]),
    ...["table", "row", "column"].map((key) => [`${key} a number`, { ...right, [key]: 7 }]),
    ["value a list", { ...right, value: [1] }],
    ["value an object", { ...right, value: { n: 1 } }],
    ["value true", { ...right, value: true }],
    ["unit a number", { ...right, unit: 7 }],
    ["revision negative", { ...right, expected_revision: -1 }],
    ["revision a fraction", { ...right, expected_revision: 0.5 }],
    ["revision a text", { ...right, expected_revision: "0" }],
    ["something more", { ...right, force: true }],
  ];
  for (const [name, change] of malformed)
    await checks.run(`api: a figure, ${name}`, async () =>
      refused(await api.post(path, { changes: [change] }), 422, "request.schema"),
    );
  for (const count of [0, 501])
    await checks.run(`api: ${count} figures at once`, async () =>
      refused(await api.post(path, { changes: Array(count).fill(right) }), 422, "request.schema"),
    );

  const problem = (entry, change) => ({
    ...entry.place,
    value: 1,
    expected_revision: entry.cell.revision,
    ...change,
  });
  const wrong = [
    ["in an unknown table", problem(number, { table: "no-such" }), "figure.unknown_table"],
    ["in an unknown row", problem(number, { row: "no-such" }), "figure.unknown_row"],
    ["in an unknown column", problem(number, { column: "1999/00" }), "figure.unknown_column"],
    ["that is computed", problem(cells.derived, {}), "figure.derived"],
    ["in the wrong unit", problem(number, { unit: "bananas" }), "figure.wrong_unit"],
    ["that is words", problem(number, { value: "twelve" }), "figure.not_a_number"],
    ["that is the word NaN", problem(number, { value: "NaN" }), "figure.not_a_number"],
    ["that is digits in quotes", problem(number, { value: "12" }), "figure.not_a_number"],
    ["far too large", problem(number, { value: 1e300 }), "figure.out_of_range"],
    ["below zero", cells.positive && problem(cells.positive, { value: -1 }), "figure.out_of_range"],
    ["with a fraction", cells.whole && problem(cells.whole, { value: 1.5 }), "figure.too_precise"],
    ["left empty", cells.required && problem(cells.required, { value: null }), "figure.required"],
    ["that should be text", cells.text && problem(cells.text, { value: 7 }), "figure.not_text"],
    [
      "text without end",
      cells.text && problem(cells.text, { value: "x".repeat(100_000) }),
      "figure.too_long",
    ],
    ["text with a bell", cells.text && problem(cells.text, { value: "\u0007" }), "figure.not_text"],
    [
      "no choice",
      cells.choice && problem(cells.choice, { value: "perhaps" }),
      "figure.unknown_choice",
    ],
    ["no date", cells.date && problem(cells.date, { value: "2017-02-30" }), "figure.bad_date"],
  ];
  const { content } = description.paths[path].post.responses["422"];
  for (const [name, change, code] of wrong.filter(([, each]) => each))
    await checks.run(`api: a figure ${name}`, async () => {
      const body = refused(
        await api.post(path, { changes: [change] }),
        422,
        "figure.invalid",
        content["application/json"].schema,
      );
      equal([body.problems.length, body.problems[0].code], [1, code]);
    });
  await checks.run("api: a cell twice, and one bad among good: all or none", async () => {
    refused(await api.post(path, { changes: [right, right] }), 422, "figure.invalid");
    const bad = problem(number, { row: "no-such" });
    refused(await api.post(path, { changes: [right, bad] }), 422, "figure.invalid");
    equal((await cells_of(api)).number.cell, number.cell);
  });
  await checks.run("api: a figure of a reader", async () => {
    const observer = { ...other };
    const body = refused(
      await api.post(path, { changes: [right] }, { token: observer.token }),
      422,
      "figure.invalid",
    );
    equal(body.problems[0].code, "figure.no_right");
  });
  await checks.run("api: a figure that somebody changed meanwhile: both values", async () => {
    const now = (value, revision) =>
      api.post(path, { changes: [{ ...number.place, value, expected_revision: revision }] });
    const first = JSON.parse((await now(2, number.cell.revision)).text);
    equal(
      check(
        description.paths[path].post.responses["200"].content["application/json"].schema,
        first,
      ),
      [],
      "form",
    );
    const schema = description.paths[path].post.responses["409"].content["application/json"].schema;
    const body = refused(await now(3, number.cell.revision), 409, "figure.conflict", schema);
    equal([body.conflicts[0].yours, body.conflicts[0].current.value], [3, 2]);
  });
}

export async function api_cases(checks, server, { plan, token, observer }) {
  const api = new Api(server, plan, token);
  await described(checks, api);
  await unknown_things(checks, api);
  await parameters(checks, api);
  await bad_bodies(checks, api);
  await bad_figures(checks, api, { token: observer });
  await bad_bodies_everywhere(checks, api);
  await odd_bodies(checks, api);
}
