import type { Deps } from "../deps.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { findDeliveryMethods, upsertDeliveryMethod } from "./queries.ts";
import { deliveryQuery, type Destination, type RankFor, rankOrRefuse } from "./ranking.ts";
import { DELIVERY_METHODS, type DeliveryMethod, estimatedDeliveryMs } from "./rules/delivery.ts";
import type { Ranked, Ranking } from "./rules/rank.ts";

/** A delivery method for a destination; `first` is the first warehouse in the ranking, if any may supply it. */
export interface DeliveryOption {
  method: DeliveryMethod;
  estimatedDeliveryMs: number;
  first: Ranked | undefined;
}

/**
 * Shows every delivery method for an order that is placed now.
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

/** Adds or changes a delivery method. Orders already placed keep their cost and time. */
export async function setDeliveryMethod(
  deps: Deps,
  keyed: Keyed | undefined,
  method: DeliveryMethod,
): Promise<Written<DeliveryMethod>> {
  return writeOnce(deps, keyed, () => plan(deps, method));
}

async function plan(deps: Deps, method: DeliveryMethod): Promise<Plan<DeliveryMethod>> {
  const { methods } = await deps.db.batch("read delivery methods", { methods: findDeliveryMethods() });
  const before = methods.find((each) => each.method === method.method);
  const change = { action: "delivery_method.set", recordType: "delivery_method", recordId: method.method, before, after: method };
  return { queries: [upsertDeliveryMethod(method)], changes: [change], answer: method, status: 200 };
}
