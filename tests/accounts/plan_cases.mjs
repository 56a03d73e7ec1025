// Invitations to a plan, sessions and their sockets, tokens, the second factor, administration.
import WebSocket from "ws";
import * as Y from "yjs";
import { WebsocketProvider } from "y-websocket";

import { equal, expect } from "../hostile/harness.mjs";
import { until } from "../server_process.mjs";
import { Browser, code_of, new_password, secret, token_of } from "./people.mjs";

const patience = 60_000;

/** A plan that the administrator starts and leads, and one of its organisations. */
export async function start_plan(checks, world) {
  await checks.run("an administrator starts a plan", async () => {
    const list = await world.admin.get("/api/v1/footprints");
    const footprint = list.body.footprints.find((each) => !each.started);
    const started = await world.admin.post("/api/v1/plans", { footprint: footprint.number });
    equal(started.status, 201, started.text);
    world.plan = started.body.plan;
    world.path = `/api/v1/plans/${world.plan}`;
    const seen = await world.admin.get(`${world.path}/organisations`);
    world.organisation = seen.body.organisations[0].id;
    world.section = (await world.admin.get(world.path)).body.sections[0].key;
  });
}

const membership = (world, ...roles) => ({ organisation: world.organisation, roles });

async function accept(world, link, name, email) {
  const browser = new Browser(world.server);
  const person = { name, email, password: new_password(), browser };
  const used = await browser.post("/api/v1/links/use", {
    token: token_of(link),
    name,
    password: person.password,
  });
  equal(used.status, 200, used.text);
  person.id = used.body.session.person.id;
  return person;
}

async function invite(world, email, name, ...roles) {
  const body = { email, name, memberships: [membership(world, ...roles)] };
  const made = await world.admin.post(`${world.path}/invitations`, body);
  equal(made.status, 201, made.text);
  return made.body;
}

