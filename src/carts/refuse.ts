import { Refusal, unresolved } from "../errors.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { shortage, type StockError, shortageProblem } from "../stock/rules/shortage.ts";
import type { Refused } from "./ask.ts";
import type { CartItem } from "./rules/cart.ts";

/** There is no such cart for who asks. */
export function noCart(): Refusal {
  return new Refusal("not_found", "There is no such cart.");
}

/** The cart has become an order. */
export function checkedOut(orderId: string): Refusal {
  return new Refusal("cart_checked_out", `The cart became the order ${orderId}.`, { members: { order_id: orderId } });
}

/** What was asked of the cart did not come about: others did something else with it, and it stands. */
export function overtaken(keyed: Keyed | undefined): Refusal {
  return unresolved("Others changed the cart at the same time; nothing was written.", keyed ? "same_key" : "again");
}

/** The refusal of an edit, with every line that is short. */
export function stockRefusal(stockErrors: StockError[]): Refusal {
  const { detail, members } = shortageProblem(stockErrors);
  return new Refusal("insufficient_stock", detail, { members });
}

/** The cart has no such line. */
export function noItem(): Refusal {
  return new Refusal("not_found", "The cart has no such item.");
}

/** Tells the lines that objects said to be short; units that are free and only promised to who came first are no shortage. */
export function shortageErrors(refused: readonly Refused[], names: ReadonlyMap<string, string>): StockError[] {
  return refused.flatMap((answer) => {
    if (answer.outcome !== "short") return [];
    return answer.lines
      .filter(({ isBehind }) => !isBehind)
      .map(({ variantId, quantity: requested, available }) => {
        const { productId } = answer;
        return shortage({ productId, variantId, productName: names.get(variantId) ?? productId, requested, available });
      });
  });
}

/** Why an edit of one line was not carried out; it was undone. @param item as it was wanted */
export function reservationRefusal(
  refused: readonly Refused[],
  item: CartItem | undefined,
  names: ReadonlyMap<string, string>,
  keyed: Keyed | undefined,
): Refusal {
  if (refused.some(({ outcome }) => outcome === "checking_out")) {
    return new Refusal("checking_out", "Units of the cart belong to an order that is being placed. Try again in a moment.", {
      retryAfterS: 1,
    });
  }
  const short = shortageErrors(refused, names);
  if (short.length > 0) return stockRefusal(short);
  const most = item && mostOf(refused, item);
  if (most !== undefined) {
    const detail = `One cart may have ${most} of it at this moment; ${item?.quantity} were asked for.`;
    return new Refusal("more_than_share", detail, { members: { most } });
  }
  if (refused.every(({ outcome }) => outcome === "over")) return overtaken(keyed);
  return unresolved("The stock did not answer in time.", keyed ? "same_key" : "again");
}

/** How many of a line its cart may have, where objects said that it would have more than its share. */
export function mostOf(refused: readonly Refused[], item: CartItem): number | undefined {
  const mosts = refused.flatMap((answer) => {
    if (answer.outcome !== "too_many") return [];
    return answer.lines.flatMap(({ variantId, quantity, most }) => {
      const units = item.needs.filter((need) => need.variantId === variantId).reduce((sum, need) => sum + need.quantity, 0);
      if (units === 0) return [];
      const each = Math.ceil(units / item.quantity);
      // What other lines need of it is theirs.
      return [Math.max(0, Math.floor((most - (quantity - units)) / each))];
    });
  });
  return mosts.length > 0 ? Math.min(...mosts) : undefined;
}
