import type { Caller, Deps } from "../deps.ts";
import { keyReused, Refusal } from "../errors.ts";
import { findAnswer } from "../writes/queries.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import { storedRankingQuery } from "../warehouses/rank-for.ts";
import type { Edge } from "../warehouses/rules/rank.ts";
import { decideMerge } from "./decide-merge.ts";
import { confirmEdit, type EditPlan, keepEdit, writeEdit } from "./edit.ts";
import { allotEdit, deleteItems } from "./edit-queries.ts";
import { cartSources, codesOf, findCart, findItems, findLosses, openCartOf } from "./queries.ts";
import { cartQueries, openedCart, shownCart } from "./read-cart.ts";
import { checkedOut, overtaken } from "./refuse.ts";
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
 * the account's cart asks for them, and for what else of it is not reserved: what others took is told, and stays in the cart.
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
  throw overtaken(keyed);
}

/** @returns `undefined` where somebody was faster */
async function claimOnce(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  request: ClaimRequest,
): Promise<ClaimedCart | undefined> {
  const reading = await readForClaim(deps, keyed, caller, request.cartId);
  const { guests, own, book, kept } = reading;
  const { userId } = caller;
  if (userId === undefined) throw new Refusal("forbidden", "Only an account can claim a cart.");
  if (kept && kept.requestHash !== keyed?.requestHash) throw keyReused();
  const isMine = guests.row.userId === userId;
  const isClaimed = isMine || kept !== undefined;
  if (!isClaimed) refuseOrdered(guests);
  const mine = own ?? (isMine ? guests : undefined);
  if (mine?.row.orderId === null) return mergeInto(deps, keyed, caller, { ...reading, own: mine }, request.edge);
  if (isClaimed) return shownClaim(deps, caller, mine ?? guests, book, kept !== undefined);
  const plan = attached(deps, guests, userId, book);
  const isWritten = await writeEdit(deps, plan, keyed, keyed ? [keepEdit(deps, keyed, {})] : []);
  return isWritten ? shownClaim(deps, caller, { ...guests, row: plan.row }, book) : undefined;
}

/** What became an order has nothing left to add, whatever the account has. */
function refuseOrdered({ row }: Cart): void {
  if (row.orderId !== null) throw checkedOut(row.orderId);
}

async function mergeInto(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { guests, own, book, rank, kept }: Reading & { own: Cart },
  edge: Edge | undefined,
): Promise<ClaimedCart | undefined> {
  const { cartId, userId } = guests.row;
  const replayed = kept !== undefined;
  // A repeat adds nothing, but asks once more for what could not be reserved.
  const added = replayed || userId === caller.userId ? [] : partLost(guests, deps.nowMs()).live;
  const { country, postalCode } = own.row;
  const { ranking } = rank({ country, postalCode: postalCode ?? undefined, edge }, { selfService: false });
  const reach = ranking.map(({ warehouse }) => warehouse.warehouseId);
  const merge = decideMerge(deps, { guests: guests.row, added, own, book, caller, ranking: reach });
  if (merge.plan.changes.length === 0) return shownClaim(deps, caller, own, book, replayed);
  const taken = added.map(({ variantId }) => variantId);
  const emptied = taken.length > 0 ? [allotEdit(guests.row, merge.emptied), deleteItems(cartId, taken)] : [];
  const keeping = keyed && !replayed ? [keepEdit(deps, keyed, {})] : [];
  if (!(await writeEdit(deps, merge.plan, keyed, [...emptied, ...keeping]))) return undefined;
  const { answers, notReserved } = await reserveMerged(deps, merge);
  const { items } = await confirmEdit(deps, merge.plan, answers, keyed);
  const { row, losses } = merge.plan;
  return { ...(await shownClaim(deps, caller, { row, items, losses }, book, replayed)), notReserved };
}

type Reading = Awaited<ReturnType<typeof readForClaim>>;

async function readForClaim(deps: Deps, keyed: Keyed | undefined, caller: Caller, cartId: string) {
  const { country } = deps.config;
  const { userId = "" } = caller;
  const open = openCartOf(userId);
  const sources = cartSources(open);
  const { row, items, losses, book, ownRow, ownItems, ownLosses, rank, kept } = await deps.db.batch("read carts to merge", {
    ...cartQueries(deps, cartId, { promoCodes: codesOf([cartId, open]), customerId: userId }),
    ownRow: findCart(open, country),
    ownItems: findItems(open),
    ownLosses: findLosses(open),
    rank: storedRankingQuery(deps, sources.country, sources.postalCode),
    kept: findAnswer(keyed?.id ?? ""),
  });
  const guests = openedCart(row, items, losses, { ...caller, may: () => false });
  const own: Cart | undefined = ownRow && { row: ownRow, items: ownItems, losses: ownLosses };
  return { guests, own, book, rank, kept: keyed && kept };
}

/** The guest's cart as the account's own: a number of its own keeps it from meeting an edit at the same time. */
function attached(deps: Deps, { row, items, losses }: Cart, userId: string, book: PriceBook): EditPlan {
  const after = { ...row, userId, editNo: row.editNo + 1, updatedAtMs: deps.nowMs() };
  return { read: row, row: after, items, changes: [], hasLost: false, losses, ranking: [], names: new Map(), book };
}

async function shownClaim(deps: Deps, caller: Caller, cart: Cart, book: PriceBook, replayed = false): Promise<ClaimedCart> {
  return { view: await shownCart(deps, caller, cart, book), notReserved: [], replayed };
}
