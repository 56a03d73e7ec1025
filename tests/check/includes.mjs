// Which folder may include which: server/net -> server/room -> server/plan -> sync -> base; server/room -> storage -> base.
// A test of the rule, not of the build: CMake targets would let a header-only include slip through.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url).pathname;

/** Which folders a folder may include, itself left out. */
const allowed = {
  base: [],
  sync: ["base"],
  storage: ["base"],
  "server/plan": ["sync", "base"],
  "server/access": ["server/plan", "base"],
  "server/room": ["server/plan", "server/access", "sync", "storage", "base"],
  "server/api": ["server/room", "server/plan", "server/access", "sync", "storage", "base"],
  "server/net": ["server/api", "server/room", "server/plan", "server/access", "sync", "base"],
  "server/cli": [
    "server/net",
    "server/api",
    "server/room",
    "server/plan",
    "server/access",
    "sync",
    "storage",
    "base",
  ],
};
const folders = Object.keys(allowed).sort((a, b) => b.length - a.length);
const folderOf = (path) => folders.find((folder) => path.startsWith(`${folder}/`));

/** The one file where the process is put together out of its parts. */
const composition = new Map([["server/net/server.cpp", ["storage"]]]);

const files = execFileSync("git", ["ls-files", "base", "sync", "storage", "server"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => /\.(hpp|cpp)$/.test(path));
const known = new Set(files);
const wrong = [];
for (const file of files) {
  const from = folderOf(file);
  const text = readFileSync(root + file, "utf8");
  for (const [, included] of text.matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    // Written from the root for base/, sync/ and storage/; from server/ for parts of the server.
    const path = known.has(included) ? included : `server/${included}`;
    const to = known.has(path) ? folderOf(path) : undefined;
    if (from === undefined || to === undefined || to === from) continue;
    if (allowed[from].includes(to) || composition.get(file)?.includes(to)) continue;
    wrong.push(`${file}: ${from} must not include ${to} ("${included}")`);
  }
}
// What may do no I/O and have no threads says so by what it includes.
for (const file of files.filter((f) => /^(sync|server\/plan)\//.test(f))) {
  const text = readFileSync(root + file, "utf8");
  for (const [, header] of text.matchAll(
    /^\s*#\s*include\s+<(boost\/(?:asio|beast)[^>]*|rocksdb\/[^>]*|thread|fstream)>/gm,
  )) {
    wrong.push(`${file}: <${header}> has no place in a folder without I/O and threads`);
  }
}
for (const line of wrong) console.error(line);
process.exitCode = wrong.length === 0 ? 0 : 1;
