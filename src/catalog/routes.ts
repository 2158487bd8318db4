import type { AppContext } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { createRouter } from "../http/router.ts";
import { changeProduct } from "./change-product.ts";
import * as contract from "./contract.ts";
import { createProduct } from "./create-product.ts";
import { toProductJson } from "./product-json.ts";
import { toNewProduct, toProductChange } from "./request-json.ts";
import type { Product } from "./rules/product.ts";

/** Writes to the catalogue. Product pages are in `stock/storefront`, because they show availability. */
export const catalogRoutes = createRouter()
  .openapi(contract.createProduct, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { answer, replayed } = await createProduct(c.var.deps, keyed, toNewProduct(body, c.var.deps.config.currencyDecimals));
    c.header("Location", `/api/v1/products/${encodeURIComponent(answer.productId)}`);
    return c.json(shown(c, answer, replayed), 201);
  })
  .openapi(contract.changeProduct, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const change = toProductChange(body, c.var.deps.config.currencyDecimals);
    const { answer, replayed } = await changeProduct(c.var.deps, keyed, c.req.valid("param").product_id, change);
    return c.json(shown(c, answer, replayed), 200);
  });

function shown(c: AppContext, product: Product, replayed: boolean) {
  if (replayed) c.header("Idempotency-Replayed", "true");
  sayVersion(c, product.updatedAtMs);
  const { currency, currencyDecimals } = c.var.deps.config;
  return toProductJson(product, { currency, currencyDecimals, isStaff: true, origin: new URL(c.req.url).origin });
}
