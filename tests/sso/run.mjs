// node tests/sso/run.mjs [BINARY]
import { browser_cases } from "./browser_cases.mjs";
import { Checks, SECRET, World, expect } from "./harness.mjs";
import { people_cases } from "./people_cases.mjs";
import { attempt_cases, logout_cases, token_cases } from "./token_cases.mjs";

const checks = new Checks();
const world = await World.open(process.argv[2] ?? "build/bin/footprint");
try {
  await token_cases(checks, world);
  await attempt_cases(checks, world);
  await logout_cases(checks, world);
  await people_cases(checks, world);
  await browser_cases(checks, world);
  await checks.run("the log tells what went wrong, and no secret", () => {
    const log = world.server.lines.join("\n");
    for (const code of ["token.audience", "token.expired", "token.algorithm", "token.nonce"])
      expect(log.includes(`"${code}"`), `${code} in the log`);
    for (const secret of [SECRET, "an-access-token", "eyJ", "code=", "state=", "footprint_sso="])
      expect(!log.includes(secret), `${secret} in the log`);
    for (const code of world.hand.codes.keys()) expect(!log.includes(code), "a code in the log");
  });
} finally {
  await world.close();
}
console.log(`sso: ${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 ? 0 : 1);
