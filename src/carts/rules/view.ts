import { type Bill, type BilledLine, billFor, type BillTerms, type BillTotals, deliveryTaxOf } from "../../pricing/rules/bill.ts";
import { isDeliveryFree } from "../../pricing/rules/free-delivery.ts";
import type { LineToPrice, RefusalReason, RefusedRule } from "../../pricing/rules/pricing-rule.ts";
import type { DeliveryMethod, DeliveryMethodId } from "../../warehouses/rules/delivery.ts";
import type { Minor } from "../../rules/money.ts";
import { type Cart, type CartRow, codeOf, type DetailedItem, isReserved, lossesOf, splitExpired, withCode } from "./cart.ts";

/** A line of a cart's view, at the price that would be charged now. */
export interface ViewItem extends DetailedItem, BilledLine {
  isReserved: boolean;
}

/** A change of a cart that its shopper did not make. */
export type CartChange =
  | { what: "reservation_lost"; variantId: string; productId: string; quantity: number; atMs: number }
  /** The line's price when it was reserved, which is still charged, and its price if it were reserved now; both without cart-wide rules. */
  | { what: "price_changed"; variantId: string; productId: string; quantity: number; wasMinor: Minor; nowMinor: Minor };

/** A cart as the API shows it. */
export interface CartView {
  row: CartRow;
  items: ViewItem[];
  /** Without delivery. */
  totals: BillTotals;
  /** What checkout charges in all, by delivery method. */
  deliveries: { method: DeliveryMethodId; costMinor: Minor; totalMinor: Minor }[];
  /** The promo code, with what it takes off all lines, or why it takes off nothing. */
  promo: { code: string; discountMinor: Minor; refused: RefusalReason | null } | null;
  refused: RefusedRule[];
  changes: CartChange[];
}

/**
 * Builds a cart's view: without expired lines, and with reserved lines at the price of their snapshot.
 * @returns `undefined` where the total is too large to be exact
 */
export function viewCart(
  { row, items, losses }: Cart,
  terms: BillTerms,
  methods: readonly DeliveryMethod[],
): CartView | undefined {
  const { nowMs } = terms;
  const isOrdered = row.orderId !== null;
  const split = splitExpired({ row, items }, nowMs);
  const { expired } = split;
  const live = withCode({ row, items: split.live });
  const hasFixedPrice = (item: DetailedItem) => isOrdered || isReserved(item, nowMs);
  const bill = billItems(live, hasFixedPrice, terms);
  if (!bill) return undefined;
  const viewItems = bill.lines.map(({ snapshot: _, ...line }) => ({
    ...line,
    isReserved: !isOrdered && isReserved(line, nowMs),
  }));
  const lost = [...losses, ...lossesOf(expired)].map((loss) => ({ what: "reservation_lost" as const, ...loss }));
  const current = billItems(live, () => false, terms);
  return {
    row,
    items: viewItems,
    totals: bill.totals,
    deliveries: methods.map(({ method, costMinor: fullMinor }) => {
      const costMinor = bill.isDeliveryFree ? 0 : fullMinor;
      const taxMinor = terms.taxIncluded ? 0 : deliveryTaxOf(costMinor, terms);
      return { method, costMinor, totalMinor: bill.totals.totalMinor + costMinor + taxMinor };
    }),
    promo: promoOf(codeOf({ row, items: split.live }), bill, terms),
    refused: bill.refused,
    changes: isOrdered ? [] : [...lost, ...priceChanges(viewItems, current?.lines ?? [])],
  };
}

function promoOf(
  code: string | null,
  { lines, refused }: Bill<DetailedItem & LineToPrice>,
  { rules }: BillTerms,
): CartView["promo"] {
  if (code === null) return null;
  const ofCode = new Set(rules.filter(({ promoCode }) => promoCode === code).map(({ ruleId }) => ruleId));
  const taken = lines.flatMap(({ discounts }) => discounts.filter(({ ruleId }) => ofCode.has(ruleId)));
  const reason = refused.find(({ promoCode }) => promoCode === code)?.reason ?? null;
  const discountMinor = taken.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const hasEffect = discountMinor > 0 || isDeliveryFree([{ discounts: taken }]);
  return { code, discountMinor, refused: hasEffect ? null : reason };
}

/**
 * Prices lines together.
 * @param hasFixedPrice whether a line keeps its price snapshot; cart-wide rules are always computed anew
 */
export function billItems(
  items: readonly DetailedItem[],
  hasFixedPrice: (item: DetailedItem) => boolean,
  terms: BillTerms,
): Bill<DetailedItem & LineToPrice> | undefined {
  const lines = items.map((item) => {
    if (!hasFixedPrice(item)) return { ...item, unitPriceMinor: item.priceMinor, snapshot: undefined };
    return { ...item, snapshot: { discounts: item.discounts, isClosed: item.isClosed } };
  });
  return billFor(lines, terms);
}

function priceChanges(items: readonly ViewItem[], current: readonly (DetailedItem & BilledLine)[]): CartChange[] {
  return items.flatMap((item): CartChange[] => {
    const now = current.find(({ variantId }) => variantId === item.variantId);
    const [wasMinor, nowMinor] = [linePrice(item), linePrice(now ?? item)];
    const { variantId, productId, quantity } = item;
    if (!item.isReserved || wasMinor === nowMinor) return [];
    return [{ what: "price_changed", variantId, productId, quantity, wasMinor, nowMinor }];
  });
}

/** A line's price without cart-wide discounts: its share of those changes whenever another line's price does. */
function linePrice({ beforeMinor, discounts }: BilledLine): Minor {
  const ofLine = discounts.filter(({ isOfCart }) => !isOfCart);
  return ofLine.reduce((left, { amountMinor }) => left - amountMinor, beforeMinor);
}
