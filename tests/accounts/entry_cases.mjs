// Coming in: the first administrator, signing in and what guards it, links for a new password.
import { statSync } from "node:fs";
import { join } from "node:path";

import { equal, expect } from "../hostile/harness.mjs";
import { Server, until } from "../server_process.mjs";
import { Browser, new_password, token_of } from "./people.mjs";

const setup_line = (server) =>
  until("the link for the first administrator", () =>
    server.lines.find((line) => line.startsWith("To make the first administrator, open: ")),
  );

export async function first_run(checks, world) {
  const { server, admin } = world;
  const link = (await setup_line(server)).split("open: ")[1];
  const token = token_of(link);
  await checks.run("first run: the link is for this server, once", async () => {
    equal(link, `${server.origin}/link#${token}`);
    const session = (await admin.get("/api/v1/session")).body;
    equal([session.demo, session.setup, session.person], [false, true, null]);
    const look = await admin.post("/api/v1/links/look", { token });
    equal([look.status, look.body.purpose, look.body.has_account], [200, "setup", false]);
  });
  await checks.run("first run: what is wrong with the new account is said", async () => {
    const use = (extra) => admin.post("/api/v1/links/use", { token, ...extra });
    const person = { name: "Ada Admin", email: "ada@example.org", password: new_password() };
    equal((await use({ ...person, name: " " })).code, "account.name");
    equal((await use({ ...person, name: "a\r\nSet-Cookie: x=y" })).code, "account.name");
    equal((await use({ ...person, email: "ada" })).code, "account.email");
    equal((await use({ ...person, email: "a@b.c\r\nBcc: d@e.f" })).code, "account.email");
    equal((await use({ ...person, password: "short" })).code, "password.short");
    equal((await use({ ...person, password: "Password123456" })).code, "password.common");
    equal((await use({ ...person, password: "ada@example.org" })).code, "password.common");
    equal((await use({ ...person, password: "x".repeat(129) })).code, "password.long");
  });
  await checks.run("first run: the first administrator is signed in", async () => {
    world.admin_password = new_password();
    const person = {
      name: "Ada Admin",
      email: " Ada@Example.org ",
      password: world.admin_password,
    };
    const used = await admin.post("/api/v1/links/use", { token, ...person });
    equal(used.status, 200, used.text);
    equal(used.body.session.person.administrator, true);
    equal(used.body.session.setup, false);
    expect(
      /^footprint_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/.test(
        admin.set_cookie,
      ),
      "the cookie is HttpOnly and SameSite",
    );
    world.admin_id = used.body.session.person.id;
    const again = await new Browser(server).post("/api/v1/links/use", { token, ...person });
    equal([again.status, again.code], [409, "link.used"]);
    equal((await admin.post("/api/v1/links/look", { token })).code, "link.used");
  });
  await checks.run("first run: the file of accounts is its owner's alone", async () => {
    for (const name of ["accounts.sqlite", "accounts.sqlite-wal"])
      equal(statSync(join(server.data, name)).mode & 0o777, 0o600, name);
  });
}

/** A server of its own, for what happens at a start. */
export async function setup_links(checks, binary, config) {
  const file = config('listen = "127.0.0.1:0"\n[links]\nsetup_s = 2\n');
  const server = await new Server(binary, { args: ["--config", file] }).start();
  try {
    const first = token_of((await setup_line(server)).split("open: ")[1]);
    await checks.run("a link for the first administrator expires", async () => {
      const browser = new Browser(server);
      await until(
        "the link has expired",
        async () =>
          (await browser.post("/api/v1/links/look", { token: first })).code === "link.expired",
        60_000,
      );
      const used = await browser.post("/api/v1/links/use", {
        token: first,
        name: "Late",
        email: "late@example.org",
        password: new_password(),
      });
      equal([used.status, used.code], [409, "link.expired"]);
    });
    await server.stop();
    server.lines.length = 0;
    await server.start();
    await checks.run("each start makes a new one and ends the former", async () => {
      const second = token_of((await setup_line(server)).split("open: ")[1]);
      expect(second !== first, "another link");
      const look = await new Browser(server).post("/api/v1/links/look", { token: first });
      equal(look.code, "link.unknown");
    });
  } finally {
    await server.remove();
  }
}

