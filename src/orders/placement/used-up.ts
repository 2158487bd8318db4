import type { Deps } from "../../deps.ts";
import { answerFrom, notPlaced, type Placed } from "./answer.ts";
import { type OrderRequest, type Attempt, type Quote, quoteOrder } from "./quote.ts";
import { refuseTotal } from "./refuse.ts";
import { isUsedUp } from "../rules/expected.ts";

/**
 * An order was not recorded, because the last use of a rule went to another since its quote; its hold is dead. It is priced again, by
 * uses that are read again, and refused with what it comes to now.
 * @param quote what it was to come to
 * @returns the order, where another attempt made it meanwhile
 * @throws Refusal `total_changed`; `unresolved` where the rule can be used after all, or D1 does not answer
 */
export async function refuseUsedUp(
  deps: Deps,
  placing: Attempt,
  request: OrderRequest,
  quote: Quote,
  cause: unknown,
): Promise<Placed> {
  const again = await quoteOrder(deps, placing, request).catch((error: unknown) => {
    throw notPlaced(placing, "The prices could not be read again.", error);
  });
  const decided = answerFrom(again.record, placing);
  if (decided) return decided;
  const now = again.quote();
  if (now.unknown.length > 0 || !isUsedUp(quote, now)) throw notPlaced(placing, "The prices changed meanwhile.", cause);
  return refuseTotal(deps, placing, request, now);
}
