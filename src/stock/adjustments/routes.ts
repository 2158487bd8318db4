import { edgeOf } from "../../http/edge.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { createRouter } from "../../http/validate.ts";
import { adjustStock } from "./adjust-stock.ts";
import { checkAvailability } from "../storefront/check-availability.ts";
import { checkHealth } from "../storefront/check-health.ts";
import * as contract from "./contract.ts";
import { toAdjustedJson, toCheckedJson } from "../storefront/json.ts";

/** What each movement type of a request is in the ledger. */
const KINDS = { in: "receive", out: "issue", set: "count" } as const;

export const inventoryRoutes = createRouter()
  .openapi(contract.checkAvailability, async (c) => {
    const { product_id: productId, quantity } = c.req.valid("param");
    const { variant_id: variantId, postal_code: postalCode, country } = c.req.valid("query");
    const checked = await checkAvailability(c.var.deps, { productId, variantId }, { country, postalCode, edge: edgeOf(c) });
    return c.json(toCheckedJson(checked, quantity), 200);
  })
  .openapi(contract.adjustStock, async (c) => {
    const { product_id: productId } = c.req.valid("param");
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { movement, replayed } = await adjustStock(c.var.deps, keyed, {
      productId,
      variantId: body.variant_id,
      warehouseId: body.warehouse_id,
      kind: KINDS[body.movement_type],
      quantity: body.quantity,
      reason: body.reason,
      expectedOnHand: body.expected_on_hand,
      externalReference: body.reference_id ?? null,
    });
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json(toAdjustedJson(productId, movement), 200);
  })
  .openapi(contract.countStock, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { movement, replayed } = await adjustStock(c.var.deps, keyed, {
      ...requestOf(body),
      kind: "count",
      quantity: body.counted,
      expectedOnHand: body.expected_on_hand,
    });
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json(toAdjustedJson(body.product_id, movement), 200);
  })
  .openapi(contract.recordDamage, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const request = { ...requestOf(body), kind: "damage", quantity: body.quantity } as const;
    const { movement, replayed } = await adjustStock(c.var.deps, keyed, request);
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json(toAdjustedJson(body.product_id, movement), 200);
  });

interface PlaceBody {
  product_id: string;
  variant_id?: string | undefined;
  warehouse_id: string;
  reason: string;
  reference_id?: string | undefined;
}

/** What a count and a damage ask for in the same words. */
function requestOf({ reason, ...body }: PlaceBody) {
  const place = { productId: body.product_id, variantId: body.variant_id, warehouseId: body.warehouse_id };
  return { ...place, reason, externalReference: body.reference_id ?? null };
}

export const healthRoutes = createRouter().openapi(contract.checkHealth, async (c) => {
  await checkHealth(c.var.deps);
  return c.json({ status: "ok", d1: "ok", stock: "ok" } as const, 200);
});
