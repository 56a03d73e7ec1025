// Starting and stopping: settings that are wrong, data that is damaged, files that are served.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { Server, sleep } from "../server_process.mjs";
import { equal, expect } from "./harness.mjs";
import { RawSocket } from "./sockets.mjs";
import { Writer } from "./witness.mjs";

const run = (binary, ...args) => spawnSync(binary, args, { encoding: "utf8", timeout: 20_000 });

const worked_example = () =>
  JSON.parse(
    readFileSync(new URL("../../server/data/worked-example.json", import.meta.url), "utf8"),
  );

/** [the file, the line that is named, words of the complaint] */
const settings = [
  ['listen = "127.0.0.1:0"\ncolour = "blue"\n', 2, /no setting "colour".*Allowed: listen/],
  ["listen = 8080\n", 1, /listen: 8080 is not allowed here/],
  ['listen = "localhost"\n', 1, /listen: "localhost" is not allowed here/],
  ['listen = "127.0.0.1:70000"\n', 1, /is not allowed here/],
  ['web = ["a"]\n', 1, /web: \["a"\] is not allowed here/],
  ["data = 1979-05-27\n", 1, /this kind of value is not allowed here/],
  ["demo = 1\n", 1, /demo: 1 is not allowed here/],
  ["\n\nio_threads = -3\n", 3, /io_threads: -3 is not allowed here/],
  ['log_level = "loud"\n', 1, /log_level: "loud" is not allowed here/],
  ["shutdown_timeout_ms = 1.5\n", 1, /not allowed here/],
  ["[server]\ndata = 'x'\n", 1, /no setting "server"/],
  ["data = \n", 1, /no valid TOML/],
  ['demo = true\nlisten = "0.0.0.0:0"\n', 2, /this machine only|not allowed/],
];

export async function settings_cases(checks, binary) {
  const folder = mkdtempSync(join(tmpdir(), "footprint-settings-"));
  const file = join(folder, "footprint.toml");
  for (const [text, line, words] of settings)
    await checks.run(`settings: ${JSON.stringify(text)}`, () => {
      writeFileSync(file, text);
      const ended = run(binary, "serve", "--config", file, "--data", join(folder, "data"));
      equal(ended.status, 1, ended.stderr);
      expect(ended.stderr.includes(`${file}:${line}: `), `names the line: ${ended.stderr}`);
      expect(words.test(ended.stderr), ended.stderr);
    });
  await checks.run("settings: no file, no data, flags that are wrong", () => {
    const missing = run(binary, "serve", "--config", join(folder, "none.toml"), "--data", folder);
    expect(missing.status === 1 && /no such settings file/.test(missing.stderr), missing.stderr);
    const none = run(binary, "serve", "--listen", "127.0.0.1:0");
    expect(none.status === 1 && /data directory/.test(none.stderr), none.stderr);
    const flag = run(binary, "serve", "--data", folder, "--io-threads", "many");
    expect(
      flag.status === 1 && /--io-threads: "many" is not allowed/.test(flag.stderr),
      flag.stderr,
    );
    expect(run(binary, "serve", "--unknown").status !== 0, "an unknown flag");
  });
  await checks.run(
    "import: what is no plan file, and a plan id that is kept for load tests",
    () => {
      const data = join(folder, "imports");
      for (const [content, words] of [
        ["{", /not JSON/],
        ["{}", /form that is described/],
        [JSON.stringify({ ...worked_example(), id: "bench-room" }), /kept for load tests/],
      ]) {
        writeFileSync(join(folder, "plan.json"), content);
        const ended = run(binary, "import", "--data", data, join(folder, "plan.json"));
        expect(ended.status === 1 && words.test(ended.stderr), ended.stderr);
      }
      const missing = run(binary, "import", "--data", data, join(folder, "none.json"));
      expect(missing.status === 1 && /cannot be read/.test(missing.stderr), missing.stderr);
    },
  );
  rmSync(folder, { recursive: true });
}

/** Turns a byte of `word` round in every file of the data directory that holds it; how many. */
function damage(folder, word) {
  let count = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    const at = bytes.indexOf(word);
    if (at < 0) continue;
    bytes[at] ^= 0x20;
    writeFileSync(path, bytes);
    count += 1;
  }
  return count;
}

