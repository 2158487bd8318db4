import type { Deps } from "../deps.ts";
import { within } from "../db/client.ts";
import type { Allocation } from "../stock/rules/allocate.ts";
import type { ReserveAnswer, ShortLine } from "../stock/rules/messages.ts";
import type { ProjectedLevel } from "../stock/projection.ts";
import { decideReserve } from "../stock/rules/reserve.ts";
import type { Quote } from "./quote.ts";

/** PROTOCOL C4b: how long one order may wait for tentative units. */
const WAIT_MS = 1_000;
/** Even the last product of the pass is given a moment: what is short there may be on its way back. */
const MIN_WAIT_MS = 50;

/** A line that is short, with the product whose object said so. */
export interface ProductShort extends ShortLine {
  productId: string;
}

export type Reservation =
  | { outcome: "reserved"; holdId: string; allocations: Allocation[]; levels: ProjectedLevel[] }
  | { outcome: "short"; holdId: string; lines: ProductShort[] }
  /** An answer is missing for good, or the hold is over: nothing may be recorded under it. */
  | { outcome: "unknown"; holdId: string };

/** PROTOCOL C2, C3: a new hold, one call per product, all at once. @param limitMs how long all of it may take */
export async function reserveAtOnce(deps: Deps, quote: Quote, holdId: string, limitMs: number): Promise<Reservation> {
  const productIds = [...quote.demand.keys()];
  const calls = productIds.map((productId) => reserveOne(deps, quote, holdId, productId, 0));
  const answers = await Promise.allSettled(calls.map((call) => within(limitMs, "The products' objects", call)));
  return combine(
    holdId,
    productIds,
    answers.map((answer) => (answer.status === "fulfilled" ? answer.value : undefined)),
  );
}

/**
 * PROTOCOL C4b: one product after the other in the order of their ids, keeping what it has and waiting in the object for units
 * that are only tentatively taken. The order keeps two such passes from holding what the other one waits for.
 */
export async function reserveInTurn(deps: Deps, quote: Quote, holdId: string): Promise<Reservation> {
  const untilMs = deps.nowMs() + WAIT_MS;
  const answers: (ReserveAnswer | undefined)[] = [];
  const productIds = [...quote.demand.keys()];
  for (const productId of productIds) {
    const isLost = answers.some((answer) => answer?.outcome !== "reserved");
    // After one shortage the others are still asked, without waiting: a refusal lists every short line.
    const waitMs = isLost ? 0 : Math.max(untilMs - deps.nowMs(), MIN_WAIT_MS);
    answers.push(await reserveOne(deps, quote, holdId, productId, waitMs).catch(() => undefined));
  }
  return combine(holdId, productIds, answers);
}

/** What is short at this moment, without reserving anything: for a refusal that is certain and is to list every short line. */
export async function shortNow(deps: Deps, quote: Quote): Promise<ProductShort[]> {
  const { ranking, policy, demand } = quote;
  const found = [...demand].map(async ([productId, lines]) => {
    const levels = await deps.stockOf(productId).levels();
    const decision = decideReserve({ holdId: "", lines, ranking, policy, waitMs: 0 }, levels, () => []);
    return "short" in decision ? decision.short.map((line) => ({ productId, ...line })) : [];
  });
  return (await Promise.all(found)).flat();
}

/** Gives an attempt's own hold back, everywhere; where that fails, the hold's alarm does it. */
export async function releaseEverywhere(deps: Deps, productIds: Iterable<string>, holdIds: readonly string[]): Promise<void> {
  const calls = [...productIds].flatMap((productId) => holdIds.map((holdId) => deps.stockOf(productId).release(holdId)));
  await Promise.allSettled(calls);
}

function reserveOne(deps: Deps, quote: Quote, holdId: string, productId: string, waitMs: number): Promise<ReserveAnswer> {
  const { ranking, policy, demand } = quote;
  return deps.stockOf(productId).reserve({ holdId, lines: demand.get(productId) ?? [], ranking, policy, waitMs });
}

function combine(holdId: string, productIds: readonly string[], answers: readonly (ReserveAnswer | undefined)[]): Reservation {
  const allocations: Allocation[] = [];
  const levels: ProjectedLevel[] = [];
  const lines: ProductShort[] = [];
  for (const [index, productId] of productIds.entries()) {
    const answer = answers[index];
    if (answer === undefined || answer.outcome === "ended") return { outcome: "unknown", holdId };
    if (answer.outcome === "short") lines.push(...answer.lines.map((line) => ({ productId, ...line })));
    else {
      allocations.push(...answer.allocations);
      levels.push(...answer.levels.map((level) => ({ productId, ...level })));
    }
  }
  return lines.length > 0 ? { outcome: "short", holdId, lines } : { outcome: "reserved", holdId, allocations, levels };
}
