import type { Deps } from "../deps.ts";
import { needsOfEdit, reserveEdit } from "./apply-edit.ts";
import type { MergePlan } from "./plan-merge.ts";
import { shareLimit, shortageErrors } from "./refusals.ts";
import { type FailedRequest, isHeld, type ReservationResult, reservationTerms, reserveUnits } from "./reserve.ts";
import type { DetailedItem } from "./rules/cart.ts";
import { type ReservationRequest, reservationRequests } from "./rules/reservation.ts";

/** A line whose units could not be reserved, as the answer lists it. */
export interface UnreservedItem {
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
 * Releases the units of the guest's cart, and reserves for the account's cart all lines that the merge wrote. Where a product refuses
 * some variants, its other variants are requested once more.
 */
export async function reserveMerged(
  deps: Deps,
  { edit, emptied, added }: MergePlan,
): Promise<{ result: ReservationResult; notReserved: UnreservedItem[] }> {
  const released = added.flatMap(({ needs }) => needs);
  // If this fails, the units expire later, and until then the account's cart may be refused them.
  await reserveUnits(deps, emptied, edit.ranking, reservationRequests([], released, reservationTerms(deps)));
  const first = await reserveEdit(deps, edit);
  const requests = reservationRequests(edit.items, needsOfEdit(edit), reservationTerms(deps));
  const again = requests.flatMap((request) => remainingRequest(request, first.failed));
  if (again.length === 0) return { result: first, notReserved: unreservedItems(edit.items, edit.row.editNo, first) };
  const second = await reserveUnits(deps, edit.row, edit.ranking, again);
  const result = {
    held: new Map([...first.held, ...second.held]),
    levels: [...first.levels, ...second.levels],
    failed: [...first.failed, ...second.failed],
  };
  return { result, notReserved: unreservedItems(edit.items, edit.row.editNo, result) };
}

/** A refused request without the variants that caused the refusal. */
function remainingRequest(request: ReservationRequest, failed: readonly FailedRequest[]): ReservationRequest[] {
  const answer = failed.find(({ productId }) => productId === request.productId);
  if (answer?.outcome !== "short" && answer?.outcome !== "too_many") return [];
  const refused = new Set(answer.lines.map(({ variantId }) => variantId));
  const lines = request.lines.filter(({ variantId }) => !refused.has(variantId));
  return lines.length > 0 ? [{ ...request, lines }] : [];
}

function unreservedItems(items: readonly DetailedItem[], editNo: number, result: ReservationResult): UnreservedItem[] {
  const missing = items.filter((item) => item.editNo === editNo && !item.needs.every((need) => isHeld(result, need)));
  const shortages = shortageErrors(result.failed, new Map());
  return missing.map((item) => {
    const { variantId, productId, name, quantity } = item;
    const most = shareLimit(result.failed, item);
    const coverable = item.needs.flatMap((need) => {
      const short = shortages.find((error) => error.variant_id === need.variantId);
      return short ? [Math.floor((short.available_stock * quantity) / need.quantity)] : [];
    });
    const available = coverable.length > 0 || most !== undefined ? Math.min(...coverable, most ?? Infinity) : null;
    const reason = available === null ? "The stock did not answer" : `Available: ${available}`;
    return {
      item_id: variantId,
      product_id: productId,
      variant_id: variantId,
      product_name: name,
      requested_quantity: quantity,
      available_stock: available,
      message: `${name} could not be reserved. Requested: ${quantity}, ${reason}`,
    };
  });
}
