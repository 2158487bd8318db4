import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { findDeliveryMethods, upsertDeliveryMethod } from "./queries.ts";
import { deliveryQuery, type Destination, type RankFor, rankOrRefuse } from "./ranking.ts";
import {
  DELIVERY_METHODS,
  type DeliveryMethod,
  type DeliveryMethodId,
  estimatedDeliveryMs,
  versionOf,
} from "./rules/delivery.ts";
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

/** Shows one delivery method. @throws Refusal `not_found` */
export async function showDeliveryMethod(deps: Deps, method: DeliveryMethodId): Promise<DeliveryMethod> {
  const found = await readMethod(deps, method);
  if (!found) throw new Refusal("not_found", `The shop has no delivery method ${method} yet.`);
  return found;
}

/** A method as it is set. A client that does not know `requiresAddress` leaves it as it is. */
type MethodToSet = Omit<DeliveryMethod, "requiresAddress"> & { requiresAddress: boolean | undefined };

/**
 * Adds or changes a delivery method. Orders already placed keep their cost and time.
 * @throws Refusal `precondition_failed`
 */
export async function setDeliveryMethod(
  deps: Deps,
  keyed: Keyed | undefined,
  method: MethodToSet,
): Promise<Written<DeliveryMethod>> {
  return writeGuarded(deps, keyed, "delivery_methods.name", () => plan(deps, method));
}

async function plan(deps: Deps, { requiresAddress, ...given }: MethodToSet): Promise<Plan<DeliveryMethod>> {
  const before = await readMethod(deps, given.method);
  const method = { ...given, requiresAddress: requiresAddress ?? before?.requiresAddress ?? false };
  requireMatch(deps, before ? versionOf(before) : "");
  const change = { action: "delivery_method.set", recordType: "delivery_method", recordId: method.method, before, after: method };
  return { queries: [upsertDeliveryMethod(before, method)], changes: [change], answer: method, status: 200 };
}

async function readMethod(deps: Deps, wanted: DeliveryMethodId): Promise<DeliveryMethod | undefined> {
  const { methods } = await deps.db.batch("read delivery methods", { methods: findDeliveryMethods() });
  return methods.find(({ method }) => method === wanted);
}
