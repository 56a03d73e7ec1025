// A stand-in for the server while screens are worked on: the worked example, the REST contract, and just enough of the
// /collab door for two browsers to write together. Keeps nothing, checks no rights. For people who write screens only:
//   node tests/browser/mock/server.mjs [PORT] [accounts]
// With "accounts" people sign in by e-mail (NAME@example.nhs.uk) and the password in access.mjs, as outside a demonstration.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocketServer } from "ws";
import * as awarenessProtocol from "y-protocols/awareness";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";
import { access } from "./access.mjs";

const root = new URL("../../../", import.meta.url).pathname;
const port = Number(process.argv[2] ?? 8090);
const example = JSON.parse(await readFile(join(root, "server/data/worked-example.json"), "utf8"));
const organisations = example.organisations.map((o) => ({ ...o, name: o.alias ?? o.name }));
const nameOf = (id) => organisations.find((o) => o.id === id)?.name ?? id;
const people = example.people.map((p) => ({
  id: p.id,
  name: p.name,
  organisation: p.organisation,
  organisation_name: nameOf(p.organisation),
  roles: p.roles,
}));
const ref = (p) => ({
  person: p.id,
  name: p.name,
  organisation: p.organisation,
  organisation_name: p.organisation_name,
});
const person = (id) => people.find((p) => p.id === id);
const plan = { id: example.id, title: example.title };
const demo = process.argv[3] !== "accounts";
const doors = access({ people, organisations, ref, plan, demo });
const writes = (p) => !p.roles.every((r) => ["observer", "reviewer", "lay_reviewer"].includes(r));
const colours = ["#005eb8", "#7c2855", "#007f3b", "#330072", "#003087", "#ae2573"];
const colourOf = (p) =>
  colours[organisations.findIndex((o) => o.id === p.organisation) % colours.length];

// Figures.
const tables = new Map();
let position = example.sections.length;
for (const t of example.tables) {
  const columns = t.columns.map((c) => {
    const from = { sections: example.sections, organisations }[c.choices_from];
    return from
      ? { ...c, choices: from.map((x) => ({ value: x.id ?? x.key, title: x.name ?? x.title })) }
      : c;
  });
  const row = (r, derived) => ({
    id: r.id,
    title: r.title,
    owner: r.owner,
    owner_name: r.owner && nameOf(r.owner),
    cells: Object.fromEntries(
      Object.entries(r.cells).map(([key, v]) => [
        key,
        {
          value: v !== null && typeof v === "object" ? v.value : v,
          revision: 1,
          basis: r.basis ?? "illustrative",
          status: "draft",
          editable: !derived && r.derived === undefined,
          ...(derived || r.derived ? { derived: true } : {}),
        },
      ]),
    ),
  });
  const totals = (t.totals ?? []).map((r) => row(r, true));
  tables.set(t.key, { ...t, columns, rows: t.rows.map((r) => row(r, false)), totals });
}
function addUp(table) {
  for (const total of table.totals) {
    for (const [key, cell] of Object.entries(total.cells)) {
      const values = table.rows
        .map((r) => r.cells[key]?.value)
        .filter((v) => typeof v === "number");
      cell.value = Math.round(values.reduce((a, b) => a + b, 0) * 10) / 10;
    }
  }
}
for (const t of tables.values()) addUp(t);

// Documents.
const documents = new Map();
function document(name) {
  let found = documents.get(name);
  if (found) return found;
  const doc = new Y.Doc();
  const section = example.sections.find((s) => `${example.id}/${s.key}` === name);
  for (const field of section?.fields ?? []) {
    const fragment = doc.getXmlFragment(field.key);
    field.text.split("\n\n").forEach((text, i) => {
      const block = new Y.XmlElement("paragraph");
      block.setAttribute("kind", "p");
      block.setAttribute("bid", `seed${i}`.padEnd(8, "0"));
      block.insert(0, [new Y.XmlText(text)]);
      fragment.push([block]);
    });
  }
  found = { name, doc, awareness: new awarenessProtocol.Awareness(doc), members: new Map() };
  found.awareness.setLocalState(null);
  doc.on("update", (update, origin) => {
    for (const [socket] of found.members) {
      if (socket !== origin) send(socket, name, 0, (e) => sync.writeUpdate(e, update));
    }
  });
  documents.set(name, found);
  return found;
}
function send(socket, name, type, write) {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, name);
  encoding.writeVarUint(encoder, type);
  write(encoder);
  if (socket.readyState === socket.OPEN) socket.send(encoding.toUint8Array(encoder));
}
const stateless = (socket, name, message) =>
  send(socket, name, 5, (e) => encoding.writeVarString(e, JSON.stringify(message)));
