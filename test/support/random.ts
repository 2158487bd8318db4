/** A seeded source of random choices: the same seed always gives the same sequence. Not for secrets. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** An integer of at least 0, below the limit. */
  below(limit: number): number;
  /** An integer between two, both included. */
  between(least: number, most: number): number;
  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean;
  /** One of the elements, each equally likely. @throws RangeError for an empty list */
  pick<T>(from: readonly T[]): T;
  /** One of the names, each as likely as its weight. @throws RangeError if no weight is positive */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T;
  /** 32 hexadecimal digits, for keys. */
  id(): string;
}

/** @param seed its lower 32 bits count */
export function createRandom(seed: number): Random {
  const next = seeded(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  const word = () =>
    Math.floor(next() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  return {
    next,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => next() < probability,
    pick(from) {
      const [picked] = from.slice(below(from.length));
      if (picked === undefined) throw new RangeError("cannot pick from an empty list");
      return picked;
    },
    weighted(weights) {
      const rows = Object.entries(weights) as [keyof typeof weights, number][];
      let left = next() * rows.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of rows) {
        left -= weight;
        if (left < 0) return name;
      }
      throw new RangeError("no weight is positive");
    },
    id: () => word() + word() + word() + word(),
  };
}

/**
 * A seeded generator of pseudo-random numbers. Not for secrets.
 * Source: mulberry32 by Tommy Ettinger, in the public domain.
 * @param seed its lower 32 bits count  @returns numbers of at least 0, below 1
 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
