// Rights that change while people are connected: felt in the same turn, on both doors, in words.
import { equal, expect } from "../hostile/harness.mjs";
import { until } from "../server_process.mjs";
import { Actor } from "./matrix.mjs";
import { OTHER, OWN, PLAN } from "./plan.mjs";
import { Collab, Yjs, word_update } from "./sockets.mjs";

const base = `/api/v1/plans/${PLAN}`;
const SECTION = "own-drafting";
const WAIT_MS = 60_000;

async function demoted_and_back(checks, server, lead) {
  const token = await server.signIn("r-live");
  const collab = new Collab(server, token);
  const yjs = new Yjs(server, SECTION, token);
  const set = (roles) =>
    lead.ask("PUT", "members/r-live", {
      memberships: [{ organisation: OWN, roles }],
      reason: "A change of job.",
    });
  await checks.run("live: an author is made a reviewer with the section open", async () => {
    equal([await collab.open(SECTION), await yjs.opened()], ["read-write", "open"]);
    equal([await collab.write(SECTION), await yjs.write()], ["ok", "ok"]);
    equal((await set(["reviewer"])).status, 200);
    await collab.until("the news of it", () => collab.stateless(SECTION, "rights").length > 0);
    const [told] = collab.stateless(SECTION, "rights");
    equal(told.may, { read: true, write: false });
    equal([told.section, told.actor.person], [SECTION, lead.person]);
    for (const words of ["r-footprint-lead (Own Trust) made you a reviewer", "no longer write"])
      expect(told.message.includes(words), told.message);
    equal(collab.scopes(SECTION), ["read-write", "readonly"]);
  });
  await checks.run(
    "live: what a demoted author sends after that is refused, on both doors",
    async () => {
      equal(await collab.write(SECTION), "right.read_only");
      equal(await yjs.write(), "4403 right.read_only");
    },
  );
  await checks.run("live: made an author again, the same connection writes again", async () => {
    equal((await set(["author"])).status, 200);
    await collab.until("the scope", () => collab.scopes(SECTION).at(-1) === "read-write");
    equal(collab.stateless(SECTION, "rights").at(-1).may, { read: true, write: true });
    equal(await collab.write(SECTION), "ok");
  });
  collab.close();
  yjs.close();
}

async function removed(checks, server, lead) {
  const token = await server.signIn("r-leaving");
  const collab = new Collab(server, token);
  const yjs = new Yjs(server, SECTION, token);
  const stream = new AbortController();
  let ended = false;
  await checks.run("live: somebody is removed from the plan: every connection ends", async () => {
    equal(
      [await collab.open(SECTION), await collab.open(null), await yjs.opened()],
      ["read-write", "readonly", "open"],
    );
    const feed = await fetch(`${server.origin}${base}/events`, {
      headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
      signal: stream.signal,
    });
    const reader = feed.body.getReader();
    (async () => {
      while (!(await reader.read()).done);
      ended = true;
    })().catch(() => (ended = true));
    equal((await lead.ask("PUT", "members/r-leaving", { memberships: [] })).status, 200);
    await collab.until(
      "both denials",
      () => collab.denials(SECTION).length > 0 && collab.denials(null).length > 0,
    );
    equal([collab.denials(SECTION), collab.denials(null)], [["no-right"], ["no-right"]]);
    expect(
      collab.stateless(SECTION, "rights")[0].message.includes("removed you from this plan"),
      "words",
    );
    await yjs.until("the close", () => yjs.closed !== null);
    equal(yjs.closed.code, 4403);
    await until("the end of the stream", () => ended, WAIT_MS);
    equal(
      (await server.json("GET", base, undefined, { authorization: `Bearer ${token}` })).status,
      404,
    );
  });
  await checks.run("live: what they wrote stays under their name", async () => {
    const { body } = await lead.ask("GET", "audit?person=r-leaving");
    for (const act of body.acts) equal(act.actor.organisation, OWN);
    const people = await lead.ask("GET", "people");
    expect(!people.body.people.some(({ id }) => id === "r-leaving"), "still listed");
  });
  stream.abort();
  collab.close();
  yjs.close();
}

