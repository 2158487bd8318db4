import type { Deps } from "../../deps.ts";
import { keyReused, unresolved } from "../../errors.ts";
import { bindKey, findAnswer, settleKey } from "../../writes/queries.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { type Change, changeOrder, type OrderResult, refusedResult } from "./change-order.ts";
import { findStatuses } from "./queries.ts";
import { workTogether } from "./work-together.ts";

/**
 * No order is begun after so many statements. Cloudflare allows 1,000 queries in an invocation, work after the answer included, and it is not
 * known whether a batch counts as one. Measured (test/cost/bulk.test.ts): an order that three warehouses supply takes 18 to complete, 15 to cancel,
 * 17 where a part has left, 17 to delete, and 9 for the rest; after the answer 2 more each, and webhooks 65. So 40 orders take at most 873 with the key's. What others
 * change meanwhile is decided anew, for 17 more: there is room for four of these, and what comes then is answered as unresolved.
 */
const MAX_STATEMENTS = 800;
/** No order is begun later, so that the answer comes before clients and Cloudflare give up. */
const MAX_MS = 20_000;

export interface BulkRequest {
  /** Each once. */
  orderIds: readonly string[];
  change: Change;
}

/**
 * Does the same with many orders, one after the other, each by the verb of a single one. With a key each order has a key of its own, made of it:
 * so a repeat after a crash does what is left, and no order is changed twice. The whole answer is kept once every order is decided.
 * @throws Refusal `idempotency_key_reused`
 */
export async function changeOrders(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderIds, change }: BulkRequest,
): Promise<{ results: OrderResult[]; replayed: boolean }> {
  const kept = keyed && (await bind(deps, keyed));
  if (kept) return { results: kept, replayed: true };
  const together = workTogether(deps);
  const endMs = deps.nowMs() + MAX_MS;
  const results: OrderResult[] = [];
  for (const orderId of orderIds) {
    const isRoomLeft = together.statements() <= MAX_STATEMENTS && deps.nowMs() < endMs;
    const key = keyed && { id: await deps.deriveId(keyed.id, orderId), requestHash: keyed.requestHash };
    results.push(isRoomLeft ? await changeOrder(together.deps, key, orderId, change) : notBegun(orderId, keyed));
  }
  deps.defer(together.work);
  const shown = await withStatuses(deps, results);
  if (keyed && shown.every(({ outcome }) => outcome !== "unresolved")) await keep(deps, keyed, shown);
  return { results: shown, replayed: false };
}

/** Binds the key to the body of its first request. @returns the answer, if that has one */
async function bind(deps: Deps, { id, requestHash }: Keyed): Promise<OrderResult[] | undefined> {
  const { kept } = await deps.db.batch("bind bulk", { bound: bindKey(id, requestHash, deps.nowMs()), kept: findAnswer(id) });
  if (kept?.requestHash !== requestHash) throw keyReused();
  return (JSON.parse(kept.answer) as OrderResult[] | null) ?? undefined;
}

function notBegun(orderId: string, keyed: Keyed | undefined): OrderResult {
  return refusedResult(orderId, unresolved("There was no time left for this order.", keyed ? "same_key" : "again"));
}

/** Where D1 does not answer, the statuses of orders that were not changed stay unknown. */
async function withStatuses(deps: Deps, results: readonly OrderResult[]): Promise<OrderResult[]> {
  const unknown = results.filter(({ status }) => status === null).map(({ orderId }) => orderId);
  if (unknown.length === 0) return [...results];
  const read = await deps.db.batch("read statuses", { found: findStatuses(unknown) }).catch(() => undefined);
  const statuses = new Map(read?.found.map(({ orderId, status }) => [orderId, status]));
  return results.map((result) => ({ ...result, status: result.status ?? statuses.get(result.orderId) ?? null }));
}

/** A repeat without it decides each order anew, or by its own key. */
async function keep(deps: Deps, { id }: Keyed, results: readonly OrderResult[]): Promise<void> {
  const kept = settleKey(id, JSON.stringify(results));
  await deps.db.batch("keep bulk", { kept }).catch((error: unknown) => deps.log("bulk_not_kept", { error: String(error) }));
}
