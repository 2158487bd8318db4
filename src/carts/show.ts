import type { Caller, Deps } from "../deps.ts";
import { cartQueries, openedCart, shownCart } from "./read-cart.ts";
import type { CartView } from "./rules/view.ts";

/**
 * Shows a cart in one hop, with what happened to it since it was shown last.
 * @throws Refusal `not_found`
 */
export async function showCart(deps: Deps, caller: Caller, cartId: string): Promise<CartView> {
  const { row, items, losses, book } = await deps.db.batch("show cart", cartQueries(deps, cartId));
  return shownCart(deps, caller, openedCart(row, items, losses, caller), book);
}