function presence() {
  const sections = {};
  for (const s of example.sections) {
    const members = documents.get(`${example.id}/${s.key}`)?.members.values() ?? [];
    const here = new Map([...members].map((p) => [p.id, { ...ref(p), colour: colourOf(p) }]));
    if (here.size > 0) sections[s.key] = [...here.values()];
  }
  return sections;
}
function tellAll(message) {
  for (const [socket] of document(example.id).members) stateless(socket, example.id, message);
}
function received(socket, who, bytes) {
  const decoder = decoding.createDecoder(new Uint8Array(bytes));
  const name = decoding.readVarString(decoder);
  const type = decoding.readVarUint(decoder);
  const d = document(name);
  if (type === 2) {
    send(socket, name, 2, (e) => {
      encoding.writeVarUint(e, 2);
      encoding.writeVarString(e, writes(who) ? "read-write" : "readonly");
    });
    d.members.set(socket, who);
    const limits = { update_bytes_max: 1048576, section_bytes_max: 8388608 };
    stateless(socket, name, { type: "welcome", schema: 1, epoch: "1", limits });
    send(socket, name, 0, (e) => sync.writeSyncStep1(e, d.doc));
    tellAll({ type: "presence", sections: presence() });
  } else if (type === 0) {
    const encoder = encoding.createEncoder();
    const kind = sync.readSyncMessage(decoder, encoder, d.doc, socket);
    const reply = encoding.toUint8Array(encoder);
    if (reply.length > 0) send(socket, name, 0, (e) => encoding.writeUint8Array(e, reply));
    if (kind !== 0) send(socket, name, 8, (e) => encoding.writeVarUint(e, 1));
  } else if (type === 1) {
    const update = decoding.readVarUint8Array(decoder);
    awarenessProtocol.applyAwarenessUpdate(d.awareness, update, socket);
    for (const [other] of d.members) {
      if (other !== socket) send(other, name, 1, (e) => encoding.writeVarUint8Array(e, update));
    }
  } else if (type === 9) send(socket, name, 10, () => {});
}

// REST.
function summary(s, me) {
  const may =
    me && writes(me)
      ? { read: true, write: true }
      : {
          read: true,
          write: false,
          reason: "You can read this section. Observers and reviewers do not write.",
        };
  return {
    key: s.key,
    title: s.title,
    lead: ref(person(s.lead)),
    deputies: [],
    status: s.status,
    due_date: s.due_date,
    visibility: s.visibility,
    epoch: "1",
    words: s.fields.reduce((n, f) => n + f.text.split(/\s+/).length, 0),
    last_change: { at: Date.now() - 5 * 60_000, ...ref(person(s.lead)), position: 3 },
    present: presence()[s.key] ?? [],
    fields: s.fields.map((f) => ({
      key: f.key,
      title: f.title,
      prompt: f.prompt,
      word_limit: f.word_limit,
      words: f.text.split(/\s+/).length,
    })),
    tables: example.tables.filter((t) => t.section === s.key).map((t) => t.key),
    may: { ...may, ...doors.sectionMay },
  };
}
const footprint = { ...example.footprint, population: 950000 };
const round = { key: "october", title: "Full submission", date: "2016-10-21" };
const needs = (me) =>
  example.sections
    .filter((s) => s.lead === me.id)
    .map((s) => ({
      section: s.key,
      title: s.title,
      code: "lead",
      message: "You lead this section.",
      due_date: s.due_date,
    }));
