import type { Caller, Deps } from "../deps.ts";
import { keyReused, Refusal, unresolved } from "../errors.ts";
import { findAnswer } from "../events/queries.ts";
import type { Keyed } from "../events/write-once.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import { storedRankingQuery } from "../warehouses/rank-for.ts";
import type { Edge } from "../warehouses/rules/rank.ts";
import { decideMerge, type Merge } from "./decide-merge.ts";
import { confirmEdit, type EditPlan, keepEdit, writeEdit } from "./edit.ts";
import { allotEdit, deleteItems } from "./edit-queries.ts";
import { cartSources, codesOf, findCart, findItems, findLosses, openCartOf } from "./queries.ts";
import { cartQueries, openedCart, shownCart } from "./read-cart.ts";
import { checkedOut } from "./refuse.ts";
import { type Unreserved, reserveMerged } from "./reserve-merged.ts";
import { type Cart, partLost } from "./rules/cart.ts";
import type { CartView } from "./rules/view.ts";

/** How often a claim is decided anew because others changed one of the carts in between. */
const MAX_ATTEMPTS = 5;

/** Which cart is claimed, and from where. */
export interface ClaimRequest {
  cartId: string;
  edge: Edge | undefined;
}

export interface ClaimedCart {
  view: CartView;
  notReserved: Unreserved[];
  replayed: boolean;
}

/**
 * Attaches a guest's cart to the account that is signed in. Where the account has an open cart, the guest's lines go into it in one batch
 * of D1, quantities added, and the guest's is empty after it, so that a repeat adds nothing. Then the guest's units are given back, and
 * the account's cart asks for them: what others take in between is told, and stays in the cart.
 * @throws Refusal `not_found`, `cart_checked_out`, `unresolved`, `idempotency_key_reused`, and what `decideMerge` refuses
 */
export async function claimCart(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  request: ClaimRequest,
): Promise<ClaimedCart> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const claimed = await claimOnce(deps, keyed, caller, request);
    if (claimed) return claimed;
  }
  throw unresolved("Others changed the cart at the same time; nothing was written.", keyed ? "same_key" : "again");
}

/** @returns `undefined` where somebody was faster */
async function claimOnce(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { cartId, edge }: ClaimRequest,
): Promise<ClaimedCart | undefined> {
  const { guests, own, book, rank, kept } = await readForClaim(deps, keyed, caller, cartId);
  const { userId } = caller;
  if (userId === undefined) throw new Refusal("forbidden", "Only an account can claim a cart.");
  if (kept && kept.requestHash !== keyed?.requestHash) throw keyReused();
  const isDone = kept !== undefined || guests.row.userId === userId;
  if (isDone) return shownClaim(deps, own ?? guests, book, { replayed: kept !== undefined });
  if (guests.row.orderId !== null) throw checkedOut(guests.row);
  const isEmpty = partLost(guests, deps.nowMs()).live.length === 0;
  if (own && isEmpty) return shownClaim(deps, own, book);
  const keeping = keyed ? [keepEdit(deps, keyed, {})] : [];
  if (!own) {
    const plan = attached(deps, guests, userId, book);
    return (await writeEdit(deps, plan, keyed, keeping)) ? shownClaim(deps, { ...guests, row: plan.row }, book) : undefined;
  }
  const merge = decideMerge(deps, { guests, own, book, caller, ranking: rankingFor(own, rank, edge) });
  const emptied = [allotEdit(guests.row, merge.emptied), deleteItems(cartId, merge.variantIds)];
  const isWritten = await writeEdit(deps, merge.plan, keyed, [...emptied, ...keeping]);
  return isWritten ? carryOutMerge(deps, merge, keyed) : undefined;
}

type Reading = Awaited<ReturnType<typeof readForClaim>>;

function rankingFor({ row: { country, postalCode } }: Cart, rank: Reading["rank"], edge: Edge | undefined): string[] {
  const { ranking } = rank({ country, postalCode: postalCode ?? undefined, edge }, { selfService: false });
  return ranking.map(({ warehouse }) => warehouse.warehouseId);
}

async function readForClaim(deps: Deps, keyed: Keyed | undefined, caller: Caller, cartId: string) {
  const { country } = deps.config;
  const { userId = "" } = caller;
  const open = openCartOf(userId);
  const sources = cartSources(open);
  const [row, items, losses, book, ownRow, ownItems, ownLosses, rank, kept] = await deps.db.batch(
    ...cartQueries(deps, cartId, { moreCodes: codesOf(cartId, open), customerId: userId }),
    findCart(open, country),
    findItems(open),
    findLosses(open),
    storedRankingQuery(deps, sources.country, sources.postalCode),
    findAnswer(keyed?.id ?? ""),
  );
  const guests = openedCart(row, items, losses, { ...caller, may: () => false });
  const own: Cart | undefined = ownRow && { row: ownRow, items: ownItems, losses: ownLosses };
  return { guests, own, book, rank, kept: keyed && kept };
}

/** The guest's cart as the account's own: a number of its own keeps it from meeting an edit at the same time. */
function attached(deps: Deps, { row, items, losses }: Cart, userId: string, book: PriceBook): EditPlan {
  const after = { ...row, userId, editNo: row.editNo + 1, updatedAtMs: deps.nowMs() };
  return { read: row, row: after, items, changes: [], hasLost: false, losses, ranking: [], names: new Map(), book };
}

async function carryOutMerge(deps: Deps, merge: Merge, keyed: Keyed | undefined): Promise<ClaimedCart> {
  const { answers, notReserved } = await reserveMerged(deps, merge);
  const { plan } = merge;
  const items = await confirmEdit(deps, plan, answers, keyed);
  return { ...shownClaim(deps, { row: plan.row, items, losses: plan.losses }, plan.book), notReserved };
}

function shownClaim(deps: Deps, cart: Cart, book: PriceBook, { replayed } = { replayed: false }): ClaimedCart {
  return { view: shownCart(deps, cart, book), notReserved: [], replayed };
}
