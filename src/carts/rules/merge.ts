import type { Tier } from "../../rules/rights.ts";
import type { KnownItem } from "./cart.ts";
import { nextLineNo, sumNeeds } from "./edit.ts";
import { sinceOf, type Terms } from "./reservation.ts";

/**
 * The lines that an account's cart has of a guest's: quantities added, each at the price of this moment and not reserved yet.
 * @param own what the account's cart has  @param tier the account's; null leaves what the lines have
 */
export function mergedItems(
  own: readonly KnownItem[],
  added: readonly KnownItem[],
  { editNo, tier }: { editNo: number; tier: Tier | null },
  terms: Terms,
): KnownItem[] {
  const firstNo = nextLineNo(own);
  return added.map((item, index) => {
    const same = own.find(({ variantId }) => variantId === item.variantId);
    return {
      ...item,
      lineNo: same?.lineNo ?? firstNo + index,
      quantity: item.quantity + (same?.quantity ?? 0),
      needs: sumNeeds([...(same?.needs ?? []), ...item.needs]),
      promoCode: same?.promoCode ?? item.promoCode,
      tier: tier ?? same?.tier ?? item.tier,
      unitPriceMinor: item.priceMinor,
      discounts: [],
      isClosed: false,
      editNo,
      reservedUntilMs: null,
      // Units go from one cart to the other, so the time that they were had counts on.
      reservedSinceMs: Math.min(sinceOf(same, terms), sinceOf(item, terms)),
    };
  });
}
