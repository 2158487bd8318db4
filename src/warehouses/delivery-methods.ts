import type { Deps } from "../deps.ts";
import { deliveryQuery, type Destination, type RankFor, rankOrRefuse } from "./rank-for.ts";
import { DELIVERY_METHODS, type DeliveryMethod, estimatedDeliveryMs } from "./rules/delivery.ts";
import type { Ranked, Ranking } from "./rules/rank.ts";

/** One delivery method at a destination; `first` is the warehouse it would come from, if any may supply. */
export interface DeliveryOption {
  method: DeliveryMethod;
  estimatedDeliveryMs: number;
  first: Ranked | undefined;
}

/**
 * Finds the ways in which an order of now would reach a destination.
 * @throws Refusal `country_not_served`
 */
export async function deliveryOptions(
  deps: Deps,
  destination: Destination,
): Promise<{ ranking: Ranking; options: DeliveryOption[] }> {
  const {
    delivery: { methods, rank },
  } = await deps.db.batch("delivery options", { delivery: deliveryQuery(deps, destination) });
  const ranking = rankOrRefuse(rank, destination.country, { selfService: false });
  const options = methods
    .toSorted((a, b) => DELIVERY_METHODS.indexOf(a.method) - DELIVERY_METHODS.indexOf(b.method))
    .map((method) => optionOf(method, rank, deps.nowMs()));
  return { ranking, options };
}

function optionOf(method: DeliveryMethod, rank: RankFor, nowMs: number): DeliveryOption {
  const { ranking } = rank({ selfService: method.method === "self_service" });
  return { method, estimatedDeliveryMs: estimatedDeliveryMs(nowMs, method), first: ranking[0] };
}
