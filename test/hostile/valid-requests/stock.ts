import { inStock } from "../../support/orders/http.ts";
import { flushedProduct } from "../../support/stock/inventory.ts";
import { sent, transferBody } from "../../support/stock/transfers.ts";
import { type ValidRequest, type ValidRequests, uniqueId } from "./valid-request.ts";

async function ofStock(caller: ValidRequest["caller"] = "staff") {
  const productId = await inStock(50);
  return { productId, valid: { caller, products: [productId] } };
}

const list = (query: Record<string, string>) => async () => {
  await flushedProduct(1, { min_stock_level: 5 });
  return { query: { limit: "2", ...query }, caller: "staff" as const };
};

const PERIOD = { from: "2026-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z" };

/** Stock, movements and transfers. */
export const STOCK: ValidRequests = {
  "PUT /api/v1/inventory/products/{product_id}/stock": async () => {
    const { productId, valid } = await ofStock();
    const body = { quantity: 5, movement_type: "in", reason: "delivery", warehouse_id: "BLR", reference_id: "PO-1" };
    return { ...valid, params: { product_id: productId }, body };
  },
  "POST /api/v1/inventory/counts": async () => {
    const { productId, valid } = await ofStock();
    return { ...valid, body: { product_id: productId, warehouse_id: "BLR", counted: 49, expected_on_hand: 50, reason: "Count" } };
  },
  "POST /api/v1/inventory/counts/import": async () => {
    const { productId, valid } = await ofStock();
    return { ...valid, body: { counts: [{ sku: `SKU-${productId}`, warehouse_id: "BLR", counted: 49, expected_on_hand: 50 }] } };
  },
  "GET /api/v1/inventory/counts/export": () => ({ query: { warehouse_id: "BLR" }, caller: "staff" }),
  "POST /api/v1/inventory/damage": async () => {
    const { productId, valid } = await ofStock();
    return { ...valid, body: { product_id: productId, warehouse_id: "BLR", quantity: 1, reason: "Torn" } };
  },
  "POST /api/v1/inventory/products": () => ({
    body: {
      product_id: uniqueId("new"),
      sku: uniqueId("sku"),
      name: "Jeera",
      price: 40,
      current_stock: 7,
      warehouse_id: "BLR",
      category: "Spice",
    },
  }),
  "GET /api/v1/inventory/products": async () => {
    // With several filters a page may be empty before the last, so one of them leaves nothing else.
    const category = uniqueId("low");
    for (let made = 0; made < 3; made += 1) await flushedProduct(1, { min_stock_level: 5, category });
    const query = { limit: "2", category, stock_status: "low_stock", warehouse_id: "BLR", status: "active" };
    return { query, caller: "staff" };
  },
  "GET /api/v1/inventory/products/low-stock": list({}),
  "GET /api/v1/inventory/summary": () => ({ caller: "staff" }),
  "GET /api/v1/inventory/inventory/summary": () => ({ caller: "staff" }),
  "GET /api/v1/inventory/movements": list({ kind: "receive", warehouse_id: "BLR", actor: "admin", ...PERIOD }),
  "GET /api/v1/inventory/products/{product_id}/movements": async () => ({
    params: { product_id: await flushedProduct(3) },
    query: { limit: "2", kind: "receive", ...PERIOD },
    caller: "staff",
  }),
  "POST /api/v1/inventory/transfers": async () => {
    const { productId, valid } = await ofStock();
    return { ...valid, body: transferBody({ [productId]: 5 }, { reason: "Monsoon", reference_id: "T-1" }) };
  },
  "GET /api/v1/inventory/transfers": async () => {
    await sent({ [await inStock(5)]: 1 });
    return { query: { limit: "2", status: "in_transit", warehouse_id: "BLR" }, caller: "staff" };
  },
  "POST /api/v1/inventory/transfers/{transfer_id}/receipts": async () => {
    const { productId, valid } = await ofStock();
    const { transfer_id } = await sent({ [productId]: 5 });
    return { ...valid, params: { transfer_id }, body: { items: [{ product_id: productId, quantity: 2 }], note: "One pallet" } };
  },
  "POST /api/v1/inventory/transfers/{transfer_id}/recall": async () => {
    const { productId, valid } = await ofStock();
    const { transfer_id } = await sent({ [productId]: 5 });
    return { ...valid, params: { transfer_id }, body: { reason: "The van broke down" } };
  },
  "GET /api/v1/inventory/transfers/{transfer_id}": async () => {
    const { productId, valid } = await ofStock();
    return { ...valid, params: { transfer_id: (await sent({ [productId]: 5 })).transfer_id } };
  },
  "POST /api/v1/inventory/audit": () => ({ body: { limit: 2, repair: true } }),
};