export async function invitations(checks, world) {
  const { admin, mail, server } = world;
  const path = `${world.path}/invitations`;
  await checks.run("an invitation is shown, mailed, looked at and accepted once", async () => {
    mail.refuse = 1; // and tried again
    const made = await invite(world, "Tom.Reed@Example.org", "Tom Reed", "author");
    equal([made.mailed, made.invitation.email], [true, "tom.reed@example.org"]);
    const pending = (await admin.get(path)).body.invitations;
    equal(
      pending.map((each) => each.name),
      ["Tom Reed"],
    );
    expect(!JSON.stringify(pending).includes(token_of(made.link)), "the list holds no link");
    const got = await mail.next("tom.reed@example.org");
    equal(mail.refuse, 0);
    expect(got.text.includes(made.link), "the mail holds the link");
    const look = await new Browser(server).post("/api/v1/links/look", {
      token: token_of(made.link),
    });
    equal(
      [look.body.purpose, look.body.has_account, look.body.plan.id],
      ["invitation", false, world.plan],
    );
    equal([look.body.invited_by, look.body.memberships[0].roles], ["Ada Admin", ["author"]]);
    world.person = await accept(world, made.link, "Tom Reed", "tom.reed@example.org");
    equal((await admin.get(path)).body.invitations, []);
    const people = (await admin.get(`${world.path}/people`)).body.people;
    const tom = people.find((each) => each.id === world.person.id);
    equal([tom.name, tom.roles], ["Tom Reed", ["author"]]);
    equal((await world.person.browser.get(world.path)).status, 200);
    const again = await new Browser(server).post("/api/v1/links/use", {
      token: token_of(made.link),
      name: "Eve",
      password: new_password(),
    });
    equal(again.code, "link.used");
    world.mails_to_person = 1;
  });
  await checks.run("names and addresses cannot add headers to a mail", async () => {
    const bad = (email, name) =>
      admin.post(path, { email, name, memberships: [membership(world, "author")] });
    equal((await bad("a@b.c\r\nBcc: evil@example.org", "A")).code, "account.email");
    equal((await bad("a@example.org", "A\r\nBcc: evil@example.org")).code, "account.name");
    equal((await bad("a@example.org,evil@example.org", "A")).code, "account.email");
    await invite(world, "zoe@example.org", "Zoë O'Neill \"; <b>", "observer");
    const got = await mail.next("zoe@example.org");
    equal(
      Object.keys(got.headers).filter((name) => name === "bcc"),
      [],
    );
    equal([got.to, got.headers.to], [["zoe@example.org"], ["<zoe@example.org>"]]);
    expect(got.text.startsWith("Hello Zoë O'Neill \"; <b>,\n"), got.text.slice(0, 60));
    equal(got.headers["content-type"], ["text/plain; charset=utf-8"]);
  });
  await checks.run("an invitation is withdrawn, renewed, and only by who may", async () => {
    const made = await invite(world, "ann@example.org", "Ann", "observer");
    const browser = new Browser(server);
    const look = (link) => browser.post("/api/v1/links/look", { token: token_of(link) });
    const renewed = await admin.post(`${path}/${made.invitation.id}/renew`);
    equal(renewed.status, 200, renewed.text);
    equal((await look(made.link)).code, "link.unknown");
    equal((await look(renewed.body.link)).status, 200);
    const author = world.person.browser;
    equal((await author.get(path)).status, 403);
    equal((await author.remove(`${path}/${made.invitation.id}`)).status, 403);
    const wanted = {
      email: "x@example.org",
      name: "X",
      memberships: [membership(world, "author")],
    };
    equal((await author.post(path, wanted)).status, 403);
    equal((await admin.remove(`${path}/${made.invitation.id}`)).status, 204);
    equal((await look(renewed.body.link)).code, "link.unknown");
    equal((await admin.remove(`${path}/${made.invitation.id}`)).code, "invitation.unknown");
    equal((await new Browser(server).get(path)).code, "sign-in");
    const nowhere = { ...wanted, memberships: [{ organisation: "no-such", roles: ["author"] }] };
    expect((await admin.post(path, nowhere)).status === 422, "an organisation of the plan");
  });
  await checks.run("an invitation gives nobody an account that is there already", async () => {
    const { person } = world;
    const made = await invite(world, person.email, "Not Tom", "reviewer");
    world.mails_to_person++;
    const token = token_of(made.link);
    const thief = new Browser(server);
    equal((await thief.post("/api/v1/links/look", { token })).body.has_account, true);
    const taken = await thief.post("/api/v1/links/use", {
      token,
      name: "Thief",
      password: "",
    });
    equal([taken.status, taken.body], [200, { next: "sign-in" }]);
    equal(thief.cookie, "");
    const guess = await thief.post("/api/v1/links/use", { token, password: "a guess of a thief" });
    equal(guess.code, "session.wrong");
    const other = await admin.post("/api/v1/links/use", { token });
    equal(other.body, { next: "sign-in" });
    const used = await person.browser.post("/api/v1/links/use", { token });
    equal(used.status, 200, used.text);
    equal(used.body.session.person.id, person.id);
    const people = (await admin.get(`${world.path}/people`)).body.people;
    equal(people.find((each) => each.id === person.id).roles.sort(), ["author", "reviewer"]);
  });
}

/** An open y-websocket of a browser's session: how it closed, once it has. */
function socket_of(world, browser) {
  const socket = new WebSocket(`${world.server.ws}/yjs/${world.plan}/${world.section}`, {
    headers: { cookie: browser.cookie, origin: world.server.origin },
  });
  const state = { open: false, code: 0 };
  socket.on("message", () => (state.open = true));
  socket.on("close", (code) => (state.code = code));
  socket.on("error", () => {});
  return state;
}