/** One section's record is damaged on disk: it is named, the other sections can be read and written. */
export async function damaged_record(checks, binary, plan) {
  const server = new Server(binary);
  const other = "another-plan";
  const file = join(server.folder, "plan.json");
  writeFileSync(file, JSON.stringify({ ...worked_example(), id: other }));
  const imported = [
    run(binary, "import", "--data", server.data, "--worked-example"),
    run(binary, "import", "--data", server.data, file),
  ];
  for (const each of imported) expect(each.status === 0, each.stderr);
  await server.start();
  let token = await server.signIn("u-lead");
  let position = 0;
  await checks.run("damage: a plan with one more record than its snapshot", async () => {
    const writer = await Writer.open(server.port, plan, "vision", token);
    const before = (await server.get(`/api/v1/plans/${plan}`, token)).position;
    writer.write("statement", "Zanzibarquux");
    for (let i = 0; i < 200 && position <= before; ++i) {
      await sleep(10);
      position = (await server.get(`/api/v1/plans/${plan}`, token)).position;
    }
    equal(position, before + 1);
    writer.socket.destroy();
    // Stopped and started again, so that the journal has been read back into its final place.
    for (let i = 0; i < 2; ++i) {
      await server.stop();
      if (i === 0) await server.start();
    }
  });
  const sound = run(binary, "verify", "--data", server.data);
  await checks.run("damage: verify says what is sound, plainly", () => {
    equal(sound.status, 0, sound.stderr);
    const line = (id, count) => `${id}: sound, ${count} events, last hash [0-9a-f]{64}\n`;
    const wanted = `^${line(other, position - 1)}${line(plan, position)}2 plans checked, 0 damaged\n$`;
    expect(new RegExp(wanted).test(sound.stdout), sound.stdout);
  });
  await checks.run("damage: verify names plan and position, and what can be read", () => {
    expect(damage(server.data, "Zanzibarquux") > 0, "the word is on disk");
    const ended = run(binary, "verify", "--data", server.data);
    equal(ended.status, 2, ended.stderr);
    const report =
      `${plan}: DAMAGED, ${position - 1} of ${position} events can be read\n` +
      `  position ${position}: `;
    expect(ended.stdout.includes(report), ended.stdout);
    expect(ended.stdout.includes(`${other}: sound, `), ended.stdout);
    expect(ended.stdout.endsWith("2 plans checked, 1 damaged\n"), ended.stdout);
  });
  await checks.run(
    "damage: serve refuses that plan by name and position; the other goes on",
    async () => {
      await server.start();
      token = await server.signIn("u-lead");
      const headers = { authorization: `Bearer ${token}` };
      const refused = await server.json("GET", `/api/v1/plans/${plan}`, undefined, headers);
      equal([refused.status, refused.body.error.code], [503, "load-failed"]);
      const { message } = refused.body.error;
      expect(message.includes(plan) && message.includes(`position ${position}`), message);
      equal((await server.get(`/api/v1/plans/${other}`, token)).id, other);
      const writer = await Writer.open(server.port, other, "vision", token);
      writer.write("statement", "life goes on");
      const reader = await Writer.open(server.port, other, "vision", token);
      for (let i = 0; i < 200 && !reader.text("statement").includes("goes on"); ++i)
        await sleep(10);
      expect(reader.text("statement").includes("goes on"), "the other plan is written");
      equal((await fetch(`${server.origin}/readyz`)).status, 200);
      equal(await server.stop(), { code: 0, signal: null });
      const exported = run(binary, "export", "--data", server.data, "--plan", plan, "--out", "-");
      expect(
        exported.status === 1 && exported.stderr.includes(`position ${position}`),
        exported.stderr,
      );
    },
  );
  await server.remove();
}

