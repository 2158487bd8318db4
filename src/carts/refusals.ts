import { Refusal, unresolved } from "../errors.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { shortage, type StockError, shortageProblem } from "../stock/rules/shortage.ts";
import type { LimitedProduct } from "../pricing/rules/lines.ts";
import type { FailedRequest } from "./reserve.ts";
import type { CartItem } from "./rules/cart.ts";

/** The cart does not exist, or the caller may not use it. */
export function cartNotFound(): Refusal {
  return new Refusal("not_found", "Cart not found.");
}

/** The cart has become an order. */
export function cartCheckedOut(orderId: string): Refusal {
  return new Refusal("cart_checked_out", `The cart became the order ${orderId}.`, { members: { order_id: orderId } });
}

/** Concurrent changes of the cart kept an edit from being written. */
export function concurrentChange(keyed: Keyed | undefined): Refusal {
  return unresolved("The cart was changed at the same time; nothing was written.", keyed ? "same_key" : "again");
}

/** Refuses an edit, with every line that is short. */
export function insufficientStock(stockErrors: StockError[]): Refusal {
  const { detail, members } = shortageProblem(stockErrors);
  return new Refusal("insufficient_stock", detail, { members });
}

/** A line would have more of a product than one order may have. @param others units of the product in other lines */
export function perOrderExceeded({ productId, productName, quantity, maxPerOrder }: LimitedProduct, others: number): Refusal {
  const allowed = Math.max(0, (maxPerOrder ?? 0) - others);
  const detail = `One order may have at most ${maxPerOrder} of ${productName}; this line may have ${allowed}, and ${quantity} were requested.`;
  const units = { requested: quantity, max_per_order: maxPerOrder, allowed };
  return new Refusal("max_per_order_exceeded", detail, {
    members: { lines: [{ product_id: productId, product_name: productName, ...units }] },
  });
}

/** The cart has no such line. */
export function itemNotFound(): Refusal {
  return new Refusal("not_found", "The cart has no such item.");
}

/** The lines that objects reported as short. Units that are available but promised to an earlier buyer in the queue are no shortage. */
export function shortageErrors(failed: readonly FailedRequest[], productNames: ReadonlyMap<string, string>): StockError[] {
  return failed.flatMap((answer) => {
    if (answer.outcome !== "short") return [];
    return answer.lines
      .filter(({ isBehind }) => !isBehind)
      .map(({ variantId, quantity: requested, available }) => {
        const { productId } = answer;
        return shortage({ productId, variantId, productName: productNames.get(variantId) ?? productId, requested, available });
      });
  });
}

/** Why the edit of one line failed and was undone. @param item the line as the edit wanted it */
export function reservationRefusal(
  failed: readonly FailedRequest[],
  item: CartItem | undefined,
  productNames: ReadonlyMap<string, string>,
  keyed: Keyed | undefined,
): Refusal {
  if (failed.some(({ outcome }) => outcome === "checking_out")) {
    return new Refusal("checking_out", "The cart is being checked out. Try again in a moment.", { retryAfterS: 1 });
  }
  const short = shortageErrors(failed, productNames);
  if (short.length > 0) return insufficientStock(short);
  const most = item && shareLimit(failed, item);
  if (most !== undefined) {
    if (isOfClient(failed)) {
      const detail = `Until they are paid, you may hold at most ${most} of this item in this cart at the moment; ${item?.quantity} were requested.`;
      const units = { requested: item?.quantity, allowed: most };
      const lines = [{ product_id: item?.productId, variant_id: item?.variantId, ...units }];
      return new Refusal("hold_share_exceeded", detail, { members: { lines } });
    }
    const detail = `A cart may hold at most ${most} of this item at the moment; ${item?.quantity} were requested.`;
    return new Refusal("more_than_share", detail, { members: { most } });
  }
  return unresolved("The stock did not answer in time.", keyed ? "same_key" : "again");
}

function isOfClient(failed: readonly FailedRequest[]): boolean {
  return failed.some((answer) => answer.outcome === "too_many" && answer.lines.some(({ ofClient }) => ofClient));
}

/** The most of a line that its cart may hold, where objects refused more than the cart's share of the available units. */
export function shareLimit(failed: readonly FailedRequest[], item: CartItem): number | undefined {
  const limits = failed.flatMap((answer) => {
    if (answer.outcome !== "too_many") return [];
    return answer.lines.flatMap(({ variantId, quantity, most }) => {
      const units = item.needs.filter((need) => need.variantId === variantId).reduce((sum, need) => sum + need.quantity, 0);
      if (units === 0) return [];
      const perItem = Math.ceil(units / item.quantity);
      // The units that other lines need are not available to this one.
      return [Math.max(0, Math.floor((most - (quantity - units)) / perItem))];
    });
  });
  return limits.length > 0 ? Math.min(...limits) : undefined;
}
