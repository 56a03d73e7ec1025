// Runs the checks of the browser's code and closes with `web: N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const root = new URL("../../", import.meta.url).pathname;
const web = join(root, "web");
let passed = 0;
let failed = 0;

function check(name, ok, detail = "") {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name}${detail === "" ? "" : `: ${detail}`}`);
}

function run(program, args) {
  const { status, stdout, stderr } = spawnSync(join(web, "node_modules/.bin", program), args, {
    cwd: web,
    encoding: "utf8",
  });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

function types() {
  const { ok, output } = run("tsc", ["-p", "."]);
  check("types", ok, ok ? "" : output.trim());
  const made = spawnSync(process.execPath, ["build/api-types.mjs", "--check"], {
    cwd: web,
    encoding: "utf8",
  });
  check("API types are what the schema makes", made.status === 0, made.stderr.trim());
}

function unitTests() {
  const report = join(mkdtempSync(join(tmpdir(), "footprint-web-")), "report.json");
  const folders = ["app", "ui", "features", "api", "editor", "sync"].map((folder) =>
    join(root, "tests/web", folder),
  );
  const { ok, output } = run("vitest", [
    "run",
    "--reporter=json",
    `--outputFile=${report}`,
    ...folders,
  ]);
  if (!existsSync(report)) return check("unit tests", false, output.trim());
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  for (const file of testResults) {
    for (const test of file.assertionResults) {
      const good = test.status === "passed";
      check(test.fullName, good, good ? "" : test.failureMessages.join("\n"));
    }
    if (file.assertionResults.length === 0) check(file.name, false, file.message);
  }
  if (!ok && failed === 0) check("unit tests", false, output.trim());
  return undefined;
}

// Kilobytes of 1,000 bytes, gzip: what the first visit has to fetch before the screen can be used.
const budgets = [
  { name: "plan home, JS", entries: ["index.html"], kilobytes: 95 },
  {
    name: "section edit, JS",
    entries: ["index.html", "src/features/section/SectionPage.tsx"],
    kilobytes: 210,
  },
];
const cssKilobytes = 28;
// The section's own chunk is counted above.
const lazyKilobytes = 90;

function gzipKilobytes(file) {
  return gzipSync(readFileSync(join(web, "dist", file)), { level: 9 }).length / 1000;
}

function sizes() {
  const place = join(web, "dist/.vite/manifest.json");
  if (!existsSync(place)) return check("build", false, "web/dist is missing: run ./dev build");
  const manifest = JSON.parse(readFileSync(place, "utf8"));
  const withImports = (entry, seen = new Set()) => {
    if (seen.has(entry)) return seen;
    seen.add(entry);
    for (const next of manifest[entry]?.imports ?? []) withImports(next, seen);
    return seen;
  };
  for (const { name, entries, kilobytes } of budgets) {
    const chunks = new Set(entries.flatMap((e) => [...withImports(e)]));
    const known = entries.every((e) => manifest[e] !== undefined);
    const size = [...chunks].reduce(
      (sum, c) => sum + (manifest[c] ? gzipKilobytes(manifest[c].file) : 0),
      0,
    );
    check(`${name} at most ${kilobytes} KB`, known && size <= kilobytes, `${size.toFixed(1)} KB`);
  }
  const css = new Set(Object.values(manifest).flatMap((c) => c.css ?? []));
  const cssSize = [...css].reduce((sum, file) => sum + gzipKilobytes(file), 0);
  check(
    `CSS at most ${cssKilobytes} KB`,
    cssSize > 0 && cssSize <= cssKilobytes,
    `${cssSize.toFixed(1)} KB`,
  );
  const counted = new Set(budgets.flatMap((b) => b.entries));
  const lazy = Object.entries(manifest).flatMap(([key, c]) =>
    c.isDynamicEntry && !counted.has(key) ? [c] : [],
  );
  const largest = Math.max(...lazy.map((c) => gzipKilobytes(c.file)));
  check(
    `any lazy chunk at most ${lazyKilobytes} KB`,
    largest <= lazyKilobytes,
    `${largest.toFixed(1)} KB`,
  );
  const page = readFileSync(join(web, "dist/index.html"), "utf8");
  check(
    "the page has no inline script or style",
    !/<style|style=|<script(?![^>]*\ssrc=)/.test(page),
  );
  check("nothing is fetched from elsewhere", !/(?:src|href)="(?:https?:)?\/\//.test(page));
  const styles = [...css].map((file) => readFileSync(join(web, "dist", file), "utf8")).join("");
  check("styles fetch nothing from elsewhere", !/url\(["']?(?:https?:|\/\/|data:)/.test(styles));
  const main = manifest["index.html"].file;
  check(
    "assets are packed",
    existsSync(join(web, "dist", `${main}.br`)) && existsSync(join(web, "dist", `${main}.gz`)),
  );
  return undefined;
}

types();
unitTests();
sizes();
console.log(`web: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
