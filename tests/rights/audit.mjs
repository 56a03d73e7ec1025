// The record of acts: pages, filters, files.
import { equal, expect } from "../hostile/harness.mjs";
import { Actor } from "./matrix.mjs";
import { PLAN } from "./plan.mjs";

const path = `/api/v1/plans/${PLAN}/audit`;

async function download(actor, format) {
  const answer = await fetch(`${actor.server.origin}${path}?format=${format}`, {
    headers: { authorization: `Bearer ${actor.token}` },
  });
  equal(answer.status, 200);
  return { text: await answer.text(), headers: answer.headers };
}

export async function audit_cases(checks, server, tokens) {
  const lead = new Actor(server, "footprint_lead", tokens.footprint_lead);
  const ask = async (query = "") => (await lead.ask("GET", `${path}${query}`)).body;
  const whole = await ask("?limit=1000");
  await checks.run("audit: acts are told in words, the newest first", async () => {
    expect(whole.acts.length > 100, `${whole.acts.length} acts`);
    for (const [i, act] of whole.acts.entries()) {
      expect(act.words.length > 5 && !/undefined|null/.test(act.words), act.words);
      expect(i === 0 || act.position < whole.acts[i - 1].position, "order");
    }
  });
  await checks.run("audit: pages hold what the whole holds", async () => {
    const acts = [];
    let after = 0;
    for (let i = 0; i < 1000 && acts.length < 60; ++i) {
      const page = await ask(`?limit=7&after=${after}`);
      acts.push(...page.acts);
      if (page.next === undefined) break;
      after = page.next;
    }
    equal(acts.slice(0, 60), whole.acts.slice(0, 60));
  });
  await checks.run("audit: filters leave what they name", async () => {
    const by = await ask("?person=r-pmo&limit=1000");
    expect(by.acts.length > 0 && by.acts.every(({ actor }) => actor.person === "r-pmo"), "person");
    const of = await ask("?kind=figure.status_changed&limit=1000");
    expect(
      of.acts.length > 0 && of.acts.every(({ kind }) => kind === "figure.status_changed"),
      "kind",
    );
    const where = await ask("?section=led-drafting&kind=section.changed&limit=1000");
    expect(
      where.acts.length > 0 && where.acts.every(({ section }) => section === "led-drafting"),
      "section",
    );
    const whose = await ask("?organisation=other-trust&limit=1000");
    expect(
      whose.acts.every(({ actor }) => actor?.organisation === "other-trust"),
      "organisation",
    );
    equal((await ask("?to=2016-01-01")).acts, []);
    equal((await ask("?from=2999-01-01")).acts, []);
    const today = new Date(whole.acts[0].at).toISOString().slice(0, 10);
    expect((await ask(`?from=${today}&to=${today}`)).acts.length > 0, "today");
  });
  await checks.run("audit: files hold the same, one act a line", async () => {
    const lines = await download(lead, "jsonl");
    expect(
      /attachment; filename="rights-plan\.jsonl"/.test(lines.headers.get("content-disposition")),
      "name",
    );
    const acts = lines.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    equal(acts.slice(0, 50), whole.acts.slice(0, 50));
    const csv = await download(lead, "csv");
    expect(csv.headers.get("content-type").startsWith("text/csv"), "type");
    const rows = csv.text.trim().split("\r\n");
    equal(rows[0], "position,at,person,name,organisation,organisation_name,kind,section,words");
    equal(rows.length - 1, acts.length);
    expect(rows[1].startsWith(`${acts[0].position},`), rows[1]);
  });
  await checks.run("audit: a spreadsheet finds no formula", async () => {
    const title = "=HYPERLINK(1)";
    const changed = await lead.ask("PUT", `/api/v1/plans/${PLAN}/organisations/own-trust`, {
      name: title,
      kind: "provider_acute",
      signing_body: "Board",
      signs: true,
    });
    equal(changed.status, 200);
    const { text } = await download(lead, "csv");
    expect(text.includes(`"'${title}"`) && !text.includes(`,"${title}"`), text.slice(0, 300));
    await lead.ask("PUT", `/api/v1/plans/${PLAN}/organisations/own-trust`, {
      name: "Own Trust",
      kind: "provider_acute",
      signing_body: "Board",
      signs: true,
    });
  });
  for (const query of [
    "limit=0",
    "limit=x",
    "limit=1001",
    "after=-1",
    "from=yesterday",
    "to=2016-02-31",
    "format=xml",
  ])
    await checks.run(`audit: with ${query}`, async () => {
      const answer = await lead.ask("GET", `${path}?${query}`);
      equal([answer.status, answer.body.error.code], [400, "request.query"]);
    });
}
