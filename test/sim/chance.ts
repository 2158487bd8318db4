/** A seeded source of chance: of one seed always the same numbers. */
export interface Chance {
  /** A whole number from 0 to below a limit. */
  below(limit: number): number;
  /** A whole number between two, both included. */
  between(least: number, most: number): number;
  /** @param share of 1: how often it is so */
  is(share: number): boolean;
  /** One of some, each as likely. @throws RangeError of none */
  pick<T>(from: readonly T[]): T;
  /** One of some, each as likely as its weight says. */
  weighed<T extends string>(weights: Readonly<Record<T, number>>): T;
}

const WORDS = 2 ** 32;

/** @param seed a whole number below 2³² */
export function chanceOf(seed: number): Chance {
  const next = mulberry(seed);
  const below = (limit: number) => Math.floor((next() / WORDS) * limit);
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    is: (share) => next() < share * WORDS,
    pick(from) {
      const found = from.slice(below(from.length))[0];
      if (found === undefined) throw new RangeError("there is nothing to pick from");
      return found;
    },
    weighed(weights) {
      const rows = Object.entries(weights) as [keyof typeof weights, number][];
      let left = (next() / WORDS) * rows.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of rows) {
        left -= weight;
        if (left < 0) return name;
      }
      throw new RangeError("nothing has a weight");
    },
  };
}

/** Source: Tommy Ettinger's mulberry32, in the public domain. @returns whole numbers below 2³² */
function mulberry(seed: number): () => number {
  // Neighbouring seeds would begin alike.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
