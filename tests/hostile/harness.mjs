// Counts checks; a failed one is printed with its reason and the rest goes on.
export class Checks {
  passed = 0;
  failed = 0;

  async run(name, body) {
    try {
      await body();
      ++this.passed;
    } catch (error) {
      ++this.failed;
      console.log(`not ok: ${name}\n    ${error.stack ?? error}`);
    }
  }
}

export function expect(met, what) {
  if (!met) throw new Error(what);
}

export function equal(got, wanted, what = "value") {
  const a = JSON.stringify(got);
  const b = JSON.stringify(wanted);
  if (a !== b) throw new Error(`${what}: got ${a}, wanted ${b}`);
}

/** mulberry32: the same stream for a seed everywhere. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
