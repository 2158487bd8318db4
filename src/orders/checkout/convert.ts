import type { Deps } from "../../deps.ts";
import { checkoutHold } from "../../stock/rules/cart-messages.ts";
import type { CheckoutQuote } from "./checkout-quote.ts";
import { beforeTime, combine, type Reserved, type Short } from "../placement/reserve.ts";

type Converted = (Reserved & { fresh: string[] }) | Short | { outcome: "unknown"; holdId: string };

/**
 * PROTOCOL K2: one call per product, all at once, under the hold of the cart's generation.
 * @param byMs when the last answer is of use
 * @returns `unknown` where an answer is missing for good, or the generation is over: D1 has to say what is
 */
export async function convertEverywhere(deps: Deps, quote: CheckoutQuote, byMs: number): Promise<Converted> {
  const { cart, demand, ranking, policy } = quote;
  const { cartId, generation } = cart;
  const calls = [...demand].map(([productId, lines]) =>
    beforeTime(deps, byMs, deps.stockOf(productId, byMs).convert({ cartId, generation, lines, ranking, policy })),
  );
  const answers = (await Promise.allSettled(calls)).map((call) => (call.status === "fulfilled" ? call.value : undefined));
  const combined = combine(checkoutHold(cart), [...demand.keys()], answers);
  if (combined.outcome !== "reserved") return combined;
  return { ...combined, fresh: answers.flatMap((answer) => (answer?.outcome === "reserved" ? answer.fresh : [])) };
}
