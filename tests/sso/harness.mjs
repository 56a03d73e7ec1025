// Counts checks, starts the server with its providers, and signs in without a browser.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, until } from "../server_process.mjs";
import { Checks, equal, expect } from "../hostile/harness.mjs";
import { HandProvider } from "./hand_provider.mjs";
import { RealProvider } from "./real_provider.mjs";

export { Checks, equal, expect, until };
export const PLAN = "cambridgeshire-and-peterborough-2016";
export const SECRET = "a client secret: 100% + &";

async function free_port() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const membership = (claim, value, organisation, roles) => `
[[sso.memberships]]
claim = "${claim}"
value = "${value}"
plan = "${PLAN}"
organisation = "${organisation}"
roles = ${JSON.stringify(roles)}
`;

const section = (key, issuer, secret, more = "") => `
[[sso]]
key = "${key}"
title = "Provider ${key}"
issuer = "${issuer}"
client_id = "footprint"
client_secret_file = "${secret}"
${more}
`;

/** Our server, the real provider and three made by hand. */
export class World {
  static async open(binary) {
    const world = new World();
    world.folder = mkdtempSync(join(tmpdir(), "footprint-sso-"));
    const port = await free_port();
    world.origin = `http://127.0.0.1:${port}`;
    world.real = await new RealProvider().start(world.origin, SECRET);
    world.hand = await new HandProvider().start();
    world.other = await new HandProvider().start();
    world.stranger = await new HandProvider().start();
    const secret = join(world.folder, "secret");
    writeFileSync(secret, `${SECRET}\n`);
    const config = join(world.folder, "footprint.toml");
    writeFileSync(config, world.settings(secret));
    world.server = new Server(binary, {
      args: ["--demo", "--config", config, "--web", "web/dist"],
      data: join(world.folder, "data"),
    });
    world.server.port = port;
    await world.server.start();
    // One that is no demo: its sign-in page is that of a real service.
    world.plain = new Server(binary, { args: ["--config", config, "--web", "web/dist"] });
    await world.plain.start();
    await world.make_administrator(world.plain);
    world.lead = await world.server.signIn("u-lead");
    return world;
  }

  settings(secret) {
    const domain = 'email_domains = ["nhs.net"]';
    return (
      section("real", this.real.issuer, secret, domain) +
      membership("email_domain", "nhs.net", "ccg-cp", ["author"]) +
      section("hand", this.hand.issuer, secret, domain) +
      membership("tid", "tenant-1", "cuh", ["author", "reviewer"]) +
      membership("groups", "board", "psh", ["board_signatory"]) +
      section("other", this.other.issuer, secret, domain) +
      section("stranger", this.stranger.issuer, secret, "new_accounts = true")
    );
  }

  /** By the link that the first start prints. */
  async make_administrator(server) {
    const link = /To make the first administrator, open: \S+#(\S+)/;
    const token = await until("the link", () => link.exec(server.lines.join("\n"))?.[1]);
    const who = { name: "Ada Min", email: "ada@example.org", password: "correct horse battery 9!" };
    const answer = await server.json("POST", "/api/v1/links/use", { token, ...who });
    equal(answer.status, 200, JSON.stringify(answer.body));
  }

  async close() {
    await this.server.remove();
    await this.plain.remove();
    for (const each of [this.real, this.hand, this.other, this.stranger])
      await each.stop().catch(() => {});
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The way to the provider: its address and our cookie. */
  async begin(provider, next = "/plans") {
    const start = `${this.origin}/api/v1/sso/${provider}/start?next=${encodeURIComponent(next)}`;
    const response = await fetch(start, { redirect: "manual" });
    return {
      status: response.status,
      location: response.headers.get("location"),
      cookie: (response.headers.get("set-cookie") ?? "").split(";")[0],
    };
  }

  /** To the provider, which sends back at once: the address of our callback. */
  async authorize(location) {
    const response = await fetch(location, { redirect: "manual" });
    return response.headers.get("location");
  }

  /** What comes of a callback: {problem} or {next, cookie}. */
  async finish(address, cookie) {
    const response = await fetch(address, {
      redirect: "manual",
      headers: cookie ? { cookie } : {},
    });
    const body = await response.text();
    const location = response.headers.get("location");
    if (response.status === 302) {
      const url = new URL(location, this.origin);
      equal([url.origin, url.pathname], [this.origin, "/sign-in"]);
      return { problem: url.searchParams.get("problem") };
    }
    equal(response.status, 200, body);
    const session = response.headers
      .getSetCookie()
      .find((each) => each.startsWith("footprint_session="));
    expect(/; HttpOnly; SameSite=Strict;/.test(session), session);
    return {
      next: /content="0; url=([^"]*)"/.exec(body)[1].replaceAll("&amp;", "&"),
      cookie: session.split(";")[0],
    };
  }

  async sign_in(provider, next) {
    const begun = await this.begin(provider, next);
    if (!begun.location.startsWith("http"))
      return { problem: new URL(begun.location, this.origin).searchParams.get("problem") };
    return this.finish(await this.authorize(begun.location), begun.cookie);
  }

  /** Whether a session is alive. */
  async is_signed_in(cookie) {
    const response = await fetch(`${this.origin}/api/v1/plans`, { headers: { cookie } });
    await response.text();
    return response.status === 200;
  }

  async person(cookie) {
    const response = await fetch(`${this.origin}/api/v1/session`, { headers: { cookie } });
    return (await response.json()).person;
  }

  /** The memberships in the plan, as the lead sees them: {organisation: [roles]}. */
  async memberships(id) {
    const { people } = await this.server.get(`/api/v1/plans/${PLAN}/people`, this.lead);
    const person = people.find((each) => each.id === id);
    return Object.fromEntries(
      (person?.memberships ?? []).map((each) => [each.organisation, each.roles]),
    );
  }

  async post_logout(provider, token) {
    const response = await fetch(`${this.origin}/api/v1/sso/${provider}/logout`, {
      method: "POST",
      body: new URLSearchParams({ logout_token: token }),
    });
    return { status: response.status, text: await response.text() };
  }
}
