// Usage: node interchange.mjs FILE: for each line of questions that footprint-vectors wrote, has yjs read our
// encodings and prints a line: empty when it reaches the expected content, else what differs.
import fs from "node:fs";
import readline from "node:readline";
import * as Y from "yjs";
import { contentOf, deletesOf, fromBase64, replica, stateOf } from "./values.mjs";

function differs(question, apply, bytes, name) {
  const doc = replica(question.gc, { roots: question.roots });
  try {
    apply(doc, fromBase64(bytes));
  } catch (error) {
    return `${name}: yjs throws ${error.message}`;
  }
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  if (stateOf(doc) !== question.sv) return `${name}: sv`;
  if (!same(contentOf(doc, question.roots), question.content)) return `${name}: content`;
  if (!same(deletesOf(doc), question.ds)) return `${name}: ds`;
  return "";
}

for await (const line of readline.createInterface(fs.createReadStream(process.argv[2]))) {
  const question = JSON.parse(line);
  const problem =
    differs(question, Y.applyUpdate, question.v1, "v1") ||
    differs(question, Y.applyUpdateV2, question.v2, "v2");
  console.log(problem.replaceAll("\n", " "));
}
