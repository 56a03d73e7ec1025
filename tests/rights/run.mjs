// rights: the matrix of schemas/rights.json, cell by cell, over REST and both doors, and changes of rights on open connections.
//
//   node tests/rights/run.mjs build/bin/footprint
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Checks } from "../hostile/harness.mjs";
import { Server } from "../server_process.mjs";
import { audit_cases } from "./audit.mjs";
import { live_cases } from "./live.mjs";
import { matrix_cases } from "./matrix.mjs";
import { ROLES, importPlan, personOf } from "./plan.mjs";

const binary = process.argv[2] ?? "build/bin/footprint";
const folder = mkdtempSync(join(tmpdir(), "footprint-rights-"));
const data = join(folder, "data");
const checks = new Checks();
let server = null;
try {
  // The worked example first: its people are the strangers.
  server = await new Server(binary, { data }).start();
  await server.stop();
  importPlan(binary, folder, data);
  await server.start();
  const tokens = { stranger: await server.signIn("u-fin") };
  for (const role of ROLES) tokens[role] = await server.signIn(personOf(role));
  await matrix_cases(checks, server, tokens);
  await audit_cases(checks, server, tokens);
  await live_cases(checks, server, tokens);
} catch (error) {
  ++checks.failed;
  console.log(`not ok: ${error.stack}\n    ${server?.complaint ?? ""}`);
} finally {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`rights: ${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 ? 0 : 1);
