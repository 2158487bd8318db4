import { findSellableComponents, findSellables } from "../catalog/queries.ts";
import type { Caller, Deps } from "../deps.ts";
import { keyReused } from "../errors.ts";
import { orderLines } from "../pricing/rules/lines.ts";
import { verifyTier } from "../pricing/verify-tier.ts";
import type { Tier } from "../rules/rights.ts";
import { storedRankingQuery } from "../warehouses/ranking.ts";
import { findAnswer, type KeptAnswer } from "../writes/queries.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { bindKeyToEdit, confirmEdit, type EditPlan, reserveEdit, retryOvertaken, undoEdit, writeEdit } from "./apply-edit.ts";
import { markAcknowledged } from "./edit-queries.ts";
import { type EditReading, type ItemEdit, planEdit, supplyOf } from "./plan-edit.ts";
import { cartSources, codesOf } from "./queries.ts";
import { cartCheckedOut, reservationRefusal } from "./refusals.ts";
import { type CartItem, splitExpired } from "./rules/cart.ts";
import type { CartView } from "./rules/view.ts";
import { cartQueries, presentCart, requireCart } from "./show-cart.ts";

/** What a key stores of its edit: the number that D1 allotted, and the line before it. */
interface StoredEdit {
  editNo: number;
  variantId: string;
  before: CartItem | null;
}

export interface EditedCart {
  view: CartView;
  replayed: boolean;
}

/**
 * Sets the quantity of a variant in a cart and reserves it. A line that exists keeps its promo code unless the request names another.
 * @param tier requested; default: the caller's own
 * @throws Refusal `tier_not_verified`, and all that `editItem` throws
 */
export async function addItem(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { tier, ...edit }: Omit<ItemEdit, "kind" | "tier"> & { tier: Tier | undefined },
): Promise<EditedCart> {
  return editItem(deps, keyed, caller, { ...edit, kind: "put", tier: verifyTier(caller, tier) });
}

/**
 * Changes a line that the cart has.
 * @param tier requested; default: the line's own
 * @throws Refusal `tier_not_verified`, and all that `editItem` throws
 */
export async function changeItem(
  deps: Deps,
  keyed: Keyed | undefined,
  caller: Caller,
  { tier, ...edit }: Omit<ItemEdit, "kind" | "tier"> & { tier: Tier | undefined },
): Promise<EditedCart> {
  const chosen = tier === undefined ? {} : { tier: verifyTier(caller, tier) };
  return editItem(deps, keyed, caller, { ...edit, kind: "change", ...chosen });
}

/**
 * Edits one line in four hops, whatever the number of lines (K0): read, write the line, call the objects, confirm. If an object refuses,
 * the edit is undone. Repeated with its key it returns the cart as it is now.
 * @throws Refusal `insufficient_stock`, `more_than_share`, `checking_out`, `cart_checked_out`, `idempotency_key_reused`, `unresolved`, and
 *   all that `planEdit` throws
 */
export function editItem(deps: Deps, keyed: Keyed | undefined, caller: Caller, edit: ItemEdit): Promise<EditedCart> {
  return retryOvertaken(keyed, () => editOnce(deps, keyed, caller, edit));
}

/** @returns `undefined` where a concurrent change was written first */
async function editOnce(deps: Deps, keyed: Keyed | undefined, caller: Caller, edit: ItemEdit): Promise<EditedCart | undefined> {
  const { kept, ...reading } = await readForEdit(deps, keyed, caller, edit);
  const { cart, book } = reading;
  const stored = kept && storedEdit(kept, keyed);
  const unfinished = stored && resumedPlan(deps, reading, stored);
  if (stored && !unfinished) {
    if (edit.kind === "remove" && !(await acknowledgeRemoval(deps, keyed))) return undefined;
    return { view: await presentCart(deps, caller, cart, book), replayed: true };
  }
  if (cart.row.orderId !== null) throw cartCheckedOut(cart.row.orderId);
  const plan = unfinished ?? planEdit(deps, reading, edit);
  const binding = keyed && !unfinished ? [bindKeyToEdit(deps, keyed, toStoredEdit(plan))] : [];
  const isWritten = unfinished !== undefined || (await writeEdit(deps, plan, keyed, binding));
  const view = isWritten ? await reserveAndConfirm(deps, caller, plan, edit, keyed) : undefined;
  return view && { view, replayed: false };
}

