// Every role and action of schemas/rights.json in every section, over every door that the action has today.
import { equal, expect } from "../hostile/harness.mjs";
import { CODES, matrix, verdict } from "./oracle.mjs";
import { COLUMN, OTHER, PLAN, ROLES, ROWS, SECTIONS, personOf, tableOf } from "./plan.mjs";
import { Collab, Yjs } from "./sockets.mjs";

const base = `/api/v1/plans/${PLAN}`;
const HIDDEN = ["section.unknown", "table.unknown", "figure.unknown_table"];

/** Who is tried, with their token. */
export class Actor {
  constructor(server, role, token) {
    Object.assign(this, { server, role, token, person: personOf(role) });
  }

  ask(method, path, body) {
    return this.server.json(method, path.startsWith("/") ? path : `${base}/${path}`, body, {
      authorization: `Bearer ${this.token}`,
    });
  }
}

const codeOf = ({ body }) => body?.problems?.[0]?.code ?? body?.error?.code;

/** The answer is what the matrix says: yes, or no with a typed reason in words. */
function judged(answer, wanted, codes, what) {
  if (wanted.yes) return equal(answer.status, 200, `${what}: ${JSON.stringify(answer.body)}`);
  expect(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
  const code = codeOf(answer);
  const allowed =
    wanted.no === "hidden" ? HIDDEN : wanted.no === "right.frozen" ? [...codes, wanted.no] : codes;
  expect(allowed.includes(code), `${what}: code ${code} instead of one of ${allowed}`);
  expect(answer.body.error.message.length > 15, `${what}: no words`);
}

async function reading(checks, actor, section) {
  const wanted = verdict("read", actor.role, section);
  const { key } = section;
  for (const path of [`sections/${key}`, `sections/${key}/text`, `tables/${tableOf(key)}`])
    await checks.run(`${actor.role} reads ${path}`, async () =>
      judged(await actor.ask("GET", path), wanted, CODES.read, "read"),
    );
}

async function lists(checks, actor) {
  const shown = SECTIONS.filter((section) => verdict("read", actor.role, section).yes).map(
    ({ key }) => key,
  );
  await checks.run(`${actor.role}: the plan holds what shows and nothing else`, async () => {
    const { body } = await actor.ask("GET", base);
    equal(
      body.sections.map(({ key }) => key),
      shown,
    );
    for (const section of SECTIONS.filter(({ key }) => !shown.includes(key)))
      expect(!JSON.stringify(body).includes(section.key), `${section.key} is named`);
    for (const { key, may } of body.sections) {
      const section = SECTIONS.find((each) => each.key === key);
      for (const action of [
        "write",
        "settle_draft",
        "appoint_lead",
        "share_section",
        "move_section",
      ])
        equal(
          may[action],
          verdict(action, actor.role, section).yes === true,
          `${key}: may.${action}`,
        );
    }
    for (const action of ["manage_people", "manage_organisations"])
      equal(body.may[action], verdict(action, actor.role).yes === true, `may.${action}`);
  });
  await checks.run(
    `${actor.role}: tables and events of hidden sections are not listed`,
    async () => {
      const { body } = await actor.ask("GET", "tables");
      equal(body.tables.map(({ section }) => section).sort(), [...shown].sort());
      const events = await actor.ask("GET", "events?limit=1000");
      const seen = new Set(
        events.body.events.map(({ body: each }) => each.section).filter(Boolean),
      );
      for (const key of seen) expect(shown.includes(key), `an event of ${key}`);
    },
  );
}

async function writing(checks, actor, section, collab) {
  const { key } = section;
  const may_read = verdict("read", actor.role, section).yes;
  const wanted = verdict("write", actor.role, section);
  await checks.run(`${actor.role} writes in ${key} over /collab`, async () => {
    const opened = await collab.open(key);
    if (!may_read) return equal(opened, "not-found");
    equal(opened, wanted.yes ? "read-write" : "readonly");
    const got = await collab.write(key);
    if (wanted.yes) return equal(got, "ok");
    expect(CODES.write.includes(got), got);
    equal(got === "right.frozen", wanted.no === "right.frozen", got);
  });
  await checks.run(`${actor.role} writes in ${key} over /yjs`, async () => {
    const socket = new Yjs(actor.server, key, actor.token);
    try {
      const opened = await socket.opened();
      if (!may_read) return equal(opened, "4404 not-found");
      const got = await socket.write();
      if (wanted.yes) return equal(got, "ok");
      expect(CODES.write.includes(got.replace("4403 ", "")), got);
    } finally {
      socket.close();
    }
  });
}

/** Revisions and states of the cells, as the lead sees them. */
export class Figures {
  constructor(lead) {
    this.lead = lead;
    this.tables = new Map();
  }

  async cell(key, row) {
    if (!this.tables.has(key)) {
      const { body } = await this.lead.ask("GET", `tables/${tableOf(key)}`);
      this.tables.set(key, new Map(body.rows.map((each) => [each.id, each.cells[COLUMN]])));
    }
    return this.tables.get(key).get(row);
  }
}

async function figures(checks, actor, section, known) {
  for (const row of ROWS) {
    const locked = row.endsWith("locked");
    const action = locked ? "change_locked" : "edit_figure";
    const wanted = verdict(action, actor.role, section, row);
    const ref = { table: tableOf(section.key), row, column: COLUMN };
    const codes = [...CODES.figures, "figure.reason_needed"];
    const cell = await known.cell(section.key, row);
    const change = async (reason) => {
      const body = {
        changes: [{ ...ref, value: Number(cell.value) + 1, expected_revision: cell.revision }],
        ...(reason ? { reason } : {}),
      };
      const answer = await actor.ask("POST", "figures", body);
      if (answer.status === 200) {
        ++cell.revision;
        cell.value = Number(cell.value) + 1;
      }
      return answer;
    };
    await checks.run(`${actor.role} changes ${section.key}/${row}`, async () => {
      const plain = await change();
      judged(plain, wanted.reason ? { no: "refused" } : wanted, codes, "without a reason");
      if (wanted.reason) equal(codeOf(plain), "figure.reason_needed");
      if (wanted.no || wanted.reason)
        judged(await change("It was agreed."), wanted, codes, "with a reason");
    });
    const lock = verdict("lock_figure", actor.role, section, row);
    const mark = (status) => actor.ask("POST", "figures/status", { cells: [{ ...ref, status }] });
    await checks.run(
      `${actor.role} ${locked ? "unlocks" : "locks"} ${section.key}/${row}`,
      async () => {
        judged(await mark(locked ? "agreed" : "locked"), lock, CODES.commands, "there");
        if (lock.yes)
          judged(await mark(locked ? "locked" : "draft"), lock, CODES.commands, "and back");
      },
    );
  }
}

const STATUS_TURN = ["drafting", "in_review", "reopened"];

/** Commands on a section: each says yes or no by the matrix; what changes is changed back. */
async function commands(checks, actor, section, drafts) {
  const { key } = section;
  const patch = (body) => actor.ask("PATCH", `sections/${key}`, body);
  const tried = async (action, act) => {
    const wanted = verdict(action, actor.role, section);
    await checks.run(`${actor.role}: ${action} in ${key}`, async () => act(wanted));
  };
  const one = (body) => async (wanted) => {
    const plain = await patch(body);
    if (wanted.reason) {
      equal([plain.status, codeOf(plain)], [422, "reason.needed"]);
      return judged(
        await patch({ ...body, reason: "Agreed on Monday." }),
        wanted,
        CODES.commands,
        key,
      );
    }
    judged(plain, wanted, CODES.commands, key);
  };
  section.turn = (section.turn ?? 0) + 1;
  const day = String(1 + (section.turn % 28)).padStart(2, "0");
  await tried("appoint_lead", one({ due_date: `2016-11-${day}` }));
  const names = section.turn % 2 ? [...section.named, "r-harmless"] : section.named;
  await tried("share_section", one({ named_people: names }));
  if (verdict("share_section", actor.role, section).yes && section.turn % 2)
    await patch({ named_people: section.named });
  const to = STATUS_TURN.find((each) => each !== section.now && each !== section.status);
  // Out of frozen is another right, tried below.
  const unfreezes =
    section.status === "frozen" && verdict("freeze_section", actor.role, section).yes;
  if (!unfreezes)
    await tried("move_section", async (wanted) => {
      await one({ status: to })(wanted);
      if (!wanted.yes) return;
      const back = STATUS_TURN.includes(section.status) ? section.status : "reopened";
      if (back !== to)
        equal((await patch({ status: back, reason: "And back." })).status, 200, "and back");
      section.now = back;
    });
  await tried("freeze_section", async (wanted) => {
    const frozen = section.status === "frozen";
    const before = section.now ?? section.status;
    await one({ status: frozen ? "reopened" : "frozen" })(wanted);
    const back = frozen ? "frozen" : before === "signed_off" ? "reopened" : before;
    if (!wanted.yes) return;
    equal((await patch({ status: back, reason: "And back." })).status, 200, "and back");
    section.now = back;
  });
  await tried("offer_draft", async (wanted) => {
    const body = { text: "Refused words.", code: "right.read_only", message: "" };
    const answer = await actor.ask("POST", `sections/${key}/drafts`, body);
    judged(answer, wanted, CODES.commands, key);
    if (wanted.yes) await drafts.close(answer.body.draft);
  });
  await tried("settle_draft", async (wanted) => {
    const id = await drafts(key);
    const answer = await actor.ask("POST", `drafts/${id}`, {
      outcome: "declined",
      reason: "Said already.",
    });
    if (wanted.no === "hidden")
      return equal([answer.status, codeOf(answer)], [404, "draft.unknown"]);
    judged(answer, wanted, CODES.commands, key);
    if (wanted.yes) drafts.used(key);
  });
}

async function of_the_plan(checks, actor) {
  const tried = (action, act) =>
    checks.run(`${actor.role}: ${action}`, async () => {
      const wanted = verdict(action, actor.role);
      judged(await act(), wanted, CODES.commands, action);
    });
  await tried("manage_people", () =>
    actor.ask("PUT", "members/r-harmless", {
      memberships: [
        {
          organisation: OTHER,
          roles: [actor.role === "pmo" ? "lay_reviewer" : "observer", "reviewer"],
        },
      ],
    }),
  );
  await tried("manage_organisations", () =>
    actor.ask("PUT", "organisations/third", {
      name: `Third ${actor.role}`,
      kind: "voluntary_sector",
      signing_body: "Trustees",
      signs: false,
    }),
  );
  await checks.run(`${actor.role}: see_audit`, async () => {
    const scope = matrix.actions.find(({ key }) => key === "see_audit").roles[actor.role];
    const answer = await actor.ask("GET", "audit?limit=1000");
    if (scope === "no") return judged(answer, { no: "refused" }, CODES.commands, "audit");
    equal(answer.status, 200, JSON.stringify(answer.body));
    for (const act of answer.body.acts) {
      if (scope === "yes") continue;
      const own = act.actor?.person === actor.person;
      const in_led = act.section === undefined || act.section.startsWith("led-");
      if (scope === "own") expect(own, `${actor.role} sees ${act.words}`);
      if (scope === "own_sections") expect(own || in_led, `${actor.role} sees ${act.words}`);
      if (scope === "own_organisation")
        expect(own || act.actor?.organisation === "own-trust", `${actor.role} sees ${act.words}`);
    }
  });
}

/** A stranger sees no plan at all, by no way. */
async function stranger(checks, server, token) {
  const actor = new Actor(server, "stranger", token);
  await checks.run("a stranger finds no plan", async () => {
    for (const [method, path, body] of [
      ["GET", base],
      ["GET", "people"],
      ["GET", "sections/own-drafting"],
      ["GET", "audit"],
      ["GET", "events"],
      ["GET", "drafts"],
      ["PUT", "members/r-harmless", { memberships: [] }],
      ["PATCH", "sections/own-drafting", { title: "Mine" }],
      ["POST", "figures", { changes: [] }],
    ])
      equal((await actor.ask(method, path, body)).status, 404, `${method} ${path}`);
    const collab = new Collab(server, token);
    equal([await collab.open("own-drafting"), await collab.open(null)], ["no-right", "no-right"]);
    collab.close();
    const yjs = new Yjs(server, "own-drafting", token);
    equal(await yjs.opened(), "4403 no-right");
  });
}

export async function matrix_cases(checks, server, tokens) {
  const lead = new Actor(server, "footprint_lead", tokens.footprint_lead);
  const known = new Figures(lead);
  const open = new Map();
  const drafts = async (key) => {
    if (!open.has(key)) {
      const body = { text: "Refused words.", code: "right.read_only", message: "" };
      const offered = await new Actor(server, "pmo", tokens.pmo).ask(
        "POST",
        `sections/${key}/drafts`,
        body,
      );
      equal(offered.status, 200, JSON.stringify(offered.body));
      open.set(key, offered.body.draft);
    }
    return open.get(key);
  };
  drafts.used = (key) => open.delete(key);
  drafts.close = async (id) =>
    equal((await lead.ask("POST", `drafts/${id}`, { outcome: "taken" })).status, 200, "settled");
  for (const role of ROLES) {
    const actor = new Actor(server, role, tokens[role]);
    const collab = new Collab(server, actor.token);
    for (const section of SECTIONS) {
      await reading(checks, actor, section);
      await writing(checks, actor, section, collab);
      await figures(checks, actor, section, known);
    }
    await lists(checks, actor);
    await of_the_plan(checks, actor);
    collab.close();
  }
  for (const role of ROLES)
    for (const section of SECTIONS)
      await commands(checks, new Actor(server, role, tokens[role]), section, drafts);
  await stranger(checks, server, tokens.stranger);
  await checks.run("GET rights gives the matrix that the server decides by", async () => {
    equal((await lead.ask("GET", "/api/v1/rights")).body, matrix);
  });
}
