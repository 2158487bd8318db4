import { seeded } from "../support/seeded.ts";

/** Numbers that look like chance and are the same for the same seed. */
export interface Random {
  /** At least 0, below 1. */
  next: () => number;
  /** A whole number, both ends among them. */
  between: (least: number, most: number) => number;
  chance: (probability: number) => boolean;
  /** @throws Error when there is nothing to take from */
  pick: <T>(from: readonly T[]) => T;
  /** 32 characters, for keys. */
  id: () => string;
}

/** Makes the choices of a seed. */
export function createRandom(seed: number): Random {
  const next = seeded(seed);
  const word = () =>
    Math.floor(next() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)] ?? nothing(),
    id: () => word() + word() + word() + word(),
  };
}

function nothing(): never {
  throw new Error("there is nothing to take from");
}
