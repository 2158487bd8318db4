import type { CartLine, HeldUnits } from "../../stock/rules/cart-messages.ts";
import { type CartItem, isReserved, type StockNeed } from "./cart.ts";

/** How long a cart's units stay reserved: after its last change, and in total. */
export interface ReservationTerms {
  nowMs: number;
  reservationMs: number;
  reservationMaxMs: number;
}

/** What a cart shall hold of one product, as its object is asked (K0). */
export interface ReservationRequest {
  productId: string;
  lines: CartLine[];
  untilMs: number;
}

/** What D1 stores of a line after the objects answered; `untilMs` is null where they did not reserve it. */
export interface SettledItem {
  variantId: string;
  editNo: number;
  untilMs: number | null;
  sinceMs: number | null;
}

/** When the reservation of a line that is written anew began: earlier where it was not interrupted, else now. */
export function reservedSince(before: CartItem | undefined, { nowMs, reservationMaxMs }: ReservationTerms): number {
  const sinceMs = before?.reservedSinceMs ?? null;
  if (!before || sinceMs === null) return nowMs;
  // Where the objects' answer is unknown, the line may have been reserved for the longest time allowed.
  const untilMs = before.reservedUntilMs ?? sinceMs + reservationMaxMs;
  return untilMs > nowMs ? sinceMs : nowMs;
}

/** Until when a line may be reserved if its cart changes now. */
export function reservableUntil(
  { reservedSinceMs }: CartItem,
  { nowMs, reservationMs, reservationMaxMs }: ReservationTerms,
): number {
  return Math.min(nowMs + reservationMs, (reservedSinceMs ?? nowMs) + reservationMaxMs);
}

/**
 * The requests to the objects after an edit: for each affected variant, all units that the cart needs for any of its lines.
 * @param items all lines after the edit; lines that could not be reserved request nothing
 */
export function reservationRequests(
  items: readonly CartItem[],
  affected: readonly StockNeed[],
  terms: ReservationTerms,
): ReservationRequest[] {
  return [...Map.groupBy(affected, ({ productId }) => productId)].map(([productId, needs]) => {
    const variantIds = [...new Set(needs.map(({ variantId }) => variantId))];
    const uses = variantIds.map((variantId) => usesOf(items, variantId));
    const untils = uses.flat().map(({ item }) => reservableUntil(item, terms));
    return {
      productId,
      lines: variantIds.map((variantId, index) => requestLine(variantId, uses[index] ?? [])),
      untilMs: untils.length > 0 ? Math.max(...untils) : terms.nowMs,
    };
  });
}

/** Units of one variant that a line needs. */
interface VariantUse {
  item: CartItem;
  quantity: number;
}

function usesOf(items: readonly CartItem[], variantId: string): VariantUse[] {
  return items
    .filter(({ reservedSinceMs }) => reservedSinceMs !== null)
    .flatMap((item) => item.needs.filter((need) => need.variantId === variantId).map(({ quantity }) => ({ item, quantity })));
}

/** `least` allows one unit of each line, however few units are available. */
function requestLine(variantId: string, uses: readonly VariantUse[]): CartLine {
  return {
    variantId,
    quantity: uses.reduce((units, { quantity }) => units + quantity, 0),
    least: uses.reduce((units, { item, quantity }) => units + Math.ceil(quantity / item.quantity), 0),
  };
}

/** Extends the other lines' reservations, because activity extends the whole cart, each line up to its own limit. */
export function reservationExtensions(
  items: readonly CartItem[],
  editNo: number,
  terms: ReservationTerms,
): { productId: string; untilMs: number }[] {
  const extendable = items.filter(
    (item) =>
      item.editNo !== editNo && isReserved(item, terms.nowMs) && reservableUntil(item, terms) > (item.reservedUntilMs ?? 0),
  );
  const untils = extendable.flatMap((item) =>
    item.needs.map(({ productId }) => ({ productId, untilMs: reservableUntil(item, terms) })),
  );
  return [...Map.groupBy(untils, ({ productId }) => productId)].map(([productId, all]) => {
    return { productId, untilMs: Math.max(...all.map(({ untilMs }) => untilMs)) };
  });
}

/**
 * Applies the objects' answers to the lines. A line of the edit is reserved if all its units are, and given up where a product refused;
 * the other lines are extended.
 * @param held what the cart holds, by variant, as far as objects answered
 * @param failed `refused`: products without enough units; `notSet`: these and all others that did not apply the edit
 */
export function settleItems(
  items: readonly CartItem[],
  editNo: number,
  held: ReadonlyMap<string, HeldUnits>,
  failed: { refused: ReadonlySet<string>; notSet: ReadonlySet<string> },
  terms: ReservationTerms,
): SettledItem[] {
  return items.flatMap((item): SettledItem[] => {
    const { variantId, reservedSinceMs: sinceMs } = item;
    const untilMs = heldUntil(item, held, terms);
    if (item.editNo === editNo) {
      // A line that was given up requested nothing, so the held units belong to other lines.
      if (sinceMs === null) return [];
      // Where a product did not apply the edit, the units held of it belong to other lines.
      const isSet = !item.needs.some(({ productId }) => failed.notSet.has(productId));
      if (untilMs !== null && isSet) return [{ variantId, editNo, untilMs, sinceMs }];
      // Where an object only failed to answer, the next edit requests the units again.
      const isGivenUp = item.needs.some(({ productId }) => failed.refused.has(productId));
      return isGivenUp ? [{ variantId, editNo, untilMs: null, sinceMs: null }] : [];
    }
    const isExtended = isReserved(item, terms.nowMs) && untilMs !== null && untilMs > (item.reservedUntilMs ?? 0);
    return isExtended ? [{ variantId, editNo: item.editNo, untilMs, sinceMs }] : [];
  });
}

function heldUntil(item: CartItem, held: ReadonlyMap<string, HeldUnits>, terms: ReservationTerms): number | null {
  const untils = item.needs.map(({ variantId, quantity }) => {
    const units = held.get(variantId);
    return units && units.quantity >= quantity ? units.untilMs : null;
  });
  if (untils.some((untilMs) => untilMs === null)) return null;
  return Math.min(reservableUntil(item, terms), ...untils.filter((untilMs) => untilMs !== null));
}
