import { toProductJson } from "../catalog/product-json.ts";
import { edgeOf } from "../http/edge.ts";
import { rowCursor, toCursor } from "../http/paging.ts";
import { createRouter } from "../http/validate.ts";
import * as contract from "./contract.ts";
import { listProducts } from "./list-products.ts";
import { showProduct } from "./show-product.ts";
import { toAvailabilityJson, toListedJson } from "./stock-json.ts";

/** The shopper's side of the catalogue; it is in this slice because it shows what is available. */
export const productRoutes = createRouter()
  .openapi(contract.listProducts, async (c) => {
    const { limit, cursor, in_stock: inStock, ...search } = c.req.valid("query");
    const { products, nextRow, asOfMs } = await listProducts(c.var.deps, {
      ...search,
      inStock: inStock && inStock === "true",
      afterRow: rowCursor(cursor),
      limit,
    });
    const { currency, currencyDecimals: decimals } = c.var.deps.config;
    return c.json(
      {
        products: products.map((product) => toListedJson(product, { currency, decimals })),
        next_cursor: nextRow === null ? null : toCursor(nextRow),
        as_of: new Date(asOfMs).toISOString(),
      },
      200,
    );
  })
  .openapi(contract.showProduct, async (c) => {
    const { postal_code: postalCode, country } = c.req.valid("query");
    const isStaff = c.var.caller.may("inventory:read");
    const asker = { country, postalCode, edge: edgeOf(c) };
    const { product_id: productId } = c.req.valid("param");
    const { product, stock } = await showProduct(c.var.deps, productId, asker);
    const { currency, currencyDecimals } = c.var.deps.config;
    const shown = toProductJson(product, { currency, currencyDecimals, isStaff });
    return c.json({ ...shown, availability: toAvailabilityJson(stock, { isStaff }) }, 200);
  });
