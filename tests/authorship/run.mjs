// authorship: whom client ids belong to, and that nobody gets words in under another's name.
//
//   node tests/authorship/run.mjs build/bin/footprint
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Checks } from "../hostile/harness.mjs";
import { importPlan } from "../rights/plan.mjs";
import { Server } from "../server_process.mjs";
import { cases } from "./cases.mjs";

const binary = process.argv[2] ?? "build/bin/footprint";
const folder = mkdtempSync(join(tmpdir(), "footprint-authorship-"));
const data = join(folder, "data");
const checks = new Checks();
let server = null;
try {
  importPlan(binary, folder, data);
  server = await new Server(binary, { data }).start();
  await cases(checks, server);
} catch (error) {
  ++checks.failed;
  console.log(`not ok: ${error.stack}\n    ${server?.complaint ?? ""}`);
} finally {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`authorship: ${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 ? 0 : 1);
