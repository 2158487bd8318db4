import type { Deps } from "../deps.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { findDeliveryMethods, upsertDeliveryMethod } from "./queries.ts";
import type { DeliveryMethod } from "./rules/delivery.ts";

/** Offers a delivery method, or changes it. Orders that were placed keep their cost and time. */
export async function setDeliveryMethod(
  deps: Deps,
  keyed: Keyed | undefined,
  method: DeliveryMethod,
): Promise<Written<DeliveryMethod>> {
  return writeOnce(deps, keyed, () => plan(deps, method));
}

async function plan(deps: Deps, method: DeliveryMethod): Promise<Plan<DeliveryMethod>> {
  const { methods } = await deps.db.batch("read", { methods: findDeliveryMethods() });
  const before = methods.find((each) => each.method === method.method);
  const change = { action: "delivery_method.set", recordType: "delivery_method", recordId: method.method, before, after: method };
  return { queries: [upsertDeliveryMethod(method)], changes: [change], answer: method, status: 200 };
}
