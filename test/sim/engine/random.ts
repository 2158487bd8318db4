import { seeded } from "../../support/seeded.ts";

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

/** @param seed a whole number below 2³² */
export function chanceOf(seed: number): Chance {
  // Neighbouring seeds would begin alike.
  const next = seeded(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b));
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    is: (share) => next() < share,
    pick(from) {
      const found = from.slice(below(from.length))[0];
      if (found === undefined) throw new RangeError("there is nothing to pick from");
      return found;
    },
    weighed(weights) {
      const rows = Object.entries(weights) as [keyof typeof weights, number][];
      let left = next() * rows.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of rows) {
        left -= weight;
        if (left < 0) return name;
      }
      throw new RangeError("nothing has a weight");
    },
  };
}
