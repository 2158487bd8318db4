import { isDatabaseError } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { Refusal } from "../../errors.ts";
import { answerFrom, databaseSilent, notPlaced, type Placed, shortageErrors } from "./answer.ts";
import { isAsExpected } from "../rules/expected.ts";
import { type OrderKey, beginAttempt, RECORD_BY_MS } from "./attempt.ts";
import { type OrderRequest, type Attempt, type Quote, quoteOrder } from "./quote.ts";
import { recordReserved } from "./record.ts";
import { endGhosts, refuseStock, refuseTotal } from "./refuse.ts";
import { withDeadline, releaseEverywhere, reserveAtOnce, type Reserved, reserveInTurn, type Short, shortNow } from "./reserve.ts";

/** One placing under way: what it is of, and when what it gets is too late to be recorded. */
interface Placement {
  placing: Attempt;
  quote: Quote;
  deadlineMs: number;
}

/**
 * Places an order by the protocol (DESIGN §5, PROTOCOL 1): quote, reserve, record; three hops where nothing is short.
 * @param keyed the Idempotency-Key's id; retries with it give the same order or the same refusal
 * @throws Refusal `insufficient_stock` with every short line; `total_changed` with what it would come to, where the shopper counts on
 *   something else; `unresolved` where D1 has decided nothing; and what the quote refuses
 */
export async function placeOrder(deps: Deps, request: OrderRequest, keyed: OrderKey | undefined): Promise<Placed> {
  const deadlineMs = deps.nowMs() + RECORD_BY_MS;
  const placing = beginAttempt(deps, keyed);
  const { record, quote: makeQuote } = await quoteOrder(deps, placing, request).catch((error: unknown) => {
    throw placing.isKeyed && isDatabaseError(error) ? databaseSilent(placing, error) : error;
  });
  const decided = answerFrom(record, placing);
  if (decided) return decided;
  const attempt = { placing, quote: makeQuote(), deadlineMs };
  if (attempt.quote.unknown.length > 0) return refuseUnknown(deps, attempt);
  if (!isAsExpected(attempt.quote, request.expectedMinor)) return refuseTotal(deps, placing, request, attempt.quote);
  const reserved = await reserve(deps, attempt);
  if ("order" in reserved) return reserved;
  if (deps.nowMs() > deadlineMs) throw giveUp(deps, attempt, reserved.holdId);
  return recordReserved(deps, placing, request, attempt.quote, reserved);
}

/** PROTOCOL C2 to C4. Every try has a hold of its own. */
async function reserve(deps: Deps, attempt: Placement): Promise<Reserved | Placed> {
  const { placing, quote, deadlineMs } = attempt;
  const first = await reserveAtOnce(deps, quote, newHold(deps, placing), deadlineMs);
  if (first.outcome === "reserved") return first;
  if (first.outcome === "unknown") throw giveUp(deps, attempt, first.holdId);
  const ghosts = ghostsIn(first);
  if (ghosts.length === 0 && !first.lines.every((line) => line.tentative)) return refuseShort(deps, attempt, first);
  const returned = releaseEverywhere(deps, first.heldAt, [first.holdId]);
  const decided = ghosts.length > 0 ? await endGhosts(deps, placing, ghosts) : undefined;
  deps.defer(() => returned);
  if (decided) return decided;
  // The next pass asks the same objects under another hold, so these units have to be back by then.
  const all = Promise.all([returned, releaseEverywhere(deps, quote.demand.keys(), ghosts)]);
  await withDeadline(deps, deadlineMs, all).catch((error: unknown) => {
    throw giveUp(deps, attempt, first.holdId, error);
  });
  return reserveWaiting(deps, attempt);
}

async function reserveWaiting(deps: Deps, attempt: Placement): Promise<Reserved | Placed> {
  const second = await reserveInTurn(deps, attempt.quote, newHold(deps, attempt.placing), attempt.deadlineMs);
  if (second.outcome === "reserved") return second;
  if (second.outcome === "unknown") throw giveUp(deps, attempt, second.holdId);
  if (ghostsIn(second).length === 0) return refuseShort(deps, attempt, second);
  // Another attempt with this key is at work at this moment: it may yet succeed, so this is no refusal.
  throw giveUp(deps, attempt, second.holdId);
}

/** PROTOCOL C4c. Units that are free, and only promised to who came first, are no shortage: then nothing is refused for good. */
async function refuseShort(deps: Deps, { placing, quote, deadlineMs }: Placement, short: Short): Promise<Placed> {
  deps.defer((background) => releaseEverywhere(background, short.heldAt, [short.holdId]));
  const lines = [...short.lines, ...(await shortNow(deps, quote, short.unasked, deadlineMs))].filter((line) => !line.isBehind);
  if (lines.length === 0) throw notPlaced(placing, "Others came first for the same units.");
  return refuseStock(deps, placing, shortageErrors(quote, lines));
}

/** A line names nothing that is sold: no object can change that, but the refusal lists every line that is short beside it. */
async function refuseUnknown(deps: Deps, { placing, quote, deadlineMs }: Placement): Promise<Placed> {
  const short = await shortNow(deps, quote, quote.demand.keys(), deadlineMs);
  return refuseStock(deps, placing, [...quote.unknown, ...shortageErrors(quote, short)]);
}

/** PROTOCOL C3: no record was sent under this hold, so giving it back needs no word of D1. */
function giveUp(deps: Deps, { placing, quote }: Placement, holdId: string, cause?: unknown): Refusal {
  deps.defer((background) => releaseEverywhere(background, quote.demand.keys(), [holdId]));
  return notPlaced(placing, "The stock did not answer in time.", cause);
}

function ghostsIn(short: Short): string[] {
  return [...new Set(short.lines.flatMap((line) => line.ownHolds))];
}

function newHold(deps: Deps, placing: Attempt): string {
  return `${placing.orderId}.${deps.newTry()}`;
}
