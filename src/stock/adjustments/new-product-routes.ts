import { toProductJson } from "../../catalog/product-json.ts";
import { toNewProduct } from "../../catalog/request-json.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { createRouter } from "../../http/validate.ts";
import { createStockedProduct } from "./create-stocked-product.ts";
import * as contract from "./new-product-contract.ts";
import { toAdjustedJson } from "../storefront/json.ts";

/** A product and its first units in one call. */
export const newProductRoutes = createRouter().openapi(contract.createStockedProduct, async (c) => {
  const { current_stock: units, warehouse_id: warehouseId, ...body } = c.req.valid("json");
  const keyed = await keyedRequest(c, c.req.valid("json"));
  const { deps } = c.var;
  const { currency, currencyDecimals } = deps.config;
  // Under a key the id is that of the first try, whose product is found again.
  const productId = body.product_id ?? `prod-${deps.newId().toLowerCase()}`;
  const named = { ...body, product_id: productId, sku: body.sku ?? productId };
  const wanted = { ...toNewProduct(named, currencyDecimals), units, warehouseId };
  const { product, movement, replayed } = await createStockedProduct(deps, keyed, wanted);
  if (replayed) c.header("Idempotency-Replayed", "true");
  c.header("Location", `/api/v1/products/${encodeURIComponent(product.productId)}`);
  const initialStock = movement ? toAdjustedJson(product.productId, movement) : null;
  const shown = toProductJson(product, { currency, currencyDecimals, isStaff: true });
  return c.json({ ...shown, current_stock: initialStock?.current_stock ?? 0, initial_stock: initialStock }, 201);
});
