import type { Tier } from "../../rules/rights.ts";
import type { DetailedItem } from "./cart.ts";
import { nextLineNo, sumNeeds } from "./edit.ts";
import { reservedSince, type ReservationTerms } from "./reservation.ts";

/**
 * The lines that a merge writes into an account's cart: the guest's lines, quantities summed, and the account's own unreserved lines. All
 * are at the current price and still to be reserved.
 * @param own the lines of the account's cart  @param tier the account's; null keeps the lines' tiers
 */
export function mergeItems(
  own: readonly DetailedItem[],
  added: readonly DetailedItem[],
  { editNo, tier }: { editNo: number; tier: Tier | null },
  terms: ReservationTerms,
): DetailedItem[] {
  const firstNo = nextLineNo(own);
  const unreserved = { editNo, discounts: [], isClosed: false, reservedUntilMs: null };
  const merged = added.map((item, index) => {
    const same = own.find(({ variantId }) => variantId === item.variantId);
    return {
      ...item,
      ...unreserved,
      lineNo: same?.lineNo ?? firstNo + index,
      quantity: item.quantity + (same?.quantity ?? 0),
      needs: sumNeeds([...(same?.needs ?? []), ...item.needs]),
      promoCode: same?.promoCode ?? item.promoCode,
      tier: tier ?? same?.tier ?? item.tier,
      unitPriceMinor: item.priceMinor,
      // The units move from one cart to the other, so the longest reservation counts towards the limit.
      reservedSinceMs: Math.min(reservedSince(same, terms), reservedSince(item, terms)),
    };
  });
  const isIdle = (item: DetailedItem) =>
    item.reservedUntilMs === null && !added.some(({ variantId }) => variantId === item.variantId);
  const idle = own.filter(isIdle).map((item) => {
    return { ...item, ...unreserved, unitPriceMinor: item.priceMinor, reservedSinceMs: reservedSince(item, terms) };
  });
  return [...merged, ...idle];
}
