// authorship: whom client ids belong to, and that nobody gets words in under another's name.
//
//   node tests/authorship/run.mjs build/bin/footprint
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Checks } from "../hostile/harness.mjs";
import { planFile } from "../rights/plan.mjs";
import { Server } from "../server_process.mjs";
import { cases } from "./cases.mjs";

const binary = process.argv[2] ?? "build/bin/footprint";
const folder = mkdtempSync(join(tmpdir(), "footprint-authorship-"));
const data = join(folder, "data");
const checks = new Checks();
let server = null;
try {
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(planFile()));
  const imported = spawnSync(binary, ["import", "--data", data, file], { encoding: "utf8" });
  if (imported.status !== 0) throw new Error(`import: ${imported.stderr}`);
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
