import type { Deps } from "../../deps.ts";
import { checkoutHoldId } from "../../stock/rules/cart-messages.ts";
import type { CheckoutQuote } from "./checkout-quote.ts";
import { withDeadline, combine, type Reserved, type Short } from "../placement/reserve.ts";

type Converted = (Reserved & { fresh: string[] }) | Short | { outcome: "unknown"; holdId: string };

/**
 * PROTOCOL K2: one call per product, all at once, under the hold of the cart's generation.
 * @param deadlineMs when the last answer is of use
 * @returns `unknown` where an answer is missing for good, or the generation is over: D1 has to say what is
 */
export async function convertEverywhere(deps: Deps, quote: CheckoutQuote, deadlineMs: number): Promise<Converted> {
  const { cart, demand, ranking, policy } = quote;
  const { cartId, generation } = cart;
  const calls = [...demand].map(([productId, lines]) =>
    withDeadline(deps, deadlineMs, deps.stockOf(productId, deadlineMs).convert({ cartId, generation, lines, ranking, policy })),
  );
  const answers = (await Promise.allSettled(calls)).map((call) => (call.status === "fulfilled" ? call.value : undefined));
  const combined = combine(checkoutHoldId(cart), [...demand.keys()], answers);
  if (combined.outcome !== "reserved") return combined;
  return { ...combined, fresh: answers.flatMap((answer) => (answer?.outcome === "reserved" ? answer.fresh : [])) };
}
