import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { type Refusal, unresolved } from "../errors.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { findAnswer, keepAnswer } from "../writes/queries.ts";
import { auditOf } from "../writes/write-once.ts";
import type { Keyed } from "../writes/rules/keyed.ts";
import type { PriceBook } from "../pricing/price-book.ts";
import { type Answers, askObjects } from "./ask.ts";
import { allotEdit, confirmEdit as confirmQueries, deleteItems, loseLapsed, undoEdit, upsertItems } from "./edit-queries.ts";
import { findCart, findItems } from "./queries.ts";
import { termsNow } from "./read-cart.ts";
import { type CartRow, type KnownItem, type Loss, partLost, type StockNeed } from "./rules/cart.ts";
import { asksOf, extensionsOf, settle } from "./rules/reservation.ts";
import { changeOf, type WrittenItem } from "./rules/cart-change.ts";

/** An edit as it was decided on what D1 had, before any object is asked. */
export interface EditPlan {
  /** The cart as it was read. */
  read: CartRow;
  /** As it is written, with the edit's number. */
  row: CartRow;
  /** All lines that it has then; those that the edit writes have its number and are not reserved yet. */
  items: KnownItem[];
  changes: WrittenItem[];
  /** Whether there are lines whose time is over: they go with it. */
  hasLost: boolean;
  losses: Loss[];
  ranking: string[];
  /** What components are called, by variant, for refusals. */
  names: ReadonlyMap<string, string>;
  book: PriceBook;
}

/**
 * The second hop: D1 allots the number and has the wanted lines, so that the next edit counts on them.
 * @param more statements of the same batch
 * @returns false where somebody was faster: then it is to be decided anew
 * @throws Refusal `unresolved` where D1 does not say whether it wrote
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
      allotEdit: allotEdit(read, row),
      loseLapsed: plan.hasLost ? loseLapsed(cartId, deps.nowMs()) : [],
      upsertItems: written.length > 0 ? upsertItems(cartId, written) : undefined,
      deleteItems: removed.length > 0 ? deleteItems(cartId, removed) : undefined,
      more,
      audit: auditOf(deps, changeOf("edit", cartId, changes)),
    });
    return true;
  } catch (error) {
    if (["carts.edit_no", "carts.user_id", "idempotency.id"].includes(failedConstraint(error) ?? "")) return false;
    throw silent(keyed, error);
  }
}

/** Binds a key to the number of its edit (PROTOCOL K0), and keeps what the line was, in case it has to be again. */
export function keepEdit(deps: Deps, { id, requestHash }: Keyed, kept: object): Query<number> {
  return keepAnswer(id, { requestHash, status: 200, answer: JSON.stringify(kept) }, deps.nowMs());
}

/** The third hop: one call to each object, all at once. */
export function askFor(deps: Deps, plan: EditPlan): Promise<Answers> {
  const { row, items, ranking } = plan;
  const terms = termsNow(deps);
  return askObjects(deps, row, ranking, asksOf(items, neededBy(plan), terms), extensionsOf(items, row.editNo, terms));
}

/** What of the stock an edit concerns: what its lines need, and what they needed before. */
export function neededBy({ changes }: EditPlan): StockNeed[] {
  return changes.flatMap(({ before, after }) => [...(before?.needs ?? []), ...(after?.needs ?? [])]);
}

/**
 * The fourth hop: what the objects answered goes into D1, where no later edit wrote the line.
 * @returns the lines as they are now; and whether the edit still stands, which another attempt with its key may have undone
 */
export async function confirmEdit(
  deps: Deps,
  { row, items }: Pick<EditPlan, "row" | "items">,
  { held, levels, refused }: Answers,
  keyed: Keyed | undefined,
): Promise<{ items: KnownItem[]; stands: boolean }> {
  const without = refused.filter(({ outcome }) => outcome === "short" || outcome === "too_many");
  const productsOf = (answers: typeof refused) => new Set(answers.map(({ productId }) => productId));
  const lacking = { refusing: productsOf(without), unset: productsOf(refused) };
  const settled = settle(items, row.editNo, held, lacking, termsNow(deps));
  const now = items.map((item) => {
    const found = settled.find(({ variantId }) => variantId === item.variantId);
    return found ? { ...item, reservedUntilMs: found.untilMs, reservedSinceMs: found.sinceMs } : item;
  });
  const confirmed = settled.flatMap((each) => {
    const item = items.find(({ variantId }) => variantId === each.variantId);
    return item ? [{ ...each, discounts: item.discounts, isClosed: item.isClosed }] : [];
  });
  const queries = confirmQueries(row, confirmed, levels, deps.nowMs());
  const { kept } = await deps.db
    .batch("confirm edit", { kept: keyed ? findAnswer(keyed.id) : undefined, queries })
    .catch((error: unknown) => {
      throw silent(keyed, error);
    });
  return { items: now, stands: keyed === undefined || kept !== undefined };
}

/**
 * Undoes an edit that was not carried out: the lines become what they were, under a number of their own, and the objects are told so.
 * Where that is cut short, what they hold lapses by time.
 * @returns false where another attempt with the key has carried it out meanwhile: then nothing is undone
 */
export async function undo(deps: Deps, plan: EditPlan, keyed: Keyed | undefined, isUntouched = false): Promise<boolean> {
  const { cartId } = plan.row;
  const nowMs = deps.nowMs();
  const undoing = plan.changes.map(({ variantId, before, after }) => ({ variantId, before: after, after: before }));
  const { standing, row, items } = await deps.db
    .batch("undo", {
      undoEdit: undoEdit(plan.row, plan.changes, keyed?.id, nowMs, isUntouched),
      row: findCart(cartId, deps.config.country),
      items: findItems(cartId),
      standing: findAnswer(keyed?.id ?? ""),
      audit: auditOf(deps, changeOf("undo_edit", cartId, undoing)),
    })
    .catch((error: unknown) => {
      throw silent(keyed, error);
    });
  if (standing) return false;
  if (!row || row.orderId !== null) return true;
  const undone = { ...plan, row, items: partLost({ row, items }, nowMs).live };
  await confirmEdit(deps, undone, await askFor(deps, undone), keyed);
  return true;
}

/** D1 did not answer: an edit says what a line is to be, so that it can be sent again without acting twice. */
function silent(keyed: Keyed | undefined, cause: unknown): Refusal {
  return unresolved("The database did not answer.", keyed ? "same_key" : "again", cause);
}