export async function signing_in(checks, world) {
  const { server } = world;
  const email = "ada@example.org";
  await checks.run("an unknown address and a wrong password get the same answer", async () => {
    const browser = new Browser(server);
    const wrong = await browser.sign_in(email, "not her password at all");
    const unknown = await browser.sign_in("nobody@example.org", "not her password at all");
    const odd = await browser.sign_in("'; DROP TABLE accounts; --", "not her password at all");
    equal([wrong.status, wrong.code], [401, "session.wrong"]);
    for (const other of [unknown, odd])
      equal([other.status, other.text], [wrong.status, wrong.text]);
    const names = (answer) => [...answer.headers.keys()].filter((name) => name !== "date");
    equal(names(unknown), names(wrong), "headers");
    equal(browser.cookie, "", "no cookie");
  });
  await checks.run("both take as long, as far as a busy machine can tell", async () => {
    const time = async (address) => {
      const times = [];
      for (let i = 0; i < 3; ++i) {
        const start = performance.now();
        await new Browser(server).sign_in(address, "not her password at all");
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const [known, unknown] = [await time("ada@example.org"), await time("nobody2@example.org")];
    expect(unknown > known / 4, `unknown ${unknown} ms, known ${known} ms: the hash is computed`);
  });
  await checks.run(
    "guessing is slowed down, with Retry-After, for unknown addresses too",
    async () => {
      const browser = new Browser(server);
      let answer;
      for (let i = 0; i < 6; ++i)
        answer = await browser.sign_in("guess@example.org", "wrong wrong wrong");
      equal([answer.status, answer.code], [429, "session.too_many"]);
      const seconds = Number(answer.headers.get("retry-after"));
      expect(seconds > 200 && seconds <= 300, `Retry-After: ${seconds}`);
    },
  );
  await checks.run(
    "signing in makes a new session each time, and ends the browser's former",
    async () => {
      const browser = new Browser(server);
      browser.cookie = "footprint_session=" + "a".repeat(64); // fixed by somebody else
      equal((await browser.sign_in(email, world.admin_password)).status, 200);
      const first = browser.cookie;
      expect(!first.includes("a".repeat(64)), "the fixed one is not taken");
      equal((await browser.sign_in("  ADA@example.ORG", world.admin_password)).status, 200);
      expect(browser.cookie !== first, "a new one");
      const old = new Browser(server);
      old.cookie = first;
      equal((await old.get("/api/v1/account")).code, "sign-in");
      equal((await browser.remove("/api/v1/session")).status, 200);
      equal(browser.cookie, "");
    },
  );
  await checks.run("answers with a session are not kept by caches", async () => {
    const answer = await world.admin.get("/api/v1/account");
    equal(answer.headers.get("cache-control"), "no-store");
  });
}

export async function forged_requests(checks, world) {
  const { admin, server } = world;
  const rename = (headers, body = { name: "Mallory" }) =>
    admin.patch("/api/v1/account", body, headers);
  await checks.run("a page of another site changes nothing", async () => {
    for (const origin of ["https://evil.test", "null", "http://127.0.0.1:1"])
      equal((await rename({ origin })).code, "origin.foreign");
    const logout = await admin.remove("/api/v1/session", undefined, {
      origin: "https://evil.test",
    });
    equal(logout.code, "origin.foreign");
  });
  await checks.run("a form cannot speak for the API", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
      equal((await rename({ "content-type": type }, '{"name":"Mallory"}')).status, 415, type);
    const sign_in = await new Browser(server).post(
      "/api/v1/session",
      '{"email":"ada@example.org","password":"x"}',
      { "content-type": "text/plain" },
    );
    equal(sign_in.status, 415);
  });
  await checks.run("a page that thinks somebody else is signed in changes nothing", async () => {
    const other = await rename({ "footprint-person": "p-somebody-else" });
    equal([other.status, other.code], [409, "session.other_person"]);
    equal((await admin.get("/api/v1/account")).body.person.name, "Ada Admin");
    equal(
      (await rename({ "footprint-person": world.admin_id }, { name: "Ada Admin" })).status,
      204,
    );
  });
  await checks.run("names cannot add headers or lines", async () => {
    for (const name of ["a\r\nb", "a\nX: y", "a\u0000b", "a\u2028b", "", " ", "x".repeat(101)])
      equal((await rename({}, { name })).code, "account.name", JSON.stringify(name));
  });
  await checks.run("no address sends a browser elsewhere", async () => {
    const browser = new Browser(server);
    for (const path of [
      "//evil.test/",
      "/%2f%2fevil.test",
      "/\\evil.test",
      "/link?next=https://evil.test",
      "/sign-in?next=//evil.test",
      "/api/v1/session?next=https://evil.test",
    ]) {
      const answer = await browser.get(path);
      expect(answer.status < 300 || answer.status >= 400, `${path}: ${answer.status}`);
      equal(answer.headers.get("location"), null, path);
    }
  });
  await checks.run("odd bodies are refused, none harms", async () => {
    const browser = new Browser(server);
    for (const body of ["", "{", "[]", "7", '{"email":1,"password":2}', '{"email":"a"}', "null"]) {
      const answer = await browser.post("/api/v1/session", body);
      expect([400, 422].includes(answer.status), `${body}: ${answer.status} ${answer.text}`);
    }
    const long = await browser.sign_in("x".repeat(401), "y");
    equal(long.status, 422);
    equal((await browser.sign_in("a@b.c", "y".repeat(1001))).status, 422);
    equal(
      (await browser.post("/api/v1/links/look", { token: "0".repeat(64) })).code,
      "link.unknown",
    );
    equal((await browser.post("/api/v1/links/use", { token: "' OR 1=1" })).code, "link.unknown");
  });
}

export async function new_passwords(checks, world) {
  const { server, mail, person } = world;
  await checks.run(
    "a link for a new password: the same answer for everybody, mail for who is there",
    async () => {
      const browser = new Browser(server);
      const known = await browser.post("/api/v1/links/reset", { email: person.email });
      const unknown = await browser.post("/api/v1/links/reset", { email: "nobody@example.org" });
      equal([known.status, known.text], [202, "{}"]);
      equal([unknown.status, unknown.text], [known.status, known.text]);
      const got = await mail.next(person.email, world.mails_to_person++);
      const token = token_of(/http\S+/.exec(got.text)[0]);
      equal((await browser.post("/api/v1/links/look", { token })).body.purpose, "reset");
      const weak = await browser.post("/api/v1/links/use", { token, password: "footprint2016" });
      equal(weak.code, "password.common");
      const before = new Browser(server);
      equal((await before.sign_in(person.email, person.password)).status, 200);
      const former = person.password;
      person.password = new_password();
      const used = await browser.post("/api/v1/links/use", { token, password: person.password });
      equal(used.status, 200, used.text);
      equal(used.body.session.person.id, person.id);
      equal((await before.get("/api/v1/account")).code, "sign-in", "other sessions have ended");
      equal((await new Browser(server).sign_in(person.email, former)).code, "session.wrong");
      equal(
        (await browser.post("/api/v1/links/use", { token, password: former })).code,
        "link.used",
      );
      expect(
        !mail.mails.some((each) => each.to.includes("nobody@example.org")),
        "no mail to nobody",
      );
    },
  );
  await checks.run(
    "changing the password takes the current one and ends the other sessions",
    async () => {
      const [here, there] = [new Browser(server), new Browser(server)];
      for (const browser of [here, there])
        equal((await browser.sign_in(person.email, person.password)).status, 200);
      const change = (current, fresh) =>
        here.post("/api/v1/account/password", { current, new: fresh });
      equal(
        (await change("not my password at all", new_password())).code,
        "account.wrong_password",
      );
      equal((await change(person.password, "short")).code, "password.short");
      const fresh = new_password();
      equal((await change(person.password, fresh)).status, 204);
      person.password = fresh;
      equal((await here.get("/api/v1/account")).status, 200);
      equal((await there.get("/api/v1/account")).code, "sign-in");
    },
  );
}
