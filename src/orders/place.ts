import type { Deps } from "../deps.ts";
import { type Refusal, unresolved } from "../errors.ts";
import type { Keyed } from "../events/write-once.ts";
import { fenceHolds, fenceKey, findRecord, type OrderRecord } from "./queries.ts";
import { type OrderRequest, type Placing, type Quote, quoteOrder } from "./quote.ts";
import { recordReserved } from "./record.ts";
import { releaseEverywhere, reserveAtOnce, reserveInTurn, shortNow, type Reservation } from "./reserve.ts";
import { answerFrom, databaseSilent, type Placed, shortageErrors, stockRefusal } from "./answer.ts";
import type { StockError } from "./rules/refusal.ts";

/** Of the 15 s that a whole order may take, the batch that records it and the one that finds out what it did may need 5 each. */
const RECORD_BY_MS = 5_000;

type Reserved = Extract<Reservation, { outcome: "reserved" }>;

/**
 * Places an order by the protocol (DESIGN §5, PROTOCOL 1): quote, reserve, record; three hops where nothing is short.
 * @param keyed the Idempotency-Key's id; retries with it give the same order or the same refusal
 * @throws Refusal `insufficient_stock` with every short line; `unresolved` where D1 has decided nothing; and what the quote refuses
 */
export async function placeOrder(deps: Deps, request: OrderRequest, keyed: Keyed | undefined): Promise<Placed> {
  const startedMs = deps.nowMs();
  const placing = {
    orderId: `ORD${keyed?.id ?? deps.newId()}`,
    requestHash: keyed?.requestHash ?? "",
    isKeyed: keyed !== undefined,
  };
  const { record, quote: makeQuote } = await quoteOrder(deps, placing, request);
  const decided = answerFrom(record, placing);
  if (decided) return decided;
  const quote = makeQuote();
  if (quote.unknown.length > 0) {
    return refuse(deps, placing, [...quote.unknown, ...shortageErrors(quote, await shortNow(deps, quote, quote.demand.keys()))]);
  }
  const reserved = await reserve(deps, placing, quote, startedMs + RECORD_BY_MS);
  if ("order" in reserved) return reserved;
  if (deps.nowMs() > startedMs + RECORD_BY_MS) throw giveUp(deps, quote, reserved.holdId);
  return recordReserved(deps, placing, request, quote, reserved);
}

/** PROTOCOL C2 to C4. Every try has a hold of its own. */
async function reserve(deps: Deps, placing: Placing, quote: Quote, byMs: number): Promise<Reserved | Placed> {
  const first = await reserveAtOnce(deps, quote, newHold(deps, placing), byMs - deps.nowMs());
  if (first.outcome === "reserved") return first;
  if (first.outcome === "unknown") throw giveUp(deps, quote, first.holdId);
  await releaseEverywhere(deps, first.heldAt, [first.holdId]);
  const ghosts = ghostsIn(first);
  if (ghosts.length > 0) {
    const decided = await endGhosts(deps, placing, quote, ghosts);
    if (decided) return decided;
  } else if (!first.lines.every((line) => line.tentative)) {
    return refuse(deps, placing, shortageErrors(quote, first.lines));
  }
  return reserveWaiting(deps, placing, quote, byMs);
}

async function reserveWaiting(deps: Deps, placing: Placing, quote: Quote, byMs: number): Promise<Reserved | Placed> {
  const second = await reserveInTurn(deps, quote, newHold(deps, placing), byMs);
  if (second.outcome === "reserved") return second;
  if (second.outcome === "unknown") throw giveUp(deps, quote, second.holdId);
  await releaseEverywhere(deps, second.heldAt, [second.holdId]);
  // Another attempt with this key is at work at this moment: it may yet succeed, so this is no refusal.
  if (ghostsIn(second).length > 0) throw unresolved("Another attempt with this key is being decided.");
  return refuse(deps, placing, shortageErrors(quote, [...second.lines, ...(await shortNow(deps, quote, second.unasked))]));
}

/**
 * PROTOCOL C4a: an earlier attempt of this order holds what is missing. D1 says whether it is the order; if not, it is dead now.
 * @returns the order, where an earlier attempt made it
 */
async function endGhosts(deps: Deps, placing: Placing, quote: Quote, ghosts: string[]): Promise<Placed | undefined> {
  const record = await decide(deps, placing, fenceHolds(placing.orderId, ghosts, deps.nowMs()));
  const decided = answerFrom(record, placing);
  if (!decided) await releaseEverywhere(deps, quote.demand.keys(), ghosts);
  return decided;
}

/** PROTOCOL C4c: with a key the refusal is D1's before it is the client's, so that no retry hears otherwise. */
async function refuse(deps: Deps, placing: Placing, stockErrors: StockError[]): Promise<Placed> {
  const { orderId, requestHash, isKeyed } = placing;
  deps.log("stock_refused", { order_id: orderId, products: stockErrors.map((line) => line.product_id) });
  if (!isKeyed) throw stockRefusal(orderId, stockErrors);
  const record = await decide(deps, placing, fenceKey(orderId, { requestHash, stockErrors }, deps.nowMs()));
  const decided = answerFrom(record, placing, false);
  if (!decided) throw unresolved("The refusal was not kept.");
  return decided;
}

/** Writes a fence and reads what D1 has under the order's id, in one batch. */
async function decide(deps: Deps, placing: Placing, fence: ReturnType<typeof fenceKey>): Promise<OrderRecord> {
  const [, record] = await deps.db.batch(fence, findRecord(placing.orderId)).catch(databaseSilent);
  return record;
}

/** PROTOCOL C3: no record was sent under this hold, so giving it back needs no word of D1. */
function giveUp(deps: Deps, quote: Quote, holdId: string): Refusal {
  deps.defer((later) => releaseEverywhere(later, quote.demand.keys(), [holdId]));
  return unresolved("The stock does not answer.");
}

function ghostsIn(short: Extract<Reservation, { outcome: "short" }>): string[] {
  return [...new Set(short.lines.flatMap((line) => line.ownHolds))];
}

function newHold(deps: Deps, placing: Placing): string {
  return `${placing.orderId}.${deps.newTry()}`;
}
