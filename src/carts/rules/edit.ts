import type { LineForSale, Need } from "../../pricing/rules/lines.ts";
import type { Tier } from "../../rules/rights.ts";
import type { CartItem, KnownItem, StockNeed } from "./cart.ts";
import { sinceOf, type Terms } from "./reservation.ts";

/** What an edit makes of a line; what is absent stays. */
export interface WantedItem {
  quantity?: number | undefined;
  promoCode?: string | null | undefined;
  tier?: Tier | null | undefined;
}

/**
 * A line as an edit wants it, at the price of this moment and not reserved yet.
 * @param before absent where the cart has no such line  @param sold as the catalogue has it
 */
export function editedItem(
  before: KnownItem | undefined,
  wanted: WantedItem,
  sold: { item: LineForSale; needs: readonly Need[] },
  place: { editNo: number; lineNo: number },
  terms: Terms,
): KnownItem {
  const { productId, variantId, sku, name, category, unitPriceMinor, quantity } = sold.item;
  const { promoCode = before?.promoCode ?? null, tier = before?.tier ?? null } = wanted;
  return {
    variantId,
    productId,
    sku,
    name,
    category,
    quantity,
    promoCode,
    tier,
    lineNo: before?.lineNo ?? place.lineNo,
    editNo: place.editNo,
    needs: sumNeeds(sold.needs),
    unitPriceMinor,
    priceMinor: unitPriceMinor,
    discounts: [],
    isClosed: false,
    reservedUntilMs: null,
    reservedSinceMs: sinceOf(before, terms),
  };
}

/** Sums needs, each variant once. */
export function sumNeeds(needs: readonly StockNeed[]): StockNeed[] {
  return [...Map.groupBy(needs, ({ variantId }) => variantId)].flatMap(([variantId, same]) => {
    const [first] = same;
    const quantity = same.reduce((units, need) => units + need.quantity, 0);
    return first ? [{ productId: first.productId, variantId, quantity }] : [];
  });
}

/** The place of a line that is added. */
export function nextLineNo(items: readonly CartItem[]): number {
  return Math.max(0, ...items.map(({ lineNo }) => lineNo)) + 1;
}

/** How many distinct products of stock lines need. */
export function productCount(items: readonly CartItem[]): number {
  return new Set(items.flatMap(({ needs }) => needs.map(({ productId }) => productId))).size;
}
