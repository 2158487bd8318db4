import type { Minor } from "../../rules/money.ts";

/** Sums over products. Those in stock, low or out count active products alone; units and values count all. */
export interface Sums {
  products: number;
  activeProducts: number;
  inStock: number;
  lowStock: number;
  outOfStock: number;
  units: number;
  stockValueMinor: Minor;
  retailValueMinor: Minor;
}

/** The sums of one category or warehouse. */
export interface NamedSums extends Sums {
  name: string;
}

export const ZERO_SUMS: Sums = {
  products: 0,
  activeProducts: 0,
  inStock: 0,
  lowStock: 0,
  outOfStock: 0,
  units: 0,
  stockValueMinor: 0,
  retailValueMinor: 0,
};

/** What of a whole is in none of its parts. */
export function remainderOf(whole: Sums, parts: readonly Sums[]): Sums {
  const rest = { ...ZERO_SUMS };
  for (const name of Object.keys(ZERO_SUMS) as (keyof Sums)[]) {
    rest[name] = parts.reduce((left, part) => left - part[name], whole[name]);
  }
  return rest;
}
