import type { Deps } from "../../deps.ts";
import { unresolved } from "../../errors.ts";
import { runPending } from "../../stock/client/run-pending.ts";
import type { PendingAction } from "../../stock/rules/pending-action.ts";
import { demandByProduct } from "../../pricing/rules/lines.ts";
import { rankingQuery } from "../../warehouses/ranking.ts";
import { fenceHolds, type OrderRecord } from "../queries.ts";
import type { Order } from "../rules/order.ts";
import { needsOf } from "../rules/share.ts";
import { acquire } from "./acquire.ts";
import { type ProductShort, type ReservationRequest, type Reserved, shortNow } from "./reserve.ts";

export type Supply =
  | Reserved
  /** Certainly; `lines` are all that are short. Units of it are being released already. */
  | { outcome: "short"; lines: ProductShort[] }
  /** No warehouse supplies its address any more. */
  | { outcome: "nowhere" }
  /** Another attempt supplied it, or the order has changed. */
  | { outcome: "decided" };

/**
 * Reserves the units of an order that has ended, under a new hold (P1, S4): first its own old units are put back, or the order would be short of
 * them.
 * @param pending the order's pending actions
 * @param deadlineMs what is reserved later than this is not recorded
 * @param context what the refusal says before its own text
 * @throws Refusal `unresolved` where nothing is certain: an object does not answer, another attempt runs, or the units are free, but promised to
 *   others who wait for them
 */
export async function supplyAgain(
  deps: Deps,
  order: Order,
  { pending, deadlineMs, context = "" }: { pending: readonly PendingAction[]; deadlineMs: number; context?: string },
): Promise<Supply> {
  const undecided = (detail: string, cause?: unknown) => unresolved(`${context}${detail}`, "again", cause);
  if ((await runPending(deps, pending)) < pending.length) throw undecided("The stock did not take its units back.");
  const request = await requestAgain(deps, order);
  if (!request) return { outcome: "nowhere" };
  const acquired = await acquire(deps, request, {
    orderId: order.orderId,
    deadlineMs,
    fenceStaleHolds: (holdIds) => fenceStaleHolds(deps, order, holdIds),
  });
  if (acquired.outcome === "decided") return { outcome: "decided" };
  if (acquired.outcome === "reserved") return acquired;
  if (acquired.outcome === "unknown") throw undecided("The stock did not answer in time.", acquired.cause);
  if (acquired.lines.every((line) => line.isBehind)) throw undecided("Others came first for the same units.");
  const unasked = await shortNow(deps, request, acquired.unasked, deadlineMs);
  return { outcome: "short", lines: [...acquired.lines, ...unasked].filter((line) => !line.isBehind) };
}

/** What the order asks of the objects again, by today's ranking for its address; `undefined` where no warehouse supplies it any more. */
async function requestAgain(deps: Deps, order: Order): Promise<ReservationRequest | undefined> {
  const { country, postalCode, deliveryMethod, allocations } = order;
  const { rank } = await deps.db.batch("rank again", {
    rank: rankingQuery(deps, { country, postalCode: postalCode ?? undefined }),
  });
  const selfService = deliveryMethod === "self_service";
  const ranking = rank({ selfService }).ranking.map(({ warehouse }) => warehouse.warehouseId);
  if (ranking.length === 0) return undefined;
  return {
    policy: deps.config.allocationPolicy,
    // Handed over at one place, as when it was placed.
    ranking: selfService ? ranking.slice(0, 1) : ranking,
    demand: demandByProduct(needsOf(allocations)),
  };
}

/** (C4a) @returns what D1 has, where an earlier try has recorded its hold or the order is settled otherwise */
async function fenceStaleHolds(deps: Deps, read: Order, holdIds: readonly string[]): Promise<OrderRecord | undefined> {
  const { record } = await deps.db.batch("fence stale holds", fenceHolds(read.orderId, holdIds, deps.nowMs()));
  const isDecided = record.order?.holdId !== read.holdId || record.order.status !== read.status;
  return isDecided ? record : undefined;
}
