import type { Deps } from "../../deps.ts";
import { withTimeout } from "../../db/client.ts";
import type { Allocation, HoldShare, Policy, StockLine } from "../../stock/rules/allocate.ts";
import type { ConvertAnswer } from "../../stock/rules/cart-messages.ts";
import { withAllocated } from "../../stock/rules/levels.ts";
import type { ReserveAnswer, ShortLine } from "../../stock/rules/messages.ts";
import type { ProjectedLevel } from "../../stock/projection/flush-statements.ts";
import { decideReserve } from "../../stock/rules/reserve.ts";

/** Of the 15 s that a whole order may take, the batch that records it and the one that resolves the record may need 5 s each. */
export const RESERVE_TIMEOUT_MS = 5_000;
/** How long one order may wait for tentative units (C4b). */
const WAIT_MS = 1_000;
/** Even the last product of the pass gets a moment: what is short there may be about to be released. */
const MIN_WAIT_MS = 50;

/** A short line, with its product. */
export interface ProductShort extends ShortLine {
  productId: string;
}

/** What an order asks of the products' objects. */
export interface ReservationRequest {
  /** Warehouse ids that may supply, nearest first. */
  ranking: string[];
  policy: Policy;
  /** By product. */
  demand: Map<string, StockLine[]>;
  /** For an order that is to be paid first. */
  share?: HoldShare | undefined;
}

export type Reservation =
  | { outcome: "reserved"; holdId: string; allocations: Allocation[]; levels: ProjectedLevel[] }
  /** `heldAt`: products of which the hold has units nevertheless; `unasked`: those that were not asked any more. */
  | { outcome: "short"; holdId: string; lines: ProductShort[]; heldAt: string[]; unasked: string[] }
  /** An answer is missing, or the hold has ended: nothing may be recorded under it. */
  | { outcome: "unknown"; holdId: string };

export type Reserved = Extract<Reservation, { outcome: "reserved" }>;
export type Short = Extract<Reservation, { outcome: "short" }>;

/** One call per product, all at once (C2, C3). @param holdId a new one  @param deadlineMs when the last answer is of use */
export async function reserveAtOnce(
  deps: Deps,
  request: ReservationRequest,
  holdId: string,
  deadlineMs: number,
): Promise<Reservation> {
  const productIds = [...request.demand.keys()];
  const answers = await Promise.allSettled(
    productIds.map((productId) => reserveOne(deps, request, holdId, productId, 0, deadlineMs)),
  );
  return combine(
    holdId,
    productIds,
    answers.map((answer) => (answer.status === "fulfilled" ? answer.value : undefined)),
  );
}

/**
 * One product after the other in the order of their ids, keeping what was reserved and waiting in the object for units that are only
 * tentatively taken (C4b). Because all passes have one order, no two hold what the other one waits for.
 * @param deadlineMs when the last answer is of use
 */
export async function reserveInTurn(
  deps: Deps,
  request: ReservationRequest,
  holdId: string,
  deadlineMs: number,
): Promise<Reservation> {
  const untilMs = deps.nowMs() + WAIT_MS;
  const answers: (ReserveAnswer | undefined)[] = [];
  const productIds = [...request.demand.keys()];
  for (const productId of productIds) {
    const waitMs = Math.max(untilMs - deps.nowMs(), MIN_WAIT_MS);
    const call = reserveOne(deps, request, holdId, productId, waitMs, deadlineMs);
    const answer = await call.catch(() => undefined);
    answers.push(answer);
    if (answer?.outcome !== "reserved") break;
  }
  return combine(holdId, productIds, answers);
}

/** What is short at this moment, without reserving anything: a refusal that is certain already lists every short line. */
export async function shortNow(
  deps: Deps,
  request: ReservationRequest,
  productIds: Iterable<string>,
  deadlineMs: number,
): Promise<ProductShort[]> {
  const { ranking, policy, demand } = request;
  const lines = [...productIds].map(async (productId) => {
    const wanted = { holdId: "", lines: demand.get(productId) ?? [], ranking, policy, waitMs: 0 };
    const levels = withAllocated(await withDeadline(deps, deadlineMs, deps.stockOf(productId).levels()));
    const decision = decideReserve(wanted, levels, () => []);
    return "short" in decision ? decision.short.map((line) => ({ productId, ...line })) : [];
  });
  // An object that does not answer adds nothing to a refusal that is certain without it.
  const answers = await Promise.allSettled(lines);
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
}

/** Releases holds at every product; where that fails, the alarm of the object does it. */
export async function releaseEverywhere(deps: Deps, productIds: Iterable<string>, holdIds: readonly string[]): Promise<void> {
  const calls = [...productIds].flatMap((productId) => holdIds.map((holdId) => deps.stockOf(productId).release(holdId)));
  await Promise.allSettled(calls);
}

function reserveOne(
  deps: Deps,
  request: ReservationRequest,
  holdId: string,
  productId: string,
  waitMs: number,
  deadlineMs: number,
): Promise<ReserveAnswer> {
  const { ranking, policy, demand, share } = request;
  const lines = demand.get(productId) ?? [];
  const call = deps.stockOf(productId, deadlineMs).reserve({ holdId, lines, ranking, policy, waitMs, share });
  return withDeadline(deps, deadlineMs, call);
}

/** @throws TimeoutError when the deadline passes first */
export function withDeadline<T>(deps: Deps, deadlineMs: number, call: Promise<T>): Promise<T> {
  return withTimeout(Math.max(deadlineMs - deps.nowMs(), 1), "The products' objects", call);
}

/** Combines the answers of the products. @param answers in the order of the products, as far as they were asked */
export function combine(
  holdId: string,
  productIds: readonly string[],
  answers: readonly (ReserveAnswer | ConvertAnswer | undefined)[],
): Reservation {
  const allocations: Allocation[] = [];
  const levels: ProjectedLevel[] = [];
  const lines: ProductShort[] = [];
  const heldAt: string[] = [];
  for (const [index, answer] of answers.entries()) {
    const productId = productIds[index];
    if (productId === undefined || answer === undefined || answer.outcome === "ended") return { outcome: "unknown", holdId };
    if (answer.outcome === "short") lines.push(...answer.lines.map((line) => ({ productId, ...line })));
    else {
      heldAt.push(productId);
      allocations.push(...answer.allocations);
      levels.push(...answer.levels.map((level) => ({ productId, ...level })));
    }
  }
  if (lines.length === 0) return { outcome: "reserved", holdId, allocations, levels };
  return { outcome: "short", holdId, lines, heldAt, unasked: productIds.slice(answers.length) };
}