/** The built web app: types, tags, compression, what may be kept for ever, and what does not exist. */
export async function web_cases(checks, binary) {
  const folder = mkdtempSync(join(tmpdir(), "footprint-web-"));
  mkdirSync(join(folder, "static"));
  const script = "export const words = 1;\n".repeat(200);
  writeFileSync(join(folder, "index.html"), `<!doctype html><title>x</title>${" ".repeat(1000)}`);
  writeFileSync(join(folder, "static", "app-Ab12Cd34.js"), script);
  writeFileSync(join(folder, "static", "app-Ab12Cd34.js.br"), "as if it were brotli");
  writeFileSync(join(folder, "robots.txt"), "User-agent: *\n");
  const server = await new Server(binary, { args: ["--demo", "--web", folder] }).start();
  const ask = async (path, headers = {}, method = "GET") => {
    const answer = await fetch(server.origin + path, { method, headers });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const app = "/static/app-Ab12Cd34.js";
  await checks.run("web: a page with its policy, never kept without asking", async () => {
    for (const path of ["/", "/index.html", "/plans/some-plan/vision"]) {
      const answer = await ask(path);
      equal([answer.status, answer.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
      equal(answer.headers.get("cache-control"), "no-cache");
      const policy = answer.headers.get("content-security-policy");
      for (const part of [
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "script-src 'self'",
      ])
        expect(policy.includes(part), `${part} in ${policy}`);
      expect(!/unsafe-(inline|eval)/.test(policy.replace(/style-src[^;]*/, "")), policy);
      equal(answer.headers.get("x-content-type-options"), "nosniff");
      expect(answer.headers.get("referrer-policy"), "a referrer policy");
    }
  });
  await checks.run("web: tags and 304, one a coding", async () => {
    const tags = new Set();
    for (const coding of ["identity", "gzip", "br"]) {
      const first = await ask(app, { "accept-encoding": coding }, "HEAD");
      equal(first.headers.get("content-encoding"), coding === "identity" ? null : coding);
      equal(first.headers.get("vary"), "Accept-Encoding");
      tags.add(first.headers.get("etag"));
      const again = await ask(app, {
        "accept-encoding": coding,
        "if-none-match": `"x", ${first.headers.get("etag")}`,
      });
      equal([again.status, again.text], [304, ""]);
    }
    equal(tags.size, 3);
    equal((await ask(app, { "accept-encoding": "gzip" })).text, script);
    equal((await ask(app, { "accept-encoding": "gzip;q=0, identity" })).text, script);
  });
  await checks.run(
    "web: what is named by its content may be kept for ever, the rest not",
    async () => {
      equal((await ask(app)).headers.get("cache-control"), "public, max-age=31536000, immutable");
      equal((await ask("/robots.txt")).headers.get("cache-control"), "no-cache");
    },
  );
  await checks.run("web: a range is answered with the whole, which is allowed", async () => {
    const answer = await ask("/robots.txt", { range: "bytes=0-3" });
    equal([answer.status, answer.text], [200, "User-agent: *\n"]);
    equal(answer.headers.get("accept-ranges"), null);
  });
  await checks.run("web: what there is not, and other methods", async () => {
    for (const path of [
      "/none.js",
      "/static/app-Ab12Cd34.js.br",
      "/static/..%2findex.html",
      "/%2e%2e/x.html",
    ]) {
      const answer = await ask(path);
      equal([answer.status, JSON.parse(answer.text).error.code], [404, "http.not_found"], path);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const answer = await ask("/", {}, method);
      equal([answer.status, answer.headers.get("allow")], [405, "GET, HEAD"], method);
    }
  });
  await server.stop();
  await server.remove();
  rmSync(folder, { recursive: true });
}

/** Healthy from the first moment, ready when the data is open; who asks for data before waits for it. */
export async function starting(checks, binary) {
  await checks.run("starting: healthy at once, ready when the data is open", async () => {
    const server = new Server(binary);
    await server.startListening();
    const early = server.json("GET", "/api/v1/plans");
    const door = RawSocket.open(server.port, "/yjs/no-plan/no-section");
    for (let i = 0; i < 1000; ++i) {
      equal((await fetch(`${server.origin}/healthz`)).status, 200);
      const ready = await server.json("GET", "/readyz");
      if (ready.status === 200) break;
      equal([ready.status, ready.body.error.code], [503, "server.starting"]);
    }
    equal((await early).body.error.code, "sign-in");
    equal((await (await door).closed()).code, 4401);
    equal(await server.stop(), { code: 0, signal: null });
    await server.remove();
  });
}

/** A disk that takes no more (here: a limit on the size of files): nothing is called saved any more, and nothing is lost. */
export async function full_disk(checks, binary, plan) {
  await checks.run(
    "full disk: the server says so and ends; what was shown as saved is there",
    async () => {
      const server = new Server(binary);
      const limited = join(server.folder, "limited");
      writeFileSync(limited, `#!/bin/sh\nulimit -f 2048\nexec "${resolve(binary)}" "$@"\n`, {
        mode: 0o755,
      });
      server.binary = limited;
      await server.start();
      const token = await server.signIn("u-lead");
      const writer = await Writer.open(server.port, plan, "vision", token);
      const reader = await Writer.open(server.port, plan, "vision", token);
      let written = 0;
      for (; written < 200 && !writer.socket.ended; ++written) {
        writer.write("statement", `${written}: ${randomBytes(20_000).toString("hex")}.`);
        await sleep(5);
      }
      expect(written < 200, "the limit is reached");
      for (const each of [writer, reader]) {
        const end = await each.socket.closed();
        expect([1012, 1013].includes(end.code), `closed with ${end.code} ${end.reason}`);
      }
      const failed = () => server.lines.some((line) => line.includes('"event":"log.write_failed"'));
      equal(await server.exited, { code: 1, signal: null });
      expect(failed(), server.lines.slice(-3).join("\n"));
      server.binary = binary;
      await server.start();
      const afresh = await Writer.open(server.port, plan, "vision", await server.signIn("u-pmo"));
      const seen = reader.text("statement").match(/\d+: [0-9a-f]{40000}\./g) ?? [];
      expect(seen.length > 0, "something was shown before");
      for (const words of seen)
        expect(afresh.text("statement").includes(words), `lost: ${words.slice(0, 9)}`);
      await server.stop();
      await server.remove();
    },
  );
}
