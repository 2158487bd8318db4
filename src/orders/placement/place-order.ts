import { isDatabaseError } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { acquire } from "./acquire.ts";
import { answerFrom, type Attempt, beginAttempt, databaseSilent, notPlaced, type OrderKey, type Placed } from "./attempt.ts";
import { orderLimitRefusal } from "../rules/limits.ts";
import { isAsExpected } from "../rules/refusal.ts";
import type { OrderRequest } from "../rules/order-request.ts";
import { type Quote, quoteOrder } from "./quote.ts";
import { recordReserved } from "./record.ts";
import { fenceStaleHolds, refuseLimit, refuseStock, refuseTotal, shortageErrors, shortRefusal } from "./refuse.ts";
import { RESERVE_TIMEOUT_MS, type Short, shortNow } from "./reserve.ts";

/** An attempt whose order is priced. */
interface Placement {
  attempt: Attempt;
  quote: Quote;
  /** What is reserved later than this is not recorded. */
  deadlineMs: number;
}

/**
 * Places an order: quote, reserve, record (C1 to C9); three hops where nothing is short.
 * @param keyed the Idempotency-Key's id; retries with it get the same order or the same refusal
 * @throws Refusal `insufficient_stock` with every short line; `max_per_order_exceeded`; `max_per_customer_exceeded`; `total_changed` with the total of now, where the shopper expects
 *   another; `unresolved` where D1 has decided nothing; what the quote refuses, and the challenge
 */
export async function placeOrder(deps: Deps, request: OrderRequest, keyed: OrderKey | undefined): Promise<Placed> {
  const deadlineMs = deps.nowMs() + RESERVE_TIMEOUT_MS;
  const attempt = beginAttempt(deps, keyed);
  const { record, quote: makeQuote } = await quoteOrder(deps, attempt, request).catch((error: unknown) => {
    throw attempt.isKeyed && isDatabaseError(error) ? databaseSilent(attempt, error) : error;
  });
  const decided = answerFrom(record, attempt);
  if (decided) return decided;
  const quote = makeQuote();
  const placement = { attempt, quote, deadlineMs };
  if (quote.unknown.length > 0) return refuseUnknown(deps, placement);
  const tooMany = orderLimitRefusal(quote.limits);
  if (tooMany) return refuseLimit(deps, attempt, tooMany);
  if (!isAsExpected(quote, request.expectedMinor)) return refuseTotal(deps, attempt, request, quote);
  // Nothing is reserved yet, and a token is good for one request: so it is not spent on what is refused anyhow.
  await deps.challenge?.(keyed?.id);
  const acquired = await acquire(deps, quote, {
    orderId: attempt.orderId,
    deadlineMs,
    fenceStaleHolds: (holdIds) => fenceStaleHolds(deps, attempt, holdIds),
  });
  if (acquired.outcome === "decided") return acquired.decision;
  if (acquired.outcome === "short") return refuseShort(deps, placement, acquired);
  if (acquired.outcome === "unknown") throw notPlaced(attempt, "The stock did not answer in time.", acquired.cause);
  return recordReserved(deps, attempt, request, quote, acquired);
}

/** Units that are free, but promised to others who wait for them, are no shortage: then no refusal is kept (C4c). */
async function refuseShort(deps: Deps, { attempt, quote, deadlineMs }: Placement, short: Short): Promise<Placed> {
  const lines = [...short.lines, ...(await shortNow(deps, quote, short.unasked, deadlineMs))].filter((line) => !line.isBehind);
  if (lines.length === 0) throw notPlaced(attempt, "Others came first for the same units.");
  const missing = lines.filter(({ most }) => most === undefined);
  if (missing.length > 0) return refuseStock(deps, attempt, shortageErrors(quote, missing));
  return refuseLimit(deps, attempt, shortRefusal(attempt, quote, lines));
}

/** A line names nothing that is sold: no object can change that, but the refusal lists every short line beside it. */
async function refuseUnknown(deps: Deps, { attempt, quote, deadlineMs }: Placement): Promise<Placed> {
  const short = await shortNow(deps, quote, quote.demand.keys(), deadlineMs);
  return refuseStock(deps, attempt, [...quote.unknown, ...shortageErrors(quote, short)]);
}
