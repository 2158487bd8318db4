import type { Tier } from "../../rules/rights.ts";
import type { KnownItem } from "./cart.ts";
import { nextLineNo, sumNeeds } from "./edit.ts";
import { sinceOf, type Terms } from "./reservation.ts";

/**
 * The lines that a claim writes into an account's cart: a guest's, quantities added, and its own that are not reserved; each at the price of
 * this moment and to be asked for.
 * @param own what the account's cart has  @param tier the account's; null leaves what the lines have
 */
export function mergedItems(
  own: readonly KnownItem[],
  added: readonly KnownItem[],
  { editNo, tier }: { editNo: number; tier: Tier | null },
  terms: Terms,
): KnownItem[] {
  const firstNo = nextLineNo(own);
  const renewed = { editNo, discounts: [], isClosed: false, reservedUntilMs: null };
  const merged = added.map((item, index) => {
    const same = own.find(({ variantId }) => variantId === item.variantId);
    return {
      ...item,
      ...renewed,
      lineNo: same?.lineNo ?? firstNo + index,
      quantity: item.quantity + (same?.quantity ?? 0),
      needs: sumNeeds([...(same?.needs ?? []), ...item.needs]),
      promoCode: same?.promoCode ?? item.promoCode,
      tier: tier ?? same?.tier ?? item.tier,
      unitPriceMinor: item.priceMinor,
      // Units go from one cart to the other, so the time that they were had counts on.
      reservedSinceMs: Math.min(sinceOf(same, terms), sinceOf(item, terms)),
    };
  });
  const isIdle = (item: KnownItem) =>
    item.reservedUntilMs === null && !added.some(({ variantId }) => variantId === item.variantId);
  const idle = own.filter(isIdle).map((item) => {
    return { ...item, ...renewed, unitPriceMinor: item.priceMinor, reservedSinceMs: sinceOf(item, terms) };
  });
  return [...merged, ...idle];
}
