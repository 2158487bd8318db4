import type { Deps } from "../deps.ts";
import { type Keyed, writeOnce, type Written } from "../events/write-once.ts";
import { upsertDeliveryMethod } from "./queries.ts";
import type { DeliveryMethod } from "./rules/delivery.ts";

/** Offers a delivery method, or changes it. Orders that were placed keep their cost and time. */
export function setDeliveryMethod(
  deps: Deps,
  keyed: Keyed | undefined,
  method: DeliveryMethod,
): Promise<Written<DeliveryMethod>> {
  const plan = { queries: [upsertDeliveryMethod(method)], answer: method, status: 200 as const };
  return writeOnce(deps, keyed, () => Promise.resolve(plan));
}
