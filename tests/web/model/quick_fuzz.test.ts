import { expect, test } from "vitest";
import { run } from "./fuzz.ts";

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

test.each(seeds)(
  "people editing at once end with the same document (seed %i)",
  (seed) => {
    expect(run(seed, 80).problem).toBeNull();
  },
);
