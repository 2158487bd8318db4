import type { LineForSale, Need } from "../../pricing/rules/lines.ts";
import type { Tier } from "../../rules/rights.ts";
import type { Change } from "../../writes/rules/change.ts";
import type { CartItem, DetailedItem, StockNeed } from "./cart.ts";
import { reservedSince, type ReservationTerms } from "./reservation.ts";

/** The fields of a line that an edit sets; an absent one stays as it is. */
export interface ItemFields {
  quantity?: number | undefined;
  promoCode?: string | null | undefined;
  tier?: Tier | null | undefined;
}

/** A line before and after an edit; absent where the cart had, or has, none. */
export interface ItemChange {
  variantId: string;
  before: CartItem | undefined;
  after: CartItem | undefined;
}

/**
 * A line after an edit, at the current price and not reserved yet.
 * @param before absent where the cart has no such line  @param sold what the catalogue sells under the wanted variant
 */
export function editedItem(
  before: DetailedItem | undefined,
  fields: ItemFields,
  sold: { item: LineForSale; needs: readonly Need[] },
  place: { editNo: number; lineNo: number },
  terms: ReservationTerms,
): DetailedItem {
  const { productId, variantId, sku, name, category, unitPriceMinor, quantity } = sold.item;
  const { promoCode = before?.promoCode ?? null, tier = before?.tier ?? null } = fields;
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
    reservedSinceMs: reservedSince(before, terms),
  };
}

/** Sums needs by variant. */
export function sumNeeds(needs: readonly StockNeed[]): StockNeed[] {
  return [...Map.groupBy(needs, ({ variantId }) => variantId)].flatMap(([variantId, same]) => {
    const [first] = same;
    const quantity = same.reduce((units, need) => units + need.quantity, 0);
    return first ? [{ productId: first.productId, variantId, quantity }] : [];
  });
}

/** The number of the next line that is added. */
export function nextLineNo(items: readonly CartItem[]): number {
  return Math.max(0, ...items.map(({ lineNo }) => lineNo)) + 1;
}

/** The number of distinct stock products that lines need. */
export function countProducts(items: readonly CartItem[]): number {
  return new Set(items.flatMap(({ needs }) => needs.map(({ productId }) => productId))).size;
}

/** The audit entry of staff editing a cart; none where no line changed. */
export function auditChange(verb: "edit" | "undo_edit", cartId: string, changes: readonly ItemChange[]): Change[] {
  if (changes.length === 0) return [];
  const audited = (items: (CartItem | undefined)[]) => ({ items: items.flatMap((item) => (item ? [auditedItem(item)] : [])) });
  const [before, after] = [audited(changes.map((change) => change.before)), audited(changes.map((change) => change.after))];
  return [{ action: `cart.${verb}`, recordType: "cart", recordId: cartId, before, after }];
}

function auditedItem({ variantId, quantity, promoCode, tier, unitPriceMinor }: CartItem) {
  return { variantId, quantity, promoCode, tier, unitPriceMinor };
}
