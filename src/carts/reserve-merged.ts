import type { Deps } from "../deps.ts";
import { type Answers, askObjects, type Refused } from "./ask.ts";
import type { Merge } from "./decide-merge.ts";
import { askFor, neededBy } from "./edit.ts";
import { mostOf, shortageErrors } from "./refuse.ts";
import { termsNow } from "./read-cart.ts";
import type { KnownItem } from "./rules/cart.ts";
import { type Ask, asksOf } from "./rules/reservation.ts";

/** A line whose units could not be reserved, as it is told. */
export interface Unreserved {
  item_id: string;
  product_id: string;
  variant_id: string;
  product_name: string;
  requested_quantity: number;
  /** Null where the stock did not answer. */
  available_stock: number | null;
  message: string;
}

/**
 * Gives back what a guest's cart had, and asks in the account's name for all that the claim wrote. A product whose object refuses because of some variants is
 * asked once more for the others.
 */
export async function reserveMerged(
  deps: Deps,
  { plan, emptied, added }: Merge,
): Promise<{ answers: Answers; notReserved: Unreserved[] }> {
  const given = added.flatMap(({ needs }) => needs);
  // Where this fails the units lapse by time, and the account's cart may hear that they are not free.
  await askObjects(deps, emptied, plan.ranking, asksOf([], given, termsNow(deps)));
  const first = await askFor(deps, plan);
  const again = asksOf(plan.items, neededBy(plan), termsNow(deps)).flatMap((ask) => restOf(ask, first.refused));
  if (again.length === 0) return { answers: first, notReserved: notReserved(plan.items, plan.row.editNo, first) };
  const second = await askObjects(deps, plan.row, plan.ranking, again);
  const answers = {
    held: new Map([...first.held, ...second.held]),
    levels: [...first.levels, ...second.levels],
    refused: [...first.refused, ...second.refused],
  };
  return { answers, notReserved: notReserved(plan.items, plan.row.editNo, answers) };
}

/** What of a refused product nobody said to be short. */
function restOf(ask: Ask, refused: readonly Refused[]): Ask[] {
  const answer = refused.find(({ productId }) => productId === ask.productId);
  if (answer?.outcome !== "short" && answer?.outcome !== "too_many") return [];
  const named = new Set(answer.lines.map(({ variantId }) => variantId));
  const lines = ask.lines.filter(({ variantId }) => !named.has(variantId));
  return lines.length > 0 ? [{ ...ask, lines }] : [];
}

function notReserved(items: readonly KnownItem[], editNo: number, { held, refused }: Answers): Unreserved[] {
  const missing = items.filter((item) => {
    const isHeld = item.needs.every(({ variantId, quantity }) => (held.get(variantId)?.quantity ?? 0) >= quantity);
    return item.editNo === editNo && !isHeld;
  });
  const shortages = shortageErrors(refused, new Map());
  return missing.map((item) => {
    const { variantId, productId, name, quantity } = item;
    const most = mostOf(refused, item);
    const each = item.needs.flatMap((need) => {
      const short = shortages.find((error) => error.variant_id === need.variantId);
      return short ? [Math.floor((short.available_stock * quantity) / need.quantity)] : [];
    });
    const available = each.length > 0 || most !== undefined ? Math.min(...each, most ?? Infinity) : null;
    const told = available === null ? "The stock did not answer" : `Available: ${available}`;
    return {
      item_id: variantId,
      product_id: productId,
      variant_id: variantId,
      product_name: name,
      requested_quantity: quantity,
      available_stock: available,
      message: `${name} could not be reserved. Requested: ${quantity}, ${told}`,
    };
  });
}
