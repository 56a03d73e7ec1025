// accounts: who somebody is, against the real server and real mail servers.
//
//   node tests/accounts/run.mjs build/bin/footprint
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Checks, equal, expect } from "../hostile/harness.mjs";
import { Server } from "../server_process.mjs";
import {
  first_run,
  forged_requests,
  new_passwords,
  setup_links,
  signing_in,
} from "./entry_cases.mjs";
import { certificate, MailServer } from "./mail.mjs";
import { Browser, secrets, token_of } from "./people.mjs";
import {
  administration,
  invitations,
  second_factor,
  sessions,
  start_plan,
  tokens,
} from "./plan_cases.mjs";

const binary = process.argv[2] ?? "build/bin/footprint";
const folder = mkdtempSync(join(tmpdir(), "footprint-accounts-"));
const checks = new Checks();
let configs = 0;

function config(text) {
  const file = join(folder, `settings-${++configs}.toml`);
  writeFileSync(file, text);
  return file;
}

const mail = await new MailServer().start();
const server = new Server(binary, {
  args: [
    "--log-level",
    "trace",
    "--config",
    config(`require_second_factor_for = ["board_signatory"]
[mail]
host = "127.0.0.1"
port = ${mail.port}
from = "plans@example.org"
tls = "none"
`),
  ],
});

/** By TLS and with a password, to a server whose certificate is trusted by setting alone. */
async function private_mail() {
  const tls = certificate(folder);
  const strict = await new MailServer().start({
    secure: true,
    key: tls.key,
    cert: tls.cert,
    onAuth: (auth, _, done) =>
      auth.username === "plans" && auth.password === "the mail password"
        ? done(null, { user: "plans" })
        : done(new Error("no")),
  });
  const starttls = await new MailServer().start({
    secure: false,
    disabledCommands: ["AUTH"],
    key: tls.key,
    cert: tls.cert,
  });
  secrets.add("the mail password");
  writeFileSync(join(folder, "password"), "the mail password\n");
  for (const [kind, to, extra] of [
    ["tls", strict, `user = "plans"\npassword_file = "${join(folder, "password")}"\n`],
    ["starttls", starttls, ""],
  ]) {
    await checks.run(`mail goes out by ${kind}`, async () => {
      const data = join(folder, kind);
      const other = new Server(binary, {
        data,
        args: [
          "--config",
          config(`[mail]
host = "127.0.0.1"
port = ${to.port}
from = "plans@example.org"
tls = "${kind}"
ca_file = "${tls.file}"
${extra}`),
        ],
      });
      await other.start();
      try {
        const world = { server: other, admin: new Browser(other) };
        const before = checks.failed;
        await first_run(checks, world);
        equal(checks.failed, before, "first run");
        const made = await world.admin.post(`/api/v1/admin/people/${world.admin_id}/reset-link`);
        equal(made.body.mailed, true, made.text);
        token_of(made.body.link);
        const got = await to.next("ada@example.org");
        equal([got.secure, got.from], [true, "plans@example.org"]);
        equal(got.user || "", extra ? "plans" : "");
        expect(got.text.includes(made.body.link), "the link");
        no_secrets(other);
      } finally {
        await other.remove();
      }
    });
  }
  await strict.stop();
  await starttls.stop();
}

/** No secret in a line of the log, but for the one line that is printed to be read. */
function no_secrets(of) {
  const lines = of.lines.filter((line) => !line.startsWith("To make the first administrator"));
  expect(lines.length > 10, "there is a log");
  const log = lines.join("\n") + of.complaint;
  for (const secret of secrets) expect(!log.includes(secret), `a secret in the log: ${secret}`);
  expect(!log.includes("argon2"), "no hash in the log");
}

/** Nor in the files, once the server has closed them. */
function no_secrets_on_disk(of) {
  for (const name of readdirSync(of.data).filter((each) => each.startsWith("accounts.sqlite"))) {
    const bytes = readFileSync(join(of.data, name)).toString("latin1");
    for (const secret of secrets) expect(!bytes.includes(secret), `a secret in ${name}: ${secret}`);
  }
}

try {
  await server.start();
  const world = { server, mail, admin: new Browser(server) };
  await first_run(checks, world);
  await signing_in(checks, world);
  await forged_requests(checks, world);
  await start_plan(checks, world);
  await invitations(checks, world);
  await new_passwords(checks, world);
  await sessions(checks, world);
  await tokens(checks, world);
  await second_factor(checks, world);
  await administration(checks, world);
  await checks.run("no secret was logged", () => no_secrets(server));
  await checks.run("a server with an administrator prints no link", async () => {
    await server.stop();
    server.lines.length = 0;
    await server.start();
    equal(
      server.lines.filter((line) => line.includes("/link#")),
      [],
    );
    await server.stop();
  });
  await checks.run("no secret is kept in the file of accounts", () => no_secrets_on_disk(server));
  await setup_links(checks, binary, config);
  await private_mail();
} finally {
  await server.remove();
  await mail.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`accounts: ${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 ? 0 : 1);
