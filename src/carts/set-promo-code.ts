import type { Caller, Deps } from "../deps.ts";
import { keyReused } from "../errors.ts";
import { findAnswer } from "../writes/queries.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { bindKeyToEdit, type EditPlan, retryOvertaken, writeEdit } from "./apply-edit.ts";
import type { EditedCart } from "./edit-item.ts";
import { repriceItems } from "./edit-queries.ts";
import { priceItems } from "./price-cart.ts";
import { codesOf } from "./queries.ts";
import { cartCheckedOut } from "./refusals.ts";
import { codeOf, lossesOf, splitExpired } from "./rules/cart.ts";
import { cartQueries, presentCart, requireCart } from "./show-cart.ts";

/** The code that a cart shall have, in upper case; null for none. */
export interface PromoCodeRequest {
  cartId: string;
  promoCode: string | null;
}

/**
 * Sets the promo code of a cart, or removes it. No units are reserved or released: it is one write of D1, as an edit of its own, so that a
 * checkout that has quoted other prices records nothing.
 * @throws Refusal `not_found`, `cart_checked_out`, `idempotency_key_reused`, `unresolved`
 */
export function setPromoCode(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  request: PromoCodeRequest,
): Promise<EditedCart> {
  return retryOvertaken(keyed, () => setOnce(deps, keyed, caller, request));
}

/** @returns `undefined` where a concurrent change was written first */
async function setOnce(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { cartId, promoCode }: PromoCodeRequest,
): Promise<EditedCart | undefined> {
  const promoCodes = codesOf([cartId], promoCode === null ? [] : [promoCode]);
  const { row, items, losses, book, kept } = await deps.db.batch("read cart for its promo code", {
    ...cartQueries(deps, cartId, { promoCodes }),
    kept: findAnswer(keyed?.id ?? ""),
  });
  const cart = requireCart(row, items, losses, caller);
  if (keyed && kept && kept.requestHash !== keyed.requestHash) throw keyReused();
  const isRepeat = keyed !== undefined && kept !== undefined;
  if (isRepeat || (cart.row.orderId === null && codeOf(cart) === promoCode)) {
    return { view: await presentCart(deps, caller, cart, book), replayed: isRepeat };
  }
  if (cart.row.orderId !== null) throw cartCheckedOut(cart.row.orderId);
  const { live, expired } = splitExpired(cart, deps.nowMs());
  const after = { ...cart.row, promoCode: promoCode ?? "", editNo: cart.row.editNo + 1, updatedAtMs: deps.nowMs() };
  const priced = priceItems(deps, after, live, book);
  const unseen = [...losses, ...lossesOf(expired)];
  const plan: EditPlan = {
    read: cart.row,
    row: after,
    items: priced,
    changes: [],
    hasExpired: expired.length > 0,
    losses: unseen,
    ranking: [],
    productNames: new Map(),
    book,
  };
  const binding = keyed ? [bindKeyToEdit(deps, keyed, {})] : [];
  if (!(await writeEdit(deps, plan, keyed, [repriceItems(cartId, priced), ...binding]))) return undefined;
  return { view: await presentCart(deps, caller, { row: after, items: priced, losses: unseen }, book), replayed: false };
}