async function hidden(checks, server, lead, tokens) {
  const watching = new Actor(server, "reviewer", await server.signIn("r-watching"));
  const collab = new Collab(server, watching.token);
  const yjs = new Yjs(server, SECTION, watching.token);
  const author = new Collab(server, tokens.author);
  await checks.run("live: a section that ceases to show leaves nothing behind", async () => {
    equal(
      [await collab.open(SECTION), await collab.open(null), await yjs.opened()],
      ["readonly", "readonly", "open"],
    );
    equal((await lead.ask("PATCH", `sections/${SECTION}`, { visibility: "partners" })).status, 200);
    await collab.until("the denial", () => collab.denials(SECTION).length > 0);
    equal(collab.denials(SECTION), ["no-right"]);
    await collab.until("the event", () =>
      collab.stateless(null, "event").some(({ kind }) => kind === "section.changed"),
    );
    const event = collab.stateless(null, "event").find(({ kind }) => kind === "section.changed");
    equal(event.body, { section: SECTION, hidden: true });
    await yjs.until("the close", () => yjs.closed !== null);
    equal((await watching.ask("GET", `sections/${SECTION}`)).status, 404);
    equal(await collab.open(SECTION), "not-found");
  });
  await checks.run("live: neither events nor presence of it reach who may not see it", async () => {
    const before = collab.got.length;
    equal(await author.open(SECTION), "read-write");
    equal(await author.write(SECTION), "ok");
    equal((await lead.ask("PATCH", `sections/${SECTION}`, { due_date: "2016-12-24" })).status, 200);
    // Something that does show, so that all before it has come.
    equal(
      (await lead.ask("PATCH", "sections/other-drafting", { due_date: "2016-12-24" })).status,
      200,
    );
    await collab.until("the event that shows", () =>
      collab.stateless(null, "event").some(({ body }) => body.section === "other-drafting"),
    );
    for (const message of collab.all().slice(before))
      expect(!(message.text ?? "").includes(SECTION), message.text);
    const list = await watching.ask("GET", "events?limit=1000");
    expect(!JSON.stringify(list.body).includes(`"${SECTION}"`), "in the list of events");
  });
  await checks.run("live: shown again, it opens again", async () => {
    equal(
      (await lead.ask("PATCH", `sections/${SECTION}`, { visibility: "reviewers" })).status,
      200,
    );
    await collab.until("the event", () =>
      collab.stateless(null, "event").some(({ body }) => body.visibility === "reviewers"),
    );
    equal(await collab.open(SECTION), "readonly");
  });
  for (const socket of [collab, yjs, author]) socket.close();
}

async function frozen(checks, server, lead, tokens) {
  const author = new Collab(server, tokens.author);
  const freeze = (status) =>
    lead.ask("PATCH", `sections/${SECTION}`, { status, reason: "Submitted." });
  await checks.run("live: a section is frozen and unfrozen under somebody who writes", async () => {
    equal(await author.open(SECTION), "read-write");
    equal((await freeze("frozen")).status, 200);
    await author.until("the scope", () => author.scopes(SECTION).at(-1) === "readonly");
    equal(await author.write(SECTION), "right.frozen");
    equal((await freeze("reopened")).status, 200);
    await author.until("the scope", () => author.scopes(SECTION).at(-1) === "read-write");
    equal(await author.write(SECTION), "ok");
  });
  author.close();
}

async function race(checks, server, lead) {
  await checks.run(
    "live: in the log nothing of a demoted author stands behind the change",
    async () => {
      const token = await server.signIn("r-live");
      const collab = new Collab(server, token);
      equal(await collab.open(SECTION), "read-write");
      const before = collab.statuses(SECTION).length;
      const count = 200;
      for (let i = 0; i < count / 2; ++i) collab.send(SECTION, word_update());
      const changed = lead.ask("PUT", "members/r-live", {
        memberships: [{ organisation: OWN, roles: ["observer"] }],
      });
      for (let i = 0; i < count / 2; ++i) collab.send(SECTION, word_update());
      const { position } = (await changed).body;
      await collab.until(
        "an answer to each",
        () => collab.statuses(SECTION).length === before + count,
      );
      const accepted = collab
        .statuses(SECTION)
        .slice(before)
        .filter((applied) => applied === 1).length;
      const { events } = (await lead.ask("GET", `events?after=${position - count - 10}&limit=1000`))
        .body;
      const own = events.filter(
        ({ kind, actor }) => kind === "section.updated" && actor?.person === "r-live",
      );
      expect(
        own.every((event) => event.position < position),
        "an update behind the change",
      );
      equal(
        own.filter((event) => event.position > position - count - 10).length >= accepted,
        true,
        "acknowledged and not in the log",
      );
      equal(await collab.write(SECTION), "right.read_only");
      collab.close();
    },
  );
}

async function several(checks, server) {
  const two = new Actor(server, "two", await server.signIn("r-two"));
  const collab = new Collab(server, two.token);
  await checks.run(
    "live: who belongs to two organisations acts for the one that gives the right",
    async () => {
      equal(await collab.open("own-drafting"), "readonly"); // led by the one for which they review
      equal(await collab.open("other-drafting"), "read-write"); // led by the one for which they write
      equal(await collab.write("other-drafting"), "ok");
      const { head } = (await two.ask("GET", "events?limit=1")).body;
      const { body } = await two.ask("GET", `events?after=${head - 20}`);
      const own = body.events.filter(({ actor }) => actor?.person === "r-two");
      equal(
        own.map(({ actor }) => actor.organisation),
        [OTHER],
      );
    },
  );
  collab.close();
}

async function last_lead(checks, server, lead) {
  const second = new Actor(server, "second-lead", await server.signIn("r-second-lead"));
  await checks.run("live: the last footprint lead cannot be removed", async () => {
    equal((await second.ask("PUT", "members/r-footprint-lead", { memberships: [] })).status, 200);
    const refused = await second.ask("PUT", "members/r-second-lead", { memberships: [] });
    equal([refused.status, refused.body.error.code], [422, "member.last_lead"]);
    equal((await lead.ask("GET", base)).status, 404);
  });
}

export async function live_cases(checks, server, tokens) {
  const lead = new Actor(server, "footprint_lead", tokens.footprint_lead);
  await demoted_and_back(checks, server, lead);
  await removed(checks, server, lead);
  await hidden(checks, server, lead, tokens);
  await frozen(checks, server, lead, tokens);
  await race(checks, server, lead);
  await several(checks, server);
  await last_lead(checks, server, lead);
}
