import type { Deps } from "../../deps.ts";
import { withTimeout } from "../../db/client.ts";
import type { Allocation } from "../../stock/rules/allocate.ts";
import type { ConvertAnswer } from "../../stock/rules/cart-messages.ts";
import type { ReserveAnswer, ShortLine } from "../../stock/rules/messages.ts";
import type { ProjectedLevel } from "../../stock/projection/flush-statements.ts";
import { decideReserve } from "../../stock/rules/reserve.ts";
import type { Quote } from "./quote.ts";

/** PROTOCOL C4b: how long one order may wait for tentative units. */
const WAIT_MS = 1_000;
/** Even the last product of the pass is given a moment: what is short there may be on its way back. */
const MIN_WAIT_MS = 50;

/** A line that is short, with the product whose object said so. */
export interface ProductShort extends ShortLine {
  productId: string;
}

/** What is asked of the objects: which units, of whom, and by which policy. */
export type ReservationRequest = Pick<Quote, "ranking" | "policy" | "demand">;

export type Reservation =
  | { outcome: "reserved"; holdId: string; allocations: Allocation[]; levels: ProjectedLevel[] }
  /** `heldAt`: products whose units it has nevertheless; `unasked`: those that were not asked any more. */
  | { outcome: "short"; holdId: string; lines: ProductShort[]; heldAt: string[]; unasked: string[] }
  /** An answer is missing for good, or the hold is over: nothing may be recorded under it. */
  | { outcome: "unknown"; holdId: string };

export type Reserved = Extract<Reservation, { outcome: "reserved" }>;
export type Short = Extract<Reservation, { outcome: "short" }>;

/** PROTOCOL C2, C3: a new hold, one call per product, all at once. @param deadlineMs when the last answer is of use */
export async function reserveAtOnce(
  deps: Deps,
  quote: ReservationRequest,
  holdId: string,
  deadlineMs: number,
): Promise<Reservation> {
  const productIds = [...quote.demand.keys()];
  const answers = await Promise.allSettled(
    productIds.map((productId) => reserveOne(deps, quote, holdId, productId, 0, deadlineMs)),
  );
  return combine(
    holdId,
    productIds,
    answers.map((answer) => (answer.status === "fulfilled" ? answer.value : undefined)),
  );
}

/**
 * PROTOCOL C4b: one product after the other in the order of their ids, keeping what it has and waiting in the object for units
 * that are only tentatively taken. The order keeps two such passes from holding what the other one waits for.
 * @param deadlineMs when the last answer is of use
 */
export async function reserveInTurn(
  deps: Deps,
  quote: ReservationRequest,
  holdId: string,
  deadlineMs: number,
): Promise<Reservation> {
  const untilMs = deps.nowMs() + WAIT_MS;
  const answers: (ReserveAnswer | undefined)[] = [];
  const productIds = [...quote.demand.keys()];
  for (const productId of productIds) {
    const waitMs = Math.max(untilMs - deps.nowMs(), MIN_WAIT_MS);
    const call = reserveOne(deps, quote, holdId, productId, waitMs, deadlineMs);
    const answer = await call.catch(() => undefined);
    answers.push(answer);
    if (answer?.outcome !== "reserved") break;
  }
  return combine(holdId, productIds, answers);
}

/** What is short at this moment, without reserving anything: for a refusal that is certain and is to list every short line. */
export async function shortNow(
  deps: Deps,
  quote: ReservationRequest,
  productIds: Iterable<string>,
  deadlineMs: number,
): Promise<ProductShort[]> {
  const { ranking, policy, demand } = quote;
  const found = [...productIds].map(async (productId) => {
    const request = { holdId: "", lines: demand.get(productId) ?? [], ranking, policy, waitMs: 0 };
    const decision = decideReserve(request, await withDeadline(deps, deadlineMs, deps.stockOf(productId).levels()), () => []);
    return "short" in decision ? decision.short.map((line) => ({ productId, ...line })) : [];
  });
  // An object that does not answer adds nothing to a refusal that is certain without it.
  const answers = await Promise.allSettled(found);
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
}

/** Gives an attempt's own hold back, everywhere; where that fails, the hold's alarm does it. */
export async function releaseEverywhere(deps: Deps, productIds: Iterable<string>, holdIds: readonly string[]): Promise<void> {
  const calls = [...productIds].flatMap((productId) => holdIds.map((holdId) => deps.stockOf(productId).release(holdId)));
  await Promise.allSettled(calls);
}

function reserveOne(
  deps: Deps,
  quote: ReservationRequest,
  holdId: string,
  productId: string,
  waitMs: number,
  deadlineMs: number,
): Promise<ReserveAnswer> {
  const { ranking, policy, demand } = quote;
  const request = { holdId, lines: demand.get(productId) ?? [], ranking, policy, waitMs };
  return withDeadline(deps, deadlineMs, deps.stockOf(productId, deadlineMs).reserve(request));
}

/** @throws TimeoutError when the time is over first */
export function withDeadline<T>(deps: Deps, deadlineMs: number, call: Promise<T>): Promise<T> {
  return withTimeout(Math.max(deadlineMs - deps.nowMs(), 1), "The products' objects", call);
}

/** Puts the answers of the products together. */
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