export async function sessions(checks, world) {
  const { person, server } = world;
  const sign_in = async (name) => {
    const browser = new Browser(server, name);
    equal((await browser.sign_in(person.email, person.password)).status, 200);
    return browser;
  };
  await checks.run(
    "sessions are listed; ending one closes its sockets, and nobody else's",
    async () => {
      const [here, there] = [await sign_in("Here/1.0"), await sign_in("There/2.0")];
      const [mine, theirs] = [socket_of(world, here), socket_of(world, there)];
      await until("both are open", () => mine.open && theirs.open, patience);
      const listed = (await here.get("/api/v1/account")).body.sessions;
      const entry = (name) => listed.find((each) => each.browser === name);
      equal([entry("Here/1.0").current, entry("There/2.0").current], [true, false]);
      equal(entry("There/2.0").address, "127.0.0.1");
      const path = `/api/v1/account/sessions/${entry("There/2.0").id}`;
      equal((await world.admin.remove(path)).code, "session.unknown", "not somebody else's");
      equal((await here.remove(path)).status, 204);
      await until("its socket is closed", () => theirs.code === 4401, patience);
      equal((await there.get("/api/v1/account")).code, "sign-in");
      equal([mine.code, (await here.get("/api/v1/account")).status], [0, 200]);
      const third = await sign_in("Third/3.0");
      equal((await here.remove("/api/v1/account/sessions")).status, 204);
      equal((await third.get("/api/v1/account")).code, "sign-in");
      equal((await here.get("/api/v1/account")).body.sessions.length, 1);
      equal((await here.remove("/api/v1/session")).status, 200);
      await until("signing out closes the last", () => mine.code === 4401, patience);
      person.browser = await sign_in("Suite/1.0");
    },
  );
  await checks.run("sessions outlive a kill of the server", async () => {
    await server.stop("SIGKILL");
    await server.start();
    equal((await person.browser.get("/api/v1/account")).status, 200);
  });
}

/** An unmodified y-websocket client with a token. */
function script(world, token) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(
    `${world.server.ws}/yjs/${world.plan}`,
    world.section,
    doc,
    {
      WebSocketPolyfill: WebSocket,
      params: { token },
      disableBc: true,
    },
  );
  const state = { code: 0 };
  provider.on("connection-close", (event) => event && (state.code = event.code));
  const close = () => {
    provider.destroy();
    doc.destroy();
  };
  return { doc, provider, state, close };
}

export async function tokens(checks, world) {
  const { admin, server } = world;
  const make = async (extra) => {
    const made = await admin.post("/api/v1/account/tokens", {
      name: "Nightly script",
      scope: "write",
      days: 1,
      ...extra,
    });
    equal(made.status, 201, made.text);
    secret(made.body.token);
    return made.body;
  };
  const with_token = (token) => (method, path, body) =>
    new Browser(server).ask(method, path, body, { authorization: `Bearer ${token}` });
  await checks.run(
    "a stock y-websocket client writes with a token until it is removed",
    async () => {
      const made = await make({ plan: world.plan });
      const one = script(world, made.token);
      const two = script(world, made.token);
      await until(
        "both are synchronised",
        () => one.provider.synced && two.provider.synced,
        patience,
      );
      const field = (await admin.get(`${world.path}/sections/${world.section}`)).body.fields[0].key;
      const paragraph = new Y.XmlElement("paragraph");
      one.doc.getXmlFragment(field).insert(0, [paragraph]);
      paragraph.insert(0, [new Y.XmlText("By a script")]);
      const there = () => two.doc.getXmlFragment(field).toString().includes("By a script");
      await until("the other has it", there, patience);
      equal((await admin.remove(`/api/v1/account/tokens/${made.entry.id}`)).status, 204);
      await until(
        "both are cut off",
        () => one.state.code === 4401 && two.state.code === 4401,
        patience,
      );
      one.close();
      two.close();
      equal((await with_token(made.token)("GET", world.path)).code, "sign-in");
    },
  );
  await checks.run("a token that may only read changes nothing", async () => {
    const { token } = await make({ scope: "read" });
    const ask = with_token(token);
    equal((await ask("GET", world.path)).status, 200);
    equal((await ask("POST", `${world.path}/figures`, { changes: [] })).code, "token.read_only");
    const reader = script(world, token);
    await until("it is synchronised", () => reader.provider.synced, patience);
    reader.doc.getXmlFragment("statement").insert(0, [new Y.XmlElement("paragraph")]);
    await until("its change closes it", () => reader.state.code === 4403, patience);
    reader.close();
  });
  await checks.run("a token for one plan reaches no other", async () => {
    const { token } = await make({ plan: "some-other-plan" });
    equal((await with_token(token)("GET", world.path)).code, "token.other_plan");
    equal((await with_token(token)("GET", "/api/v1/plans")).body.plans, []);
    const elsewhere = script(world, token);
    await until("it is turned away", () => elsewhere.state.code === 4403, patience);
    elsewhere.close();
  });
  await checks.run("a token reaches no account, link or invitation", async () => {
    const { token } = await make({});
    const ask = with_token(token);
    for (const [method, path, body] of [
      ["GET", "/api/v1/account"],
      ["PATCH", "/api/v1/account", { name: "X" }],
      ["POST", "/api/v1/account/tokens", { name: "more", scope: "write", days: 1 }],
      ["GET", "/api/v1/admin/people"],
      ["POST", "/api/v1/links/look", { token: "0" }],
      ["POST", `${world.path}/invitations`, {}],
      ["DELETE", "/api/v1/session"],
    ])
      equal((await ask(method, path, body)).code, "token.not_here", `${method} ${path}`);
    for (const wrong of [{ days: 0 }, { days: 366 }, { scope: "all" }, { plan: "No Plan" }])
      equal(
        (
          await admin.post("/api/v1/account/tokens", {
            name: "x",
            scope: "read",
            days: 1,
            ...wrong,
          })
        ).status,
        422,
      );
    const listed = (await admin.get("/api/v1/account")).text;
    expect(!listed.includes(token), "the list holds no token");
  });
}

