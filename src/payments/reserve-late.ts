import type { Deps } from "../deps.ts";
import { unresolved } from "../errors.ts";
import { fenceHolds, findRecord } from "../orders/queries.ts";
import {
  type ReservationRequest,
  releaseEverywhere,
  type Reservation,
  reserveAtOnce,
  type Reserved,
  reserveInTurn,
} from "../orders/placement/reserve.ts";
import { demandByProduct } from "../pricing/rules/lines.ts";
import type { Order } from "../orders/rules/order.ts";
import { rankingQuery } from "../warehouses/ranking.ts";
import { needsOf } from "./rules/needs.ts";

/** What an order asks of the objects anew, by its address as it is ranked today; `undefined` where nobody supplies it any more. */
export async function lateReservation(deps: Deps, order: Order): Promise<ReservationRequest | undefined> {
  const { country, postalCode, deliveryMethod, allocations } = order;
  const { rank } = await deps.db.batch("rank for late payment", {
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

/**
 * Reserves an order's units anew. As when an order is placed (PROTOCOL C2 to C4): units that an earlier try has are taken from it,
 * once D1 has ended that; units that others may give back are waited for, once.
 * @param deadlineMs when the last answer is of use
 * @returns `decided` where another try has recorded it meanwhile
 * @throws Refusal `unresolved` where the objects did not say
 */
export async function reserveLate(
  deps: Deps,
  order: Order,
  claim: ReservationRequest,
  deadlineMs: number,
): Promise<Reserved | "short" | "decided"> {
  const first = await reserveAtOnce(deps, claim, newHold(deps, order), deadlineMs);
  if (first.outcome === "reserved") return first;
  await releaseLate(deps, claim, [first.holdId]);
  const lines = shortLines(first);
  const ghosts = lines.flatMap((line) => line.ownHolds);
  if (ghosts.length > 0) {
    if (await isDecidedBy(deps, order, ghosts)) return "decided";
    await releaseLate(deps, claim, ghosts);
  } else if (isShortForGood(lines)) return "short";
  const second = await reserveInTurn(deps, claim, newHold(deps, order), deadlineMs);
  if (second.outcome === "reserved") return second;
  deps.defer((afterwards) => releaseLate(afterwards, claim, [second.holdId]));
  const left = shortLines(second);
  // Another try is at work at this moment, or others came first for units that are free.
  if (left.some((line) => line.ownHolds.length > 0) || left.every((line) => line.isBehind)) throw unsaid();
  return "short";
}

/** @throws Refusal `unresolved` where an answer is missing */
function shortLines(reservation: Reservation) {
  if (reservation.outcome === "short") return reservation.lines;
  throw unsaid();
}

function isShortForGood(lines: ReturnType<typeof shortLines>): boolean {
  return lines.some((line) => !line.tentative && !line.isBehind);
}

/** PROTOCOL C4a: ends earlier tries, unless D1 has recorded one of them, or has decided otherwise. */
async function isDecidedBy(deps: Deps, { orderId, holdId, status }: Order, ghosts: readonly string[]): Promise<boolean> {
  const {
    record: { order },
  } = await deps.db.batch("fence stale holds", {
    fenceHolds: fenceHolds(orderId, ghosts, deps.nowMs()),
    record: findRecord(orderId),
  });
  return order?.holdId !== holdId || order.status !== status;
}

function releaseLate(deps: Deps, claim: ReservationRequest, holdIds: readonly string[]): Promise<void> {
  return releaseEverywhere(deps, claim.demand.keys(), holdIds);
}

function newHold(deps: Deps, { orderId }: Order): string {
  return `${orderId}.${deps.newTry()}`;
}

function unsaid() {
  return unresolved("The money is recorded. The stock did not answer in time.", "again");
}
