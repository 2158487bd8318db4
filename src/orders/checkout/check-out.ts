import { isDatabaseError } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { eligibleWarehouses } from "../../stock/rules/allocate.ts";
import { checkoutHoldId } from "../../stock/rules/cart-messages.ts";
import { USE_LIMIT_CHECKS } from "../../pricing/use-queries.ts";
import { answerFrom, type Attempt, beginAttempt, databaseSilent, type Placed } from "../placement/attempt.ts";
import { type CheckoutQuote, type CheckoutRequest, quoteCheckout } from "./checkout-quote.ts";
import { endCheckout } from "./end-checkout.ts";
import { CUSTOMER_LIMIT } from "../limit-queries.ts";
import { insertPlaced, toOrder } from "../placement/record.ts";
import { boughtRefusal, refuseLimit, refuseStock, refuseTotal, requoteUsedUp, shortRefusal } from "../placement/refuse.ts";
import { combine, RESERVE_TIMEOUT_MS, type Reserved, type Short, withDeadline } from "../placement/reserve.ts";
import { orderLimitRefusal } from "../rules/limits.ts";
import { isQuoted } from "../rules/checkout.ts";
import { isAsExpected, totalRefusal } from "../rules/refusal.ts";

/** A running checkout. All checkouts of one generation of the cart share one hold. */
interface Checkout {
  attempt: Attempt;
  request: CheckoutRequest;
  quote: CheckoutQuote;
}

/**
 * Turns a cart's reservation into the hold of an order and records the order: quote, convert, record (K1 to K7); three hops.
 * @param keyed the Idempotency-Key's id; retries with it get the same order or the same refusal
 * @throws Refusal `not_found`; `cart_checked_out`, naming the order; `insufficient_stock` with every short line; `total_changed` where
 *   the total is not what the cart showed or the shopper expects; `unresolved`; what the quote refuses, and the challenge
 */
export async function checkOut(deps: Deps, request: CheckoutRequest, keyed: Keyed | undefined): Promise<Placed> {
  const deadlineMs = deps.nowMs() + RESERVE_TIMEOUT_MS;
  const attempt = beginAttempt(deps, keyed);
  const read = await quoteCheckout(deps, attempt, request).catch((error: unknown) => {
    throw attempt.isKeyed && isDatabaseError(error) ? databaseSilent(attempt, error) : error;
  });
  const decided = answerFrom(read.record, attempt);
  if (decided) return decided;
  const quote = read.quote();
  const checkout = { attempt, request, quote };
  if (quote.unknown.length > 0) return refuseStock(deps, attempt, quote.unknown);
  const tooMany = orderLimitRefusal(quote.limits);
  if (tooMany) return refuseLimit(deps, attempt, tooMany);
  if (!isExpected(quote)) return refuseTotal(deps, attempt, { expectedMinor: quote.expectedMinor }, quote);
  await deps.challenge?.(keyed?.id);
  const converted = await convertEverywhere(deps, quote, deadlineMs);
  if (converted.outcome === "unknown" || deps.nowMs() > deadlineMs) return endCheckout(deps, checkout);
  if (converted.outcome === "short") {
    const lines = converted.lines.filter((line) => !line.isBehind);
    return endCheckout(deps, checkout, lines.length > 0 ? shortRefusal(attempt, quote, lines) : undefined);
  }
  const eligible = eligibleWarehouses(quote.policy, quote.ranking);
  if (!isQuoted(quote.demand.values(), converted.allocations, eligible)) return endCheckout(deps, checkout);
  if (converted.fresh.length === 0) return record(deps, checkout, converted);
  const lost = new Set(converted.fresh.flatMap((variantId) => quote.linesNeeding(variantId)));
  const now = { ...checkout, quote: await quoteOrEnd(deps, checkout, () => read.quote(lost)) };
  return isExpected(now.quote) ? record(deps, now, converted) : endCheckout(deps, now, refusalOfTotal(deps, now.quote));
}

type Converted = (Reserved & { fresh: string[] }) | Short | { outcome: "unknown"; holdId: string };

/**
 * Converts the cart's units to the hold of its generation: one call per product, all at once (K2).
 * @param deadlineMs when the last answer is of use
 * @returns `unknown` where an answer is missing, or the generation has ended: D1 decides
 */
async function convertEverywhere(deps: Deps, quote: CheckoutQuote, deadlineMs: number): Promise<Converted> {
  const { cart, demand, ranking, policy, share } = quote;
  const { cartId, generation } = cart;
  const calls = [...demand].map(([productId, lines]) =>
    withDeadline(
      deps,
      deadlineMs,
      deps.stockOf(productId, deadlineMs).convert({ cartId, generation, lines, ranking, policy, share }),
    ),
  );
  const answers = (await Promise.allSettled(calls)).map((call) => (call.status === "fulfilled" ? call.value : undefined));
  const combined = combine(checkoutHoldId(cart), [...demand.keys()], answers);
  if (combined.outcome !== "reserved") return combined;
  return { ...combined, fresh: answers.flatMap((answer) => (answer?.outcome === "reserved" ? answer.fresh : [])) };
}

/** Only success is taken at its word; every other outcome is resolved (K4). */
async function record(deps: Deps, checkout: Checkout, reserved: Reserved): Promise<Placed> {
  const { attempt, request, quote } = checkout;
  const order = { ...toOrder(deps, attempt, quote.buyer, quote, reserved), cartId: request.cartId, promoCode: quote.promoCode };
  try {
    await insertPlaced(deps, { order, levels: reserved.levels, limits: quote.limits, cart: quote.cart });
  } catch (error) {
    if (failedConstraint(error) === CUSTOMER_LIMIT)
      return endCheckout(deps, checkout, await boughtRefusal(deps, quote.buyer, quote), error);
    const isUsed = USE_LIMIT_CHECKS.has(failedConstraint(error) ?? "");
    return isUsed ? refuseUsedUp(deps, checkout, error) : endCheckout(deps, checkout, undefined, error);
  }
  return { order, replayed: false };
}

/** Another order took the last use of a rule since the quote: the uses are read again and the cart is priced again. */
async function refuseUsedUp(deps: Deps, checkout: Checkout, cause: unknown): Promise<Placed> {
  const { attempt, request, quote: before } = checkout;
  const again = await quoteCheckout(deps, attempt, request).catch(() => undefined);
  const now =
    again &&
    (await requoteUsedUp(attempt, before, {
      record: again.record,
      quote: () => quoteOrEnd(deps, checkout, () => again.quote(before.lost)),
    }));
  if (!now) return endCheckout(deps, checkout, undefined, cause);
  if ("order" in now) return now;
  return endCheckout(deps, { ...checkout, quote: now }, refusalOfTotal(deps, now));
}

/** Quotes again what the objects hold already. Where that is refused the generation is ended first, or its units would stay held. */
async function quoteOrEnd(deps: Deps, checkout: Checkout, quote: () => CheckoutQuote): Promise<CheckoutQuote> {
  try {
    return quote();
  } catch (error) {
    await endCheckout(deps, checkout).catch(() => undefined);
    throw error;
  }
}

function isExpected(quote: CheckoutQuote): boolean {
  return isAsExpected(quote, quote.expectedMinor);
}

function refusalOfTotal(deps: Deps, quote: CheckoutQuote) {
  const { currency, currencyDecimals: decimals } = deps.config;
  return totalRefusal(quote, quote.expectedMinor, { currency, decimals });
}
