import type { AppContext } from "../http/context.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { createRouter, minorOf } from "../http/validate.ts";
import { changeProduct, type ProductChange } from "./change-product.ts";
import * as contract from "./contract.ts";
import { createProduct, type NewProduct } from "./create-product.ts";
import { toProductJson } from "./product-json.ts";
import type { Product, ProductFields } from "./rules/product.ts";

/** The admin's side of the catalogue; its pages are stock's, because they show what is available. */
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
  const { currency, currencyDecimals } = c.var.deps.config;
  return toProductJson(product, { currency, currencyDecimals, isStaff: true });
}

const UNSAID: Omit<ProductFields, "name" | "priceMinor"> = {
  description: null,
  category: null,
  brand: null,
  unit: null,
  status: "active",
  mrpMinor: null,
  costMinor: null,
  minStockLevel: null,
  maxStockLevel: null,
  supplierName: null,
  supplierContact: null,
};

function toNewProduct(body: contract.NewProductBody, decimals: number): NewProduct {
  const given = givenFields(body, decimals);
  const fields = { ...UNSAID, ...given, name: body.name, priceMinor: minorOf("price", body.price, decimals) };
  const only = body.sku === undefined ? [] : [{ variantId: body.product_id, sku: body.sku }];
  return {
    productId: body.product_id,
    fields,
    variants: toVariants(body.variants) ?? only,
    components: toComponents(body.components) ?? [],
  };
}

function toProductChange(body: contract.ProductChangeBody, decimals: number): ProductChange {
  return {
    fields: givenFields(body, decimals),
    sku: body.sku,
    variants: toVariants(body.variants),
    components: toComponents(body.components),
  };
}

function givenFields(body: contract.ProductChangeBody, decimals: number): Partial<ProductFields> {
  const minor = <T extends number | null | undefined>(field: string, major: T) =>
    typeof major === "number" ? minorOf(field, major, decimals) : major;
  return defined({
    name: body.name,
    description: body.description,
    category: body.category,
    brand: body.brand,
    unit: body.unit,
    status: body.status,
    priceMinor: body.price === undefined ? undefined : minorOf("price", body.price, decimals),
    mrpMinor: minor("mrp", body.mrp),
    costMinor: minor("cost_price", body.cost_price),
    minStockLevel: body.min_stock_level,
    maxStockLevel: body.max_stock_level,
    supplierName: body.supplier_name,
    supplierContact: body.supplier_contact,
  });
}

function defined<T extends object>(fields: T) {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function toVariants(variants: contract.ProductChangeBody["variants"]) {
  return variants?.map(({ variant_id: variantId, ...variant }) => ({ variantId, ...variant }));
}

function toComponents(components: contract.ProductChangeBody["components"]) {
  return components?.map(({ product_id: productId, variant_id: variantId, quantity }) => ({ productId, variantId, quantity }));
}
