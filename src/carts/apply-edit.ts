import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { type Refusal, unresolved } from "../errors.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { findAnswer, keepAnswer } from "../writes/queries.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import { auditOf } from "../writes/write-once.ts";
import { allotEdit, confirmItems, deleteItems, repriceItems, undoItems, upsertItems } from "./edit-queries.ts";
import { deleteExpiredItems } from "./loss-queries.ts";
import { findCart, findItems } from "./queries.ts";
import type { CartBook } from "./price-cart.ts";
import { concurrentChange } from "./refusals.ts";
import { type FailedRequest, type ReservationResult, reservationTerms, reserveUnits } from "./reserve.ts";
import { type CartRow, type DetailedItem, type Loss, splitExpired, type StockNeed } from "./rules/cart.ts";
import { auditChange, type ItemChange } from "./rules/edit.ts";
import { reservationExtensions, reservationRequests, settleItems } from "./rules/reservation.ts";

/**
 * How often an edit is planned anew because of concurrent changes of the cart. At each turn one of them is written, so this many at once
 * all are.
 */
const MAX_ATTEMPTS = 40;
/** The pause before an edit is planned anew is random, so that those at once do not meet again, and grows up to this. */
const MAX_PAUSE_MS = 200;
const PAUSE_STEP_MS = 10;

/** An edit as it was planned from D1, before any object is called. */
export interface EditPlan {
  /** The cart as it was read. */
  read: CartRow;
  /** The cart as it is written, with the edit's number. */
  row: CartRow;
  /** All lines after the edit; those that it writes have its number and are not reserved yet. */
  items: DetailedItem[];
  changes: ItemChange[];
  /** Whether there are expired lines, which the edit deletes. */
  hasExpired: boolean;
  losses: Loss[];
  /** Warehouse ids that may supply, nearest first. */
  ranking: string[];
  /** Product names by variant, for refusals. */
  productNames: ReadonlyMap<string, string>;
  book: CartBook;
}

/**
 * Repeats an edit while concurrent changes of the cart overtake it.
 * @param attempt returns `undefined` where it was overtaken
 * @throws Refusal `unresolved` after `MAX_ATTEMPTS`
 */
export async function retryOvertaken<T>(keyed: Keyed | undefined, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let count = 1; count <= MAX_ATTEMPTS; count += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (count > 1) await pause(Math.random() * Math.min(count * PAUSE_STEP_MS, MAX_PAUSE_MS));
  }
  throw concurrentChange(keyed);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Second hop: D1 allots the edit's number and stores the lines, so that the next edit sees them.
 * @param more statements of the same batch
 * @returns false where a concurrent change was written first: the edit has to be planned anew
 * @throws Refusal `unresolved` where D1 did not answer
 */
export async function writeEdit(
  deps: Deps,
  plan: EditPlan,
  keyed: Keyed | undefined,
  more: readonly Query<unknown>[],
): Promise<boolean> {
  const { read, row, changes } = plan;
  const { cartId } = row;
  const written = changes.flatMap(({ after }) => (after ? [after] : []));
  const removed = changes.filter(({ after }) => !after).map(({ variantId }) => variantId);
  try {
    await deps.db.batch("write edit", {
      editNo: allotEdit(read, row),
      expired: plan.hasExpired ? deleteExpiredItems(cartId, deps.nowMs()) : [],
      written: written.length > 0 ? upsertItems(cartId, written) : undefined,
      removed: removed.length > 0 ? deleteItems(cartId, removed) : undefined,
      more,
      audit: auditOf(deps, auditChange("edit", cartId, changes)),
    });
    return true;
  } catch (error) {
    if (["carts.edit_no", "carts.user_id", "idempotency.id"].includes(failedConstraint(error) ?? "")) return false;
    throw databaseSilent(keyed, error);
  }
}

/** Binds a key to the number of its edit (K0). @param stored what a retry needs to resume or undo the edit */
export function bindKeyToEdit(deps: Deps, { id, requestHash }: Keyed, stored: object): Query<number> {
  return keepAnswer(id, { requestHash, status: 200, answer: JSON.stringify(stored) }, deps.nowMs());
}