async function readForEdit(deps: Deps, keyed: Keyed | undefined, caller: Caller, edit: ItemEdit) {
  const { cartId, wanted, edge } = edit;
  const promoCodes = codesOf([cartId], edit.promoCode ? [edit.promoCode] : []);
  const stored = cartSources(cartId);
  const read = await deps.db.batch("read cart to edit", {
    ...cartQueries(deps, cartId, { promoCodes }),
    sellables: findSellables([wanted]),
    components: findSellableComponents([wanted]),
    rank: storedRankingQuery(deps, edit.country ?? stored.country, edit.postalCode ?? stored.postalCode),
    kept: findAnswer(keyed?.id ?? ""),
  });
  const { row, items, losses, book, sellables, components, rank, kept } = read;
  return {
    cart: requireCart(row, items, losses, caller),
    book,
    soldOf: (quantity: number) => orderLines([{ ...wanted, quantity }], sellables, components),
    rank: (destination: { country: string; postalCode?: string | undefined }) =>
      rank({ ...destination, edge }, { selfService: false }),
    kept: keyed && kept,
  };
}

function storedEdit({ requestHash, answer }: KeptAnswer, keyed: Keyed | undefined): StoredEdit {
  if (requestHash !== keyed?.requestHash) throw keyReused();
  return JSON.parse(answer) as StoredEdit;
}

function toStoredEdit({ row: { editNo }, changes: [change] }: EditPlan): StoredEdit {
  return { editNo, variantId: change?.variantId ?? "", before: change?.before ?? null };
}

/** A removed line leaves no trace in D1, so its key must say that the removal was acknowledged. @returns false where it was undone meanwhile */
async function acknowledgeRemoval(deps: Deps, keyed: Keyed | undefined): Promise<boolean> {
  const { acknowledged } = await deps.db.batch("acknowledge removal", { acknowledged: markAcknowledged(keyed?.id ?? "") });
  return acknowledged > 0;
}

/**
 * The plan of an edit that its key began and no Worker completed: it is carried out again under its own number (K0).
 * @returns `undefined` where the edit is complete, or a later edit wrote the line
 */
function resumedPlan(deps: Deps, reading: EditReading, { editNo, variantId, before }: StoredEdit): EditPlan | undefined {
  const { cart, book } = reading;
  const { live } = splitExpired(cart, deps.nowMs());
  const after = live.find((item) => item.variantId === variantId && item.editNo === editNo);
  if (cart.row.orderId !== null || !after || after.reservedUntilMs !== null || after.reservedSinceMs === null) return undefined;
  return {
    read: cart.row,
    row: { ...cart.row, editNo },
    items: live,
    hasExpired: false,
    losses: cart.losses,
    book,
    changes: [{ variantId, before: before ?? undefined, after }],
    ...supplyOf(reading, cart.row),
  };
}

/**
 * Third and fourth hop; if an object refuses, the edit is undone and the refusal thrown. All attempts with one key share the edit's number.
 * @returns `undefined` where another attempt with the key came to the opposite result first: the edit has to be planned anew
 */
async function reserveAndConfirm(
  deps: Deps,
  caller: Caller,
  plan: EditPlan,
  edit: ItemEdit,
  keyed: Keyed | undefined,
): Promise<CartView | undefined> {
  const result = await reserveEdit(deps, plan);
  // D1 has deleted a removed line already. An object that was not reached releases its units when they expire.
  const blocking = result.failed.filter(({ outcome }) => edit.kind !== "remove" || outcome === "checking_out");
  if (blocking.length > 0 && blocking.every(({ outcome }) => outcome === "superseded"))
    return keyed
      ? replanSuperseded(deps, plan, keyed)
      : ((await showSuperseded(deps, caller, plan)) ?? replanSuperseded(deps, plan));
  if (blocking.length > 0) {
    // If every object refused at the first call because of a checkout, it still holds the old units: their time and price stay valid.
    const isUntouched =
      result.levels.length === 0 && result.failed.every((each) => each.outcome === "checking_out" && each.isNew);
    if (!(await undoEdit(deps, plan, keyed, isUntouched))) return undefined;
    throw reservationRefusal(blocking, plan.changes[0]?.after, plan.productNames, keyed);
  }
  const { items, stands } = await confirmEdit(deps, plan, result, keyed);
  if (!stands) return undefined;
  return presentCart(deps, caller, { row: plan.row, items, losses: plan.losses }, plan.book);
}

/**
 * The object had seen a later edit of the cart first (K0). Where that one has written the line, this one came before it and is complete:
 * the cart is shown as it is now.
 * @returns `undefined` where the line is still this edit's
 */
async function showSuperseded(deps: Deps, caller: Caller, { row, changes: [change] }: EditPlan): Promise<CartView | undefined> {
  const read = await deps.db.batch("read superseding edit", cartQueries(deps, row.cartId));
  const cart = requireCart(read.row, read.items, read.losses, caller);
  const line = cart.items.find(({ variantId }) => variantId === change?.variantId);
  return line?.editNo === row.editNo ? undefined : presentCart(deps, caller, cart, read.book);
}

/** Undoes what is left of an edit that was superseded; it is then planned anew, or its key says how it ended. */
async function replanSuperseded(deps: Deps, plan: EditPlan, keyed?: Keyed): Promise<undefined> {
  await undoEdit(deps, plan, keyed);
}
