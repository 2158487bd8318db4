import type { CartLine, HeldUnits } from "../../stock/rules/cart-messages.ts";
import { type CartItem, isReserved, type StockNeed } from "./cart.ts";

/** How long a cart has units: after its last change, and at most. */
export interface Terms {
  nowMs: number;
  reservationMs: number;
  reservationMaxMs: number;
}

/** What one product's object is asked for (PROTOCOL K0). */
export interface Ask {
  productId: string;
  lines: CartLine[];
  untilMs: number;
}

/** What is written of a line when the objects have answered; `untilMs` is null where they did not reserve it. */
export interface Settled {
  variantId: string;
  editNo: number;
  untilMs: number | null;
  sinceMs: number | null;
}

/** Since when a line that is written anew has its units: without a gap since before, else from now on. */
export function sinceOf(before: CartItem | undefined, { nowMs, reservationMaxMs }: Terms): number {
  const sinceMs = before?.reservedSinceMs ?? null;
  if (!before || sinceMs === null) return nowMs;
  // Where no answer of the objects is known the line may have had its units as long as any may.
  const untilMs = before.reservedUntilMs ?? sinceMs + reservationMaxMs;
  return untilMs > nowMs ? sinceMs : nowMs;
}

/** Until when a line may have its units if its cart is changed now. */
export function untilOf({ reservedSinceMs }: CartItem, { nowMs, reservationMs, reservationMaxMs }: Terms): number {
  return Math.min(nowMs + reservationMs, (reservedSinceMs ?? nowMs) + reservationMaxMs);
}

/**
 * What the objects are asked for after an edit: of each variant that it concerns all that the cart is to have, whichever lines need it.
 * @param items all lines as they are after it; those that could not be reserved ask for nothing
 */
export function asksOf(items: readonly CartItem[], concerned: readonly StockNeed[], terms: Terms): Ask[] {
  return [...Map.groupBy(concerned, ({ productId }) => productId)].map(([productId, needs]) => {
    const variantIds = [...new Set(needs.map(({ variantId }) => variantId))];
    const users = variantIds.map((variantId) => usersOf(items, variantId));
    const untils = users.flat().map(({ item }) => untilOf(item, terms));
    return {
      productId,
      lines: variantIds.map((variantId, index) => lineOf(variantId, users[index] ?? [])),
      untilMs: untils.length > 0 ? Math.max(...untils) : terms.nowMs,
    };
  });
}

interface User {
  item: CartItem;
  quantity: number;
}

function usersOf(items: readonly CartItem[], variantId: string): User[] {
  return items
    .filter(({ reservedSinceMs }) => reservedSinceMs !== null)
    .flatMap((item) => item.needs.filter((need) => need.variantId === variantId).map(({ quantity }) => ({ item, quantity })));
}

/** However few units are free, one of each line may be had. */
function lineOf(variantId: string, users: readonly User[]): CartLine {
  return {
    variantId,
    quantity: users.reduce((units, { quantity }) => units + quantity, 0),
    least: users.reduce((units, { item, quantity }) => units + Math.ceil(quantity / item.quantity), 0),
  };
}

/** Until when objects are asked to keep what other lines of the cart have: activity extends all of it, each line up to its own limit. */
export function extensionsOf(items: readonly CartItem[], editNo: number, terms: Terms): { productId: string; untilMs: number }[] {
  const longer = items.filter(
    (item) => item.editNo !== editNo && isReserved(item, terms.nowMs) && untilOf(item, terms) > (item.reservedUntilMs ?? 0),
  );
  const untils = longer.flatMap((item) => item.needs.map(({ productId }) => ({ productId, untilMs: untilOf(item, terms) })));
  return [...Map.groupBy(untils, ({ productId }) => productId)].map(([productId, all]) => {
    return { productId, untilMs: Math.max(...all.map(({ untilMs }) => untilMs)) };
  });
}

/**
 * What the objects' answers make of the lines: those that the edit wrote are reserved if every unit is, and given up where a product
 * refused; others are extended.
 * @param held what the cart has, by variant, as far as objects told
 * @param without products that have not the units, and all that did not do what the edit asked
 */
export function settle(
  items: readonly CartItem[],
  editNo: number,
  held: ReadonlyMap<string, HeldUnits>,
  without: { refusing: ReadonlySet<string>; unset: ReadonlySet<string> },
  terms: Terms,
): Settled[] {
  return items.flatMap((item): Settled[] => {
    const { variantId, reservedSinceMs: sinceMs } = item;
    const untilMs = heldUntil(item, held, terms);
    if (item.editNo === editNo) {
      // A line that was given up asked for nothing, so what is held is the other lines'.
      if (sinceMs === null) return [];
      // What other lines have of a product says nothing of this one where the edit itself got nothing of it.
      const isSet = !item.needs.some(({ productId }) => without.unset.has(productId));
      if (untilMs !== null && isSet) return [{ variantId, editNo, untilMs, sinceMs }];
      // Where an object only did not answer, the next edit asks it again.
      const isGivenUp = item.needs.some(({ productId }) => without.refusing.has(productId));
      return isGivenUp ? [{ variantId, editNo, untilMs: null, sinceMs: null }] : [];
    }
    const isLonger = isReserved(item, terms.nowMs) && untilMs !== null && untilMs > (item.reservedUntilMs ?? 0);
    return isLonger ? [{ variantId, editNo: item.editNo, untilMs, sinceMs }] : [];
  });
}

function heldUntil(item: CartItem, held: ReadonlyMap<string, HeldUnits>, terms: Terms): number | null {
  const units = item.needs.map(({ variantId, quantity }) => {
    const found = held.get(variantId);
    return found && found.quantity >= quantity ? found.untilMs : null;
  });
  if (units.some((untilMs) => untilMs === null)) return null;
  return Math.min(untilOf(item, terms), ...units.filter((untilMs) => untilMs !== null));
}