export async function second_factor(checks, world) {
  const { server } = world;
  await checks.run("a signatory sets up a second factor before acting", async () => {
    const made = await invite(world, "sue@example.org", "Sue Signs", "board_signatory", "author");
    world.sue = await accept(world, made.link, "Sue Signs", "sue@example.org");
    const { browser, password, email } = world.sue;
    const act = () => browser.post(`${world.path}/figures`, { changes: [] });
    equal((await act()).code, "session.second_factor_needed");
    equal((await browser.get(world.path)).status, 200);
    equal((await browser.get("/api/v1/session")).body.person.second_factor_needed, true);
    equal((await browser.get("/api/v1/account")).body.second_factor, { on: false, required: true });
    const path = "/api/v1/account/second-factor";
    equal(
      (await browser.post(path, { password: "not hers at all" })).code,
      "account.wrong_password",
    );
    const begun = await browser.post(path, { password });
    equal(begun.status, 200, begun.text);
    const key = secret(begun.body.secret);
    expect(
      begun.body.uri.startsWith("otpauth://totp/Footprint:sue@example.org?secret="),
      begun.body.uri,
    );
    equal((await browser.post(`${path}/confirm`, { code: "000000" })).code, "second_factor.code");
    const confirmed = await browser.post(`${path}/confirm`, { code: code_of(key) });
    equal(confirmed.status, 200, confirmed.text);
    const [recovery, another] = confirmed.body.recovery_codes.map(secret);
    expect((await act()).code !== "session.second_factor_needed", "now she may act");
    const fresh = new Browser(server);
    equal((await fresh.sign_in(email, password)).code, "session.code_needed");
    equal((await fresh.sign_in(email, "not hers at all")).code, "session.wrong");
    equal((await fresh.sign_in(email, password, "000000")).code, "session.code_wrong");
    const code = code_of(key, 1); // later than the one that confirmed
    equal((await fresh.sign_in(email, password, code)).status, 200);
    equal((await fresh.sign_in(email, password, code)).code, "session.code_wrong", "used once");
    equal((await fresh.sign_in(email, password, recovery)).status, 200);
    equal((await fresh.sign_in(email, password, recovery)).code, "session.code_wrong");
    const reset = await world.admin.post(`/api/v1/admin/people/${world.sue.id}/reset-link`);
    world.sue.password = new_password();
    const used = await new Browser(server).post("/api/v1/links/use", {
      token: token_of(reset.body.link),
      password: world.sue.password,
    });
    equal(
      [used.status, used.body],
      [200, { next: "sign-in" }],
      "a reset goes round no second factor",
    );
    const back = new Browser(server);
    equal((await back.sign_in(email, world.sue.password, another)).status, 200);
    const off = await back.remove(path, {
      password: world.sue.password,
      code: confirmed.body.recovery_codes[2],
    });
    secret(confirmed.body.recovery_codes[2]);
    equal(off.status, 204, off.text);
    equal((await back.get("/api/v1/account")).body.second_factor, { on: false, required: true });
  });
}

