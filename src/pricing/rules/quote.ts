import { MAX_SUM_MINOR, type Minor } from "../../rules/money.ts";

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

/** What a line costs; exact up to `MAX_SUM_MINOR`, which `totalsOf` sees to. */
export function lineTotal(line: PricedLine): Minor {
  return line.unitPriceMinor * line.quantity;
}

/**
 * Adds up an order.
 * @returns `undefined` when the sum passes `MAX_SUM_MINOR`, above which it could be inexact
 */
export function totalsOf(lines: readonly PricedLine[], deliveryCostMinor: Minor): Totals | undefined {
  // A product or sum beyond 2^53 is rounded, but never from above the largest sum to below it.
  const subtotalMinor = lines.reduce((sum, line) => sum + lineTotal(line), 0);
  const totalMinor = subtotalMinor + deliveryCostMinor;
  return totalMinor <= MAX_SUM_MINOR ? { subtotalMinor, deliveryCostMinor, totalMinor } : undefined;
}
