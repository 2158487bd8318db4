import type { Caller, Deps } from "../deps.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { normalisePostalCode } from "../warehouses/rules/postal-code.ts";
import { insertCart } from "./edit-queries.ts";
import { findCart, openCartOf } from "./queries.ts";
import type { CartView } from "./rules/view.ts";
import { showCart } from "./show-cart.ts";

/** The destination, as far as the shopper gave one. */
export interface CartDestination {
  country: string | undefined;
  postalCode: string | undefined;
}

/**
 * Creates a cart, or returns the customer's open one. Repeated with its key it returns the cart as it is now.
 * @throws Refusal `unresolved`, `idempotency_key_reused`; `not_found` where another account claimed the key's cart; and what the challenge refuses
 */
export async function createCart(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { country = deps.config.country, postalCode }: CartDestination,
): Promise<Written<CartView>> {
  const userId = caller.role === "customer" ? (caller.userId ?? null) : null;
  const plan = async (): Promise<Plan<string>> => {
    const { open } = await deps.db.batch("find open cart", {
      open: userId === null ? undefined : findCart(openCartOf(userId), country),
    });
    if (open) return { queries: [], changes: [], answer: open.cartId, status: 200 };
    await deps.challenge?.(keyed?.id);
    const nowMs = deps.nowMs();
    const cart = {
      cartId: `CRT${deps.newId()}`,
      generation: 1,
      orderId: null,
      userId,
      editNo: 0,
      country,
      postalCode: postalCode === undefined ? null : normalisePostalCode(country, postalCode),
      promoCode: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    const change = { action: "cart.create", recordType: "cart", recordId: cart.cartId, after: cart };
    return { queries: [insertCart(cart)], changes: [change], answer: cart.cartId, status: 201 };
  };
  // If another request creates the account's cart at the same time, the second attempt finds that cart.
  const { answer: cartId, ...written } = await writeGuarded(deps, keyed, "carts.user_id", plan);
  return { ...written, answer: await showCart(deps, caller, cartId) };
}