/** Third hop: one call to each object, all at once. */
export function reserveEdit(deps: Deps, plan: EditPlan): Promise<ReservationResult> {
  const { row, items, ranking } = plan;
  const terms = reservationTerms(deps);
  const requests = reservationRequests(items, needsOfEdit(plan), terms);
  return reserveUnits(deps, row, ranking, requests, reservationExtensions(items, row.editNo, terms));
}

/** The stock that an edit affects: what its lines need, and what they needed before. */
export function needsOfEdit({ changes }: EditPlan): StockNeed[] {
  return changes.flatMap(({ before, after }) => [...(before?.needs ?? []), ...(after?.needs ?? [])]);
}

/**
 * Fourth hop: writes the objects' answers to D1, except to lines that a later edit wrote.
 * @returns the lines as they are now; `stands` is false where another attempt with the key has undone the edit
 */
export async function confirmEdit(
  deps: Deps,
  { row, items }: Pick<EditPlan, "row" | "items">,
  { held, levels, failed }: ReservationResult,
  keyed: Keyed | undefined,
): Promise<{ items: DetailedItem[]; stands: boolean }> {
  const short = failed.filter(({ outcome }) => outcome === "short" || outcome === "too_many");
  const products = { refused: productIdsIn(short), notSet: productIdsIn(failed) };
  const settled = settleItems(items, row.editNo, held, products, reservationTerms(deps));
  const current = items.map((item) => {
    const change = settled.find(({ variantId }) => variantId === item.variantId);
    return change ? { ...item, reservedUntilMs: change.untilMs, reservedSinceMs: change.sinceMs } : item;
  });
  const confirmed = settled.flatMap((each) => {
    const item = items.find(({ variantId }) => variantId === each.variantId);
    return item ? [{ ...each, discounts: item.discounts, isClosed: item.isClosed }] : [];
  });
  // The edit may have changed what rules of the whole cart take off the other lines.
  const others = items.filter(({ variantId }) => !settled.some((each) => each.variantId === variantId));
  const { key } = await deps.db
    .batch("confirm edit", {
      key: keyed ? findAnswer(keyed.id) : undefined,
      confirmed: confirmItems(row, confirmed, levels, deps.nowMs()),
      repriced: others.length > 0 ? repriceItems(row.cartId, others) : undefined,
    })
    .catch((error: unknown) => {
      throw databaseSilent(keyed, error);
    });
  return { items: current, stands: keyed === undefined || key !== undefined };
}

function productIdsIn(failed: readonly FailedRequest[]): Set<string> {
  return new Set(failed.map(({ productId }) => productId));
}

/**
 * Undoes an edit that the objects refused: D1 restores the lines under a number of their own, and the objects get them. If that is cut
 * short, the units that they hold expire.
 * @returns false where another attempt with the key has completed the edit meanwhile: then nothing is undone
 */
export async function undoEdit(deps: Deps, plan: EditPlan, keyed: Keyed | undefined, isUntouched = false): Promise<boolean> {
  const { cartId } = plan.row;
  const nowMs = deps.nowMs();
  const reverted = plan.changes.map(({ variantId, before, after }) => ({ variantId, before: after, after: before }));
  const { key, row, items } = await deps.db
    .batch("undo edit", {
      undone: undoItems(plan.row, plan.changes, keyed?.id, nowMs, isUntouched, plan.read.promoCode),
      row: findCart(cartId, deps.config.country),
      items: findItems(cartId),
      key: findAnswer(keyed?.id ?? ""),
      audit: auditOf(deps, auditChange("undo_edit", cartId, reverted)),
    })
    .catch((error: unknown) => {
      throw databaseSilent(keyed, error);
    });
  if (key) return false;
  if (!row || row.orderId !== null) return true;
  const restored = { ...plan, row, items: splitExpired({ row, items }, nowMs).live };
  await confirmEdit(deps, restored, await reserveEdit(deps, restored), keyed);
  return true;
}

/** D1 did not answer. An edit sets a quantity, so sending it again does not act twice. */
function databaseSilent(keyed: Keyed | undefined, cause: unknown): Refusal {
  return unresolved("The database did not answer.", keyed ? "same_key" : "again", cause);
}
