// Writes .br and .gz beside every text asset of dist/, so that the server never compresses on request.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const text = new Set([".html", ".js", ".css", ".svg", ".json", ".txt", ".map"]);
const bytesMin = 512;
const root = new URL("../dist/", import.meta.url).pathname;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

// Vite's manifest is for tests of the build, not for browsers.
for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !text.has(extname(path)) || path.includes("/.vite/")) continue;
  const body = await readFile(path);
  if (body.length < bytesMin) continue;
  const [br, gz] = await Promise.all([
    brotli(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: extname(path) === ".map" ? 5 : 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
    zip(body, { level: 9 }),
  ]);
  for (const [suffix, packed] of [
    [".br", br],
    [".gz", gz],
  ]) {
    if (packed.length < body.length) await writeFile(path + suffix, packed);
    else await rm(path + suffix, { force: true });
  }
}
