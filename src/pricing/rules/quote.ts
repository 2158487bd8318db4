import type { Minor } from "../../rules/money.ts";

/** A line as it is priced: what one unit costs, and how many. */
export interface PricedLine {
  unitPriceMinor: Minor;
  quantity: number;
}

/** The sums of an order, in minor units. */
export interface Totals {
  subtotalMinor: Minor;
  deliveryCostMinor: Minor;
  totalMinor: Minor;
}

/** What a line costs. Exact: prices and quantities are bounded so that no product or sum passes 2^53. */
export function lineTotal(line: PricedLine): Minor {
  return line.unitPriceMinor * line.quantity;
}

/** Adds up an order. */
export function totalsOf(lines: readonly PricedLine[], deliveryCostMinor: Minor): Totals {
  const subtotalMinor = lines.reduce((sum, line) => sum + lineTotal(line), 0);
  return { subtotalMinor, deliveryCostMinor, totalMinor: subtotalMinor + deliveryCostMinor };
}
