/**
 * The long fuzz: many people, random edits, delivery and delays. FUZZ_RUNS runs from FUZZ_SEED on; a failing run is repeated alone by
 * FUZZ_SEED=<its seed> FUZZ_RUNS=1. The suite `binding` asks for 300 runs; without the variables a few are made.
 */
import { expect, test } from "vitest";
import { run } from "./fuzz.ts";

const runs = Number(process.env.FUZZ_RUNS ?? 40);
const firstSeed = Number(process.env.FUZZ_SEED ?? 1);
const editsPerRun = Number(process.env.FUZZ_EDITS ?? 80);
const chunk = 20;

const chunks = Array.from({ length: Math.ceil(runs / chunk) }, (_, i) => firstSeed + i * chunk);

test.each(chunks)(
  "people editing at once end with the same document (20 runs from seed %i)",
  (from) => {
    for (let seed = from; seed < Math.min(from + chunk, firstSeed + runs); seed++) {
      const { problem } = run(seed, editsPerRun);
      expect(problem, `seed ${seed}`).toBeNull();
    }
  },
  120_000,
);