const error = (status, code, message, more = {}) => ({
  status,
  body: { error: { code, message }, ...more },
});
function figures(me, { changes }) {
  const conflicts = [];
  for (const c of changes) {
    const cell = tables.get(c.table)?.rows.find((r) => r.id === c.row)?.cells[c.column];
    if (cell.revision !== c.expected_revision) {
      conflicts.push({
        table: c.table,
        row: c.row,
        column: c.column,
        yours: c.value,
        current: cell,
      });
    }
  }
  if (conflicts.length > 0)
    return error(409, "figure.conflict", "Somebody else changed this.", { conflicts });
  const cells = [];
  for (const c of changes) {
    const table = tables.get(c.table);
    const cell = table.rows.find((r) => r.id === c.row).cells[c.column];
    Object.assign(cell, {
      value: c.value,
      revision: cell.revision + 1,
      basis: "entered",
      changed_at: Date.now(),
      changed_by: ref(me),
    });
    addUp(table);
    cells.push({ table: c.table, row: c.row, column: c.column, cell });
    for (const t of table.totals) {
      const total = t.cells[c.column];
      if (total)
        cells.push({
          table: c.table,
          row: t.id,
          column: c.column,
          cell: { ...total, revision: ++total.revision },
        });
    }
  }
  position++;
  const body = {
    cells: cells.map(({ cell, ...at }) => ({
      ...at,
      value: cell.value,
      previous: null,
      revision: cell.revision,
      basis: cell.basis,
      ...(cell.derived ? { derived: true } : {}),
    })),
  };
  tellAll({
    type: "event",
    position,
    at: Date.now(),
    kind: "figure.changed",
    actor: ref(me),
    body,
  });
  return { status: 200, body: { position, cells } };
}
function rest(method, path, me, body) {
  const parts = path.split("/").slice(3);
  const opened = doors.open(method, parts.join("/"), body);
  if (opened) return opened;
  if (path === "/api/v1/session") {
    if (method === "POST")
      return {
        status: 200,
        body: { session: { demo: true, person: person(body.person) } },
        cookie: body.person,
      };
    if (method === "DELETE") return { status: 204, cookie: "" };
    return { status: 200, body: doors.session(me) };
  }
  if (path === "/api/v1/demo/people") return { status: 200, body: { people } };
  if (!me) return error(401, "sign-in", "Sign in first.");
  const answered = doors.signedIn(method, parts, body, me);
  if (answered) return answered;
  if (path === "/api/v1/plans") {
    return {
      status: 200,
      body: {
        plans: [
          {
            id: example.id,
            title: example.title,
            footprint,
            round,
            position,
            sections: 9,
            last_change: null,
            needs: needs(me),
          },
        ],
      },
    };
  }
  if (parts[1] !== example.id) return error(404, "plan.not_found", "There is no such plan.");
  const sections = example.sections.map((s) => summary(s, me));
  if (parts.length === 2) {
    const { id, title, disclaimer, milestones, years } = example;
    return {
      status: 200,
      body: {
        id,
        title,
        disclaimer,
        footprint,
        round,
        milestones,
        organisations,
        years,
        position,
        sections,
        may: doors.planMay,
      },
    };
  }
  if (parts[2] === "events") return { status: 200, body: { events: [], head: position } };
  if (parts[2] === "figures") return figures(me, body);
  if (parts[2] === "tables") return { status: 200, body: tables.get(parts[3]) };
  const section = example.sections.find((s) => s.key === parts[3]);
  if (parts[2] !== "sections" || !section) return error(404, "not_found", "There is no such page.");
  if (parts[4] === "text") {
    const html = section.fields
      .map(
        (f) =>
          `<h2>${f.title}</h2>${f.text
            .split("\n\n")
            .map((p) => `<p>${p.replaceAll("&", "&amp;")}</p>`)
            .join("")}`,
      )
      .join("");
    return { status: 200, html };
  }
  return { status: 200, body: sections.find((s) => s.key === section.key) };
}

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const whoIs = (request) =>
  person(/footprint_session=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1]);
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname.startsWith("/api/v1/")) {
    let text = "";
    for await (const chunk of request) text += chunk;
    const answer = rest(
      request.method,
      pathname,
      whoIs(request),
      text === "" ? {} : JSON.parse(text),
    );
    if (answer.cookie !== undefined)
      response.setHeader(
        "set-cookie",
        `footprint_session=${answer.cookie}; Path=/; HttpOnly; SameSite=Strict`,
      );
    if (answer.retryAfter) response.setHeader("retry-after", answer.retryAfter);
    response.writeHead(answer.status, {
      "content-type": answer.html ? types[".html"] : "application/json",
    });
    response.end(answer.html ?? (answer.body ? JSON.stringify(answer.body) : undefined));
    return;
  }
  const file = extname(pathname) === "" ? "/index.html" : pathname;
  try {
    const body = await readFile(join(root, "web/dist", file));
    response.writeHead(200, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
      "content-security-policy": policy,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
const sockets = new WebSocketServer({ server, path: "/collab" });
sockets.on("connection", (socket, request) => {
  const who = whoIs(request);
  if (!who) return socket.close(4401);
  socket.on("message", (bytes) => received(socket, who, bytes));
  socket.on("close", () => {
    for (const d of documents.values()) d.members.delete(socket);
    tellAll({ type: "presence", sections: presence() });
  });
  return undefined;
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port}`));
