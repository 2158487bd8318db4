import { chargeStep, type Minor, quotient } from "../../rules/money.ts";
import type { OrderItem, OrderRow } from "./order.ts";
import { heldOf, isOpenToPayment, keptOf, type SummedRow } from "./payment-status.ts";

// What an order's customer and its shop owe each other, after everything that was cancelled, came back, was paid and was refunded.

/** A line with the units of it that were cancelled before they left, and those that came back. */
export interface CreditedLine extends Pick<OrderItem, "quantity" | "lineTotalMinor" | "taxMinor"> {
  cancelled: number;
  returned: number;
}

/** What a customer has to pay, and what the shop has to refund; never both. */
export interface Amounts {
  amountDueMinor: Minor;
  refundDueMinor: Minor;
}

type PricedRow = Pick<OrderRow, "totalMinor" | "taxIncluded" | "currency">;
/**
 * The value of what was cancelled or came back: each line's price after discounts, with its tax. Delivery is owed as long as any unit is
 * kept; once none is, the value is exactly the total.
 * @param lines all lines of the order
 */
export function creditedOf({ totalMinor, taxIncluded, currency }: PricedRow, lines: readonly CreditedLine[]): Minor {
  if (lines.length > 0 && lines.every((line) => unitsBack(line) === line.quantity)) return totalMinor;
  const values = lines.map((line) => {
    const valueMinor = line.lineTotalMinor + (taxIncluded ? 0 : line.taxMinor);
    return amountOfUnits(valueMinor, unitsBack(line), line.quantity, currency);
  });
  return values.reduce((sum, value) => sum + value, 0);
}

function unitsBack({ quantity, cancelled, returned }: CreditedLine): number {
  return Math.min(cancelled + returned, quantity);
}

/**
 * The share of some units in an amount of a line, such as its total, its discount or its tax. Of all units it is the amount, so that the
 * differences between the shares of more and more units add up to it exactly. It can be charged and refunded where the amount can.
 * @param units of the line, 0 to `quantity`
 */
export function amountOfUnits(amountMinor: Minor, units: number, quantity: number, currency: string): Minor {
  if (units >= quantity) return amountMinor;
  const step = amountMinor % chargeStep(currency) === 0 ? chargeStep(currency) : 1;
  const steps = quotient(BigInt(amountMinor) * BigInt(units), BigInt(quantity) * BigInt(step));
  return Math.min(steps * step, amountMinor);
}

/** What is owed. A refund that the shop gave of its own accord makes nothing due again. */
export function amountsOf(order: SummedRow): Amounts {
  const owedMinor = keptOf(order) - heldOf(order);
  return {
    amountDueMinor: isOpenToPayment(order.paymentStatus) ? Math.max(0, owedMinor) : 0,
    refundDueMinor: Math.max(0, -owedMinor),
  };
}
