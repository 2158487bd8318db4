import { toProductJson } from "../../catalog/product-json.ts";
import { toNewProduct } from "../../catalog/request-json.ts";
import type { AppContext } from "../../http/context.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { createRouter } from "../../http/router.ts";
import { type AdjustRequest, adjustStock } from "./adjust-stock.ts";
import * as contract from "./contract.ts";
import { createStockedProduct } from "./create-stocked-product.ts";
import { toAdjustedJson } from "./json.ts";

/** The ledger's kind for each movement type of a request. */
const KINDS = { in: "receive", out: "issue", set: "count" } as const;

/** Changes of stock by hand: receipts, issues, counts, damage, and the first units of a new product. */
export const adjustmentRoutes = createRouter()
  .openapi(contract.adjustStock, async (c) => {
    const body = c.req.valid("json");
    const request = {
      productId: c.req.valid("param").product_id,
      variantId: body.variant_id,
      warehouseId: body.warehouse_id,
      kind: KINDS[body.movement_type],
      quantity: body.quantity,
      reason: body.reason,
      expectedOnHand: body.expected_on_hand,
      onShortage: toShortage(body.on_shortage),
      externalReference: body.reference_id ?? null,
    };
    return c.json(await adjusted(c, body, request), 200);
  })
  .openapi(contract.countStock, async (c) => {
    const body = c.req.valid("json");
    const count = { kind: "count", quantity: body.counted, expectedOnHand: body.expected_on_hand } as const;
    const onShortage = toShortage(body.on_shortage);
    return c.json(await adjusted(c, body, { ...requestOf(body), ...count, onShortage }), 200);
  })
  .openapi(contract.recordDamage, async (c) => {
    const body = c.req.valid("json");
    const damage = { kind: "damage", quantity: body.quantity, onShortage: toShortage(body.on_shortage) } as const;
    return c.json(await adjusted(c, body, { ...requestOf(body), ...damage }), 200);
  })
  .openapi(contract.createStockedProduct, async (c) => {
    const { current_stock: units, warehouse_id: warehouseId, ...body } = c.req.valid("json");
    const keyed = await keyedRequest(c, c.req.valid("json"));
    const { deps } = c.var;
    const { currency, currencyDecimals } = deps.config;
    const wanted = { ...toNewProduct(body, currencyDecimals), units, warehouseId };
    const { product, movement, replayed } = await createStockedProduct(deps, keyed, wanted);
    if (replayed) c.header("Idempotency-Replayed", "true");
    c.header("Location", `/api/v1/products/${encodeURIComponent(product.productId)}`);
    const initialStock = movement ? toAdjustedJson(product.productId, movement) : null;
    const shown = toProductJson(product, { currency, currencyDecimals, isStaff: true, origin: new URL(c.req.url).origin });
    return c.json({ ...shown, current_stock: initialStock?.current_stock ?? 0, initial_stock: initialStock }, 201);
  });

async function adjusted(c: AppContext, body: object, request: AdjustRequest) {
  const keyed = await keyedRequest(c, body);
  const { movement, replayed, cut } = await adjustStock(c.var.deps, keyed, request);
  if (replayed) c.header("Idempotency-Replayed", "true");
  return toAdjustedJson(request.productId, movement, cut);
}

function toShortage(onShortage: "refuse" | "keep_oldest" | undefined): "keep_oldest" | undefined {
  return onShortage === "keep_oldest" ? onShortage : undefined;
}

interface PlaceBody {
  product_id: string;
  variant_id?: string | undefined;
  warehouse_id: string;
  reason: string;
  reference_id?: string | undefined;
}

/** The part of the request that counts and write-offs share. */
function requestOf({ reason, ...body }: PlaceBody) {
  const place = { productId: body.product_id, variantId: body.variant_id, warehouseId: body.warehouse_id };
  return { ...place, reason, externalReference: body.reference_id ?? null };
}
