import { edgeOf } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { minorOf } from "../http/validate.ts";
import { createRouter } from "../http/router.ts";
import { type Minor, toMajor } from "../rules/money.ts";
import * as contract from "./delivery-contract.ts";
import { type DeliveryOption, deliveryOptions, setDeliveryMethod, showDeliveryMethod } from "./delivery-methods.ts";
import { type DeliveryMethod, versionOf } from "./rules/delivery.ts";
import { roundedKm, toLocationJson } from "./warehouse-json.ts";
import { type WrittenCodes, writePostalCodes } from "./write-postal-codes.ts";

/** The shop's currency and its decimals. */
interface Shop {
  currency: string;
  currencyDecimals: number;
}

export const deliveryRoutes = createRouter()
  .openapi(contract.deliveryOptions, async (c) => {
    const { postal_code: postalCode, country = c.var.deps.config.country } = c.req.valid("query");
    const { ranking, options } = await deliveryOptions(c.var.deps, { country, postalCode, edge: edgeOf(c) });
    const shown = options.map((option) => toOptionJson(option, c.var.deps.config));
    return c.json({ country, ranked_by: ranking.rankedBy, location: toLocationJson(ranking.location), options: shown }, 200);
  })
  .openapi(contract.showDeliveryMethod, async (c) => {
    const method = await showDeliveryMethod(c.var.deps, c.req.valid("param").method);
    sayVersion(c, versionOf(method));
    return c.json(toMethodJson(method, c.var.deps.config), 200);
  })
  .openapi(contract.setDeliveryMethod, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const costMinor: Minor = minorOf("cost", body.cost, c.var.deps.config.currencyDecimals);
    const { method } = c.req.valid("param");
    const { answer, replayed } = await setDeliveryMethod(c.var.deps, keyed, {
      method,
      name: body.name,
      costMinor,
      days: body.days,
      requiresAddress: body.requires_address,
    });
    if (replayed) c.header("Idempotency-Replayed", "true");
    sayVersion(c, versionOf(answer));
    return c.json(toMethodJson(answer, c.var.deps.config), 200);
  });

export const postalCodeRoutes = createRouter().openapi(contract.writePostalCodes, async (c) => {
  const body = c.req.valid("json");
  const keyed = await keyedRequest(c, body);
  const { answer, replayed } = await writePostalCodes(c.var.deps, keyed, body.country, body.postal_codes);
  if (replayed) c.header("Idempotency-Replayed", "true");
  return c.json(toWrittenJson(answer), 200);
});

function toWrittenJson({ country, written, dropped = [] }: WrittenCodes) {
  return { country, written, dropped: dropped.length, dropped_codes: dropped.map(({ code, reason }) => ({ code, reason })) };
}

/** A kept answer of a release before 0.4.0 does not say whether an address is required. */
function toMethodJson(
  { method, name, costMinor, days, requiresAddress = false }: Omit<DeliveryMethod, "requiresAddress"> & Partial<DeliveryMethod>,
  { currency, currencyDecimals }: Shop,
) {
  return { method, name, cost: toMajor(costMinor, currencyDecimals), currency, days, requires_address: requiresAddress };
}

function toOptionJson({ method, estimatedDeliveryMs, first }: DeliveryOption, shop: Shop) {
  return {
    ...toMethodJson(method, shop),
    estimated_delivery_at: new Date(estimatedDeliveryMs).toISOString(),
    available: first !== undefined,
    warehouse: first
      ? { warehouse_id: first.warehouse.warehouseId, name: first.warehouse.name, distance_km: roundedKm(first.distanceKm) }
      : null,
  };
}
