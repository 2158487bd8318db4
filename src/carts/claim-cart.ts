import type { Caller, Deps } from "../deps.ts";
import { keyReused, Refusal } from "../errors.ts";
import { storedRankingQuery } from "../warehouses/ranking.ts";
import type { Edge } from "../warehouses/rules/rank.ts";
import { findAnswer } from "../writes/queries.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { bindKeyToEdit, confirmEdit, type EditPlan, retryOvertaken, writeEdit } from "./apply-edit.ts";
import { allotEdit, deleteItems } from "./edit-queries.ts";
import { planMerge } from "./plan-merge.ts";
import { cartSources, codesOf, findCart, findItems, findLosses, openCartOf } from "./queries.ts";
import type { CartBook } from "./price-cart.ts";
import { cartCheckedOut } from "./refusals.ts";
import { reserveMerged, type UnreservedItem } from "./reserve-merged.ts";
import { type Cart, splitExpired } from "./rules/cart.ts";
import type { CartView } from "./rules/view.ts";
import { cartQueries, presentCart, requireCart } from "./show-cart.ts";

export interface ClaimRequest {
  cartId: string;
  edge: Edge | undefined;
}

export interface ClaimedCart {
  view: CartView;
  notReserved: UnreservedItem[];
  replayed: boolean;
}

/**
 * Attaches a guest's cart to the signed-in account. If the account has an open cart, one batch of D1 moves the guest's lines into it,
 * quantities summed, and empties the guest's cart, so that a repeat adds nothing. Then the guest's units are released and reserved for the
 * account's cart, together with its own unreserved lines. What cannot be reserved stays in the cart and is listed in `notReserved`.
 * @throws Refusal `not_found`, `cart_checked_out`, `unresolved`, `idempotency_key_reused`, and all that `planMerge` throws
 */
export function claimCart(deps: Deps, keyed: Keyed | undefined, caller: Caller, request: ClaimRequest): Promise<ClaimedCart> {
  return retryOvertaken(keyed, () => claimOnce(deps, keyed, caller, request));
}

/** @returns `undefined` where a concurrent change was written first */
async function claimOnce(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  request: ClaimRequest,
): Promise<ClaimedCart | undefined> {
  const reading = await readCarts(deps, keyed, caller, request.cartId);
  const { guestCart, openCart, book, kept } = reading;
  const { userId } = caller;
  if (userId === undefined) throw new Refusal("forbidden", "Only a signed-in account can claim a cart.");
  if (kept && kept.requestHash !== keyed?.requestHash) throw keyReused();
  const isAttached = guestCart.row.userId === userId;
  const isRepeat = isAttached || kept !== undefined;
  if (!isRepeat) refuseOrdered(guestCart);
  const accountCart = openCart ?? (isAttached ? guestCart : undefined);
  if (accountCart?.row.orderId === null) return mergeCarts(deps, keyed, caller, { ...reading, accountCart }, request.edge);
  if (isRepeat) return claimedCart(deps, caller, accountCart ?? guestCart, book, kept !== undefined);
  const plan = attachmentPlan(deps, guestCart, userId, book);
  const isWritten = await writeEdit(deps, plan, keyed, keyed ? [bindKeyToEdit(deps, keyed, {})] : []);
  return isWritten ? claimedCart(deps, caller, { ...guestCart, row: plan.row }, book) : undefined;
}

/** A cart that became an order has no lines left to add. */
function refuseOrdered({ row }: Cart): void {
  if (row.orderId !== null) throw cartCheckedOut(row.orderId);
}

async function mergeCarts(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { guestCart, accountCart, book, rank, kept }: CartsReading & { accountCart: Cart },
  edge: Edge | undefined,
): Promise<ClaimedCart | undefined> {
  const { cartId, userId } = guestCart.row;
  const replayed = kept !== undefined;
  // A repeat adds nothing, but tries again to reserve the unreserved lines.
  const added = replayed || userId === caller.userId ? [] : splitExpired(guestCart, deps.nowMs()).live;
  const { country, postalCode } = accountCart.row;
  const ranked = rank({ country, postalCode: postalCode ?? undefined, edge }, { selfService: false });
  const ranking = ranked.ranking.map(({ warehouse }) => warehouse.warehouseId);
  const plan = planMerge(deps, { guestCart: guestCart.row, added, accountCart, book, caller, ranking });
  if (plan.edit.changes.length === 0) return claimedCart(deps, caller, accountCart, book, replayed);
  const moved = added.map(({ variantId }) => variantId);
  const emptying = moved.length > 0 ? [allotEdit(guestCart.row, plan.emptied), deleteItems(cartId, moved)] : [];
  const binding = keyed && !replayed ? [bindKeyToEdit(deps, keyed, {})] : [];
  if (!(await writeEdit(deps, plan.edit, keyed, [...emptying, ...binding]))) return undefined;
  const { result, notReserved } = await reserveMerged(deps, plan);
  const { items } = await confirmEdit(deps, plan.edit, result, keyed);
  const { row, losses } = plan.edit;
  return { ...(await claimedCart(deps, caller, { row, items, losses }, book, replayed)), notReserved };
}

type CartsReading = Awaited<ReturnType<typeof readCarts>>;

async function readCarts(deps: Deps, keyed: Keyed | undefined, caller: Caller, cartId: string) {
  const { country } = deps.config;
  const { userId = "" } = caller;
  const open = openCartOf(userId);
  const sources = cartSources(open);
  const read = await deps.db.batch("read carts to merge", {
    ...cartQueries(deps, cartId, { promoCodes: codesOf([cartId, open]), customerId: userId }),
    openRow: findCart(open, country),
    openItems: findItems(open),
    openLosses: findLosses(open),
    rank: storedRankingQuery(deps, sources.country, sources.postalCode),
    kept: findAnswer(keyed?.id ?? ""),
  });
  const { row, items, losses, openRow, openItems, openLosses, book, rank, kept } = read;
  const guestCart = requireCart(row, items, losses, { ...caller, may: () => false });
  const openCart: Cart | undefined = openRow && { row: openRow, items: openItems, losses: openLosses };
  return { guestCart, openCart, book, rank, kept: keyed && kept };
}

/** Makes the guest's cart the account's. It takes an edit number, so that of a concurrent edit and this only one is written. */
function attachmentPlan(deps: Deps, { row, items, losses }: Cart, userId: string, book: CartBook): EditPlan {
  const after = { ...row, userId, editNo: row.editNo + 1, updatedAtMs: deps.nowMs() };
  return { read: row, row: after, items, changes: [], hasExpired: false, losses, ranking: [], productNames: new Map(), book };
}

async function claimedCart(deps: Deps, caller: Caller, cart: Cart, book: CartBook, replayed = false): Promise<ClaimedCart> {
  return { view: await presentCart(deps, caller, cart, book), notReserved: [], replayed };
}
