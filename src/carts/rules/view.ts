import { type Bill, type BilledLine, billFor, type BillTerms, type BillTotals } from "../../pricing/rules/bill.ts";
import type { LineToPrice, RefusedRule } from "../../pricing/rules/pricing-rule.ts";
import type { Minor } from "../../rules/money.ts";
import { type Cart, type CartRow, isReserved, type KnownItem, lossesOf, partLost } from "./cart.ts";

/** A line as it is shown: at the price that would be charged now. */
export interface ShownItem extends KnownItem, BilledLine {
  isReserved: boolean;
}

/** What happened to a cart that its shopper did not do. */
export type CartChange =
  | { what: "reservation_lost"; variantId: string; productId: string; quantity: number; atMs: number }
  /** What the line cost when it was reserved, which is still charged, and what it would cost now; without rules about the whole cart. */
  | { what: "price_changed"; variantId: string; productId: string; quantity: number; wasMinor: Minor; nowMinor: Minor };

/** A cart as it is shown. */
export interface CartView {
  row: CartRow;
  items: ShownItem[];
  /** Without delivery. */
  totals: BillTotals;
  refused: RefusedRule[];
  changes: CartChange[];
}

/**
 * Shows a cart: without lines whose time is over, reserved ones at the price of their snapshot.
 * @returns `undefined` where it comes to more than can be exact
 */
export function viewOf({ row, items, losses }: Cart, terms: BillTerms): CartView | undefined {
  const { nowMs } = terms;
  const isOrdered = row.orderId !== null;
  const { live, lost } = partLost({ row, items }, nowMs);
  const isKept = (item: KnownItem) => isOrdered || isReserved(item, nowMs);
  const bill = billItems(live, isKept, terms);
  if (!bill) return undefined;
  const shown = bill.lines.map(({ kept: _kept, ...line }) => ({ ...line, isReserved: !isOrdered && isReserved(line, nowMs) }));
  const told = [...losses, ...lossesOf(lost)].map((loss) => ({ what: "reservation_lost" as const, ...loss }));
  const fresh = billItems(live, () => false, terms);
  return {
    row,
    items: shown,
    totals: bill.totals,
    refused: bill.refused,
    changes: isOrdered ? [] : [...told, ...priceChanges(shown, fresh?.lines ?? [])],
  };
}

/** Prices lines together. @param isKept whether a line's snapshot stands; what the whole cart has off is always computed anew */
export function billItems(
  items: readonly KnownItem[],
  isKept: (item: KnownItem) => boolean,
  terms: BillTerms,
): Bill<KnownItem & LineToPrice> | undefined {
  const lines = items.map((item) => {
    if (!isKept(item)) return { ...item, unitPriceMinor: item.priceMinor, kept: undefined };
    return { ...item, kept: { discounts: item.discounts, isClosed: item.isClosed } };
  });
  return billFor(lines, terms);
}

function priceChanges(shown: readonly ShownItem[], fresh: readonly (KnownItem & BilledLine)[]): CartChange[] {
  return shown.flatMap((item): CartChange[] => {
    const now = fresh.find(({ variantId }) => variantId === item.variantId);
    const [wasMinor, nowMinor] = [ownPrice(item), ownPrice(now ?? item)];
    const { variantId, productId, quantity } = item;
    if (!item.isReserved || wasMinor === nowMinor) return [];
    return [{ what: "price_changed", variantId, productId, quantity, wasMinor, nowMinor }];
  });
}

/** What a line costs by itself: what the whole cart has off is shared by all lines, and moves when another's price does. */
function ownPrice({ beforeMinor, discounts }: BilledLine): Minor {
  const own = discounts.filter(({ isOfCart }) => !isOfCart);
  return own.reduce((left, { amountMinor }) => left - amountMinor, beforeMinor);
}
