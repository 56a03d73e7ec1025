// Stock y-websocket 3.1 and @hocuspocus/provider 4.8 against the real server. Ends with `clients: N passed, N failed`.
// usage: node tests/clients/run.mjs [PART OF A CASE'S NAME]; CLIENTS_BINARY names another server program,
// CLIENTS_KEEP_ALIVE_MS another time for the quiet clients (0: leave them out).
import { Server } from "../server_process.mjs";
import { cases, keepAlive } from "./cases.mjs";
import { signIn } from "./harness.mjs";
import { sessionCases } from "./sessions.mjs";

const binary = process.env.CLIENTS_BINARY ?? "build/bin/footprint";
const keepAliveMs = Number(process.env.CLIENTS_KEEP_ALIVE_MS ?? 120_000);
const wanted = process.argv[2] ?? "";

let passed = 0,
  failed = 0;
function report(name, error) {
  if (error) failed += 1;
  else passed += 1;
  console.log(`${error ? "FAILED" : "ok"}  ${name}${error ? `\n${error.stack ?? error}` : ""}`);
}

async function started() {
  const server = await new Server(binary, {
    args: ["--demo", "--bench"],
  }).start();
  return { server, tokens: await signIn(server) };
}

const main = await started();
const quiet = keepAliveMs > 0 && !wanted ? await started() : undefined;
const quietName = `both clients stay connected for ${keepAliveMs / 1000} s without presence`;
const quietDone =
  quiet &&
  keepAlive(quiet.server, quiet.tokens, keepAliveMs).then(
    () => report(quietName),
    (error) => report(quietName, error),
  );
for (const [name, run] of Object.entries({ ...cases, ...sessionCases })) {
  if (!name.includes(wanted)) continue;
  const late = new Promise((_, reject) =>
    setTimeout(reject, 60_000, new Error("not within 60 s")).unref(),
  );
  await Promise.race([run(main), late]).then(
    () => report(name),
    (error) => report(name, error),
  );
}
await quietDone;
await main.server.remove();
await quiet?.server.remove();
console.log(`clients: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
