import { importRows } from "../../support/shop/bulk.ts";
import { ownBarcode } from "../../support/shop/catalog.ts";
import { flushedProduct } from "../../support/stock/inventory.ts";
import { postRule, ruleBody } from "../../support/pricing/pricing.ts";
import { put } from "../../support/http/requests.ts";
import { product } from "../../support/shop/shop.ts";
import { gif, SMALL_GIF, uploaded } from "../../support/shop/images.ts";
import { type ValidRequest, type ValidRequests, uniqueId } from "./valid-request.ts";

const TIMES = { start_at: "2026-01-01T00:00:00Z", end_at: "2099-01-01T00:00:00Z" };

function newProduct(): Record<string, unknown> {
  const productId = uniqueId("prod");
  const fields = { description: "Long grain", category: "Rice", brand: "Saltwind", unit: "kg", mrp: 180, cost_price: 90.5 };
  const supplier = { supplier_name: "Ravi", supplier_contact: "+91 98450 12345", supplier_email: "ravi@example.com" };
  const levels = { min_stock_level: 1, max_stock_level: 10 };
  const barcode = ownBarcode();
  const content = {
    slug: productId,
    compare_at_price: 170,
    weight: 1_000,
    tags: ["aged"],
    options: [{ name: "Grain", values: ["Long"] }],
    images: [{ url: "https://cdn.example.com/rice.jpg", alt: "Rice" }],
  };
  return {
    ...content,
    product_id: productId,
    sku: `SKU-${productId}`,
    name: "Basmati",
    price: 150,
    barcode,
    ...fields,
    ...supplier,
    ...levels,
  };
}

async function ofProduct(): Promise<ValidRequest & { params: { product_id: string } }> {
  return { params: { product_id: (await product()).productId }, caller: "guest" };
}

async function ofRule(): Promise<ValidRequest> {
  const { rule_id } = await postRule({ product_id: (await product()).productId });
  return { params: { rule_id }, caller: "staff" };
}

/** The catalogue, pricing rules and tax rates. */
export const CATALOG: ValidRequests = {
  "POST /api/v1/products/import": () => {
    const productId = uniqueId("bulk");
    return {
      file: { type: "text/csv", text: `product_id,sku,name,price\n${productId},SKU-${productId},"Rice, white",150.50\n` },
    };
  },
  "GET /api/v1/products/imports/{import_id}": async () => {
    const row = { product_id: uniqueId("bulk"), name: "Rice", price: 1 };
    const { response } = await importRows([row]);
    const { import_id: importId } = await response.json<{ import_id: string }>();
    return { params: { import_id: importId } };
  },
  "GET /api/v1/products/export": () => ({ query: { format: "ndjson" }, caller: "staff" }),
  "POST /api/v1/products": () => {
    const { sku: _, ...fields } = newProduct();
    const variants = ["a", "b"].map((name) => ({
      variant_id: `${String(fields.product_id)}-${name}`,
      sku: uniqueId("sku"),
      name,
    }));
    return { body: { ...fields, variants } };
  },
  "GET /api/v1/products": () => ({
    query: { limit: "2", q: "rice", sort: "-price", min_price: "1", status: "active", in_stock: "false" },
    caller: "guest",
  }),
  "GET /api/v1/categories": async () => {
    await product({ category: "Rice" });
    return { query: { limit: "2" }, caller: "guest" };
  },
  "POST /api/v1/products/{product_id}/images": async () => ({
    params: { product_id: (await product()).productId },
    query: { alt: "A bag of rice" },
    file: { type: "image/gif", text: SMALL_GIF },
    caller: "staff",
  }),
  "GET /images/{product_id}/{file}": async () => {
    const { productId } = await product();
    const image = await uploaded(productId, gif(2, 3));
    return { params: { product_id: productId, file: image.url.split("/").at(-1) ?? "" }, caller: "guest" };
  },
  "GET /api/v1/products/by-slug/{slug}": async () => {
    const slug = uniqueId("slug");
    await product({ slug });
    return { params: { slug }, query: { country: "IN" }, caller: "guest" };
  },
  "PATCH /api/v1/products/{product_id}": async () => ({
    ...(await ofProduct()),
    body: { name: "Sona Masuri", price: 120, status: "active", brand: null },
    caller: "staff",
  }),
  "GET /api/v1/products/{product_id}": async () => ({ ...(await ofProduct()), query: { postal_code: "560034", country: "IN" } }),
  "GET /api/v1/products/by-barcode/{code}": async () => {
    const code = ownBarcode();
    await product({ barcode: code });
    return { params: { code }, query: { country: "IN" }, caller: "guest" };
  },
  "GET /api/v1/products/{product_id}/price": async () => ({
    ...(await ofProduct()),
    query: { quantity: "3", promo_code: "DIWALI10" },
  }),
  "GET /api/v1/inventory/products/{product_id}/availability/{quantity}": async () => {
    const productId = await flushedProduct(5);
    return { params: { product_id: productId, quantity: "3" }, query: { country: "IN" }, caller: "guest", products: [productId] };
  },
  "POST /api/v1/pricing-rules": async () => ({
    body: ruleBody({ product_id: (await product()).productId, ...TIMES, priority: 5, usage_limit: 9 }),
    caller: "staff",
  }),
  "GET /api/v1/pricing-rules": async () => {
    await ofRule();
    return { query: { limit: "2", type: "cart_total", is_active: "true" }, caller: "staff" };
  },
  "GET /api/v1/pricing-rules/{rule_id}": ofRule,
  "PATCH /api/v1/pricing-rules/{rule_id}": async () => ({
    ...(await ofRule()),
    body: { name: "Half off", discount_value: 50, min_quantity: 2, ...TIMES, is_active: false },
  }),
  "DELETE /api/v1/pricing-rules/{rule_id}": ofRule,
  "GET /api/v1/tax-rates": () => ({ caller: "guest" }),
  "PUT /api/v1/tax-rates": () => ({ body: { country: "BV", category: uniqueId("Category"), rate_bps: 1_800 } }),
  "DELETE /api/v1/tax-rates": async () => {
    const category = uniqueId("Category");
    await put("/api/v1/tax-rates", { country: "BV", category, rate_bps: 500 }, { admin: true });
    return { query: { country: "BV", category } };
  },
};
