import { toProductJson } from "../../catalog/product-json.ts";
import { type AppContext, edgeOf } from "../../http/context.ts";
import { limitSearches } from "../../http/rate-limit.ts";
import { sayVersion } from "../../http/etag.ts";
import { toCursor } from "../../http/paging.ts";
import { createRouter } from "../../http/router.ts";
import { checkAvailability } from "./check-availability.ts";
import { checkAvailability as checkAvailabilityRoute } from "./availability-contract.ts";
import * as contract from "./contract.ts";
import * as lists from "./list-contract.ts";
import { listCategories } from "./list-categories.ts";
import { categoryCursor, toCategoryJson, toListCursor, toListRequest } from "./list-json.ts";
import { listProducts } from "./list-products.ts";
import type { RequestedDestination } from "./sourcing.ts";
import { type ShownProduct, showProduct, showProductByBarcode, showProductBySlug } from "./show-product.ts";
import { toAvailabilityJson, toCheckedJson, toListedJson } from "./json.ts";

/** Product pages for shoppers; in this slice because they show availability. */
export const productRoutes = createRouter()
  .openapi(lists.listProducts, async (c) => {
    const query = c.req.valid("query");
    if (query.q !== undefined) await limitSearches(c);
    const { currency, currencyDecimals: decimals } = c.var.deps.config;
    const { origin } = new URL(c.req.url);
    const { products, next, asOfMs } = await listProducts(c.var.deps, toListRequest(query, decimals));
    return c.json(
      {
        products: products.map((product) => toListedJson(product, { currency, decimals, origin })),
        next_cursor: toListCursor(query.sort, next),
        as_of: new Date(asOfMs).toISOString(),
      },
      200,
    );
  })
  .openapi(contract.showProduct, async (c) => {
    const { product_id: productId } = c.req.valid("param");
    return c.json(shown(c, await showProduct(c.var.deps, productId, requestedDestination(c, c.req.valid("query")))), 200);
  })
  .openapi(contract.showProductBySlug, async (c) => {
    const { slug } = c.req.valid("param");
    return c.json(shown(c, await showProductBySlug(c.var.deps, slug, requestedDestination(c, c.req.valid("query")))), 200);
  })
  .openapi(contract.showProductByBarcode, async (c) => {
    const { code } = c.req.valid("param");
    const found = await showProductByBarcode(c.var.deps, code, requestedDestination(c, c.req.valid("query")));
    return c.json(
      {
        ...shown(c, found),
        variant_id: found.variantId,
        barcode_type: found.isInStore ? ("in_store" as const) : ("global" as const),
      },
      200,
    );
  });

/** The categories of products, with how many are on sale. */
export const categoryRoutes = createRouter().openapi(lists.listCategories, async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const { categories, next, asOfMs } = await listCategories(c.var.deps, categoryCursor(cursor), limit);
  const listed = categories.map(toCategoryJson);
  const nextCursor = next === null ? null : toCursor(next);
  return c.json({ categories: listed, next_cursor: nextCursor, as_of: new Date(asOfMs).toISOString() }, 200);
});

/** Availability of one product; mounted with the inventory. */
export const availabilityRoutes = createRouter().openapi(checkAvailabilityRoute, async (c) => {
  const { product_id: productId, quantity } = c.req.valid("param");
  const { variant_id: variantId, ...destination } = c.req.valid("query");
  const checked = await checkAvailability(c.var.deps, { productId, variantId }, requestedDestination(c, destination));
  return c.json(toCheckedJson(checked, quantity), 200);
});

interface DestinationQuery {
  postal_code?: string | undefined;
  country?: string | undefined;
}

function requestedDestination(c: AppContext, { postal_code: postalCode, country }: DestinationQuery): RequestedDestination {
  return { country, postalCode, edge: edgeOf(c) };
}

function shown(c: AppContext, { product, stock }: ShownProduct) {
  const isStaff = c.var.caller.may("inventory:read");
  const { currency, currencyDecimals } = c.var.deps.config;
  sayVersion(c, product.updatedAtMs);
  return {
    ...toProductJson(product, { currency, currencyDecimals, isStaff, origin: new URL(c.req.url).origin }),
    availability: toAvailabilityJson(stock, { isStaff }),
  };
}
