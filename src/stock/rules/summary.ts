import type { Minor } from "../../rules/money.ts";

/** Sums over products. The counts in stock, low and out of stock cover active products only; units and values cover all. */
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

/** The whole minus its parts. */
export function remainderOf(whole: Sums, parts: readonly Sums[]): Sums {
  const rest = { ...ZERO_SUMS };
  for (const name of Object.keys(ZERO_SUMS) as (keyof Sums)[]) {
    rest[name] = parts.reduce((left, part) => left - part[name], whole[name]);
  }
  return rest;
}