export async function administration(checks, world) {
  const { admin, server, sue, person } = world;
  await checks.run("accounts are for administrators", async () => {
    const listed = (await admin.get("/api/v1/admin/people")).body.people;
    equal(
      listed.map((each) => each.name),
      ["Ada Admin", "Sue Signs", "Tom Reed"],
    );
    expect(
      listed.every((each) => each.status === "active"),
      "all active",
    );
    const author = person.browser;
    const at = `/api/v1/admin/people/${sue.id}`;
    for (const [method, path, body] of [
      ["GET", "/api/v1/admin/people"],
      ["PATCH", at, { administrator: true }],
      ["POST", `${at}/reset-link`],
      ["GET", `${at}/export`],
      ["POST", `${at}/erase`, { confirm: sue.email }],
    ])
      equal((await author.ask(method, path, body)).code, "right.not_administrator", path);
    equal((await new Browser(server).get("/api/v1/admin/people")).code, "sign-in");
  });
  await checks.run("disabling an account ends its sessions, tokens and sockets", async () => {
    const made = await sue.browser.sign_in(sue.email, sue.password);
    equal(made.status, 200, made.text);
    const open = socket_of(world, sue.browser);
    await until("it is open", () => open.open, patience);
    const at = `/api/v1/admin/people/${sue.id}`;
    equal((await admin.patch(at, { status: "disabled" })).body.status, "disabled");
    await until("its socket is closed", () => open.code === 4401, patience);
    equal((await sue.browser.get("/api/v1/account")).code, "sign-in");
    equal((await new Browser(server).sign_in(sue.email, sue.password)).code, "account.disabled");
    equal((await admin.patch(at, { status: "active" })).body.status, "active");
    equal((await new Browser(server).sign_in(sue.email, sue.password)).status, 200);
  });
  await checks.run("the last administrator stays", async () => {
    const at = `/api/v1/admin/people/${world.admin_id}`;
    equal((await admin.patch(at, { administrator: false })).code, "account.last_administrator");
    equal((await admin.patch(at, { status: "disabled" })).code, "account.last_administrator");
  });
  await checks.run("all that is held on a person comes as JSON", async () => {
    const held = (await admin.get(`/api/v1/admin/people/${person.id}/export`)).body;
    equal(held.account.email, person.email);
    equal(
      held.plans.map((each) => each.id),
      [world.plan],
    );
    expect(held.sessions.length > 0, "sessions");
    expect(!JSON.stringify(held).includes("argon2"), "no password");
  });
  await checks.run("an erased person is forgotten; the plan shows a former member", async () => {
    const at = `/api/v1/admin/people/${person.id}/erase`;
    equal((await admin.post(at, { confirm: "somebody@example.org" })).code, "account.confirm");
    const erased = await admin.post(at, { confirm: person.email });
    equal(erased.status, 204, erased.text);
    equal((await person.browser.get("/api/v1/account")).code, "sign-in");
    equal((await new Browser(server).sign_in(person.email, person.password)).code, "session.wrong");
    const listed = (await admin.get("/api/v1/admin/people")).text;
    expect(!listed.includes("Tom Reed") && !listed.includes(person.email), "not listed");
    const events = (await admin.get(`${world.path}/events?limit=1000`)).text;
    expect(!events.includes("Tom Reed") && !events.includes(person.email), "not in the events");
    const people = (await admin.get(`${world.path}/people`)).text;
    expect(!people.includes("Tom Reed"), "not among the people");
  });
}
