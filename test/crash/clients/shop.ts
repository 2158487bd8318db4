import { DELIVERY_METHODS, WAREHOUSES } from "../../../scripts/demo-shop.js";
import type { Workload } from "./workload.ts";
import { callAdmin } from "./workload.ts";

// The shop of a run: few products and few units, so that clients compete and shortages are common.

/** A variant that has stock of its own. */
export interface Stocked {
  productId: string;
  variantId: string;
}

/** A variant that clients can order, with the stock that one unit of it takes. */
export interface Sold extends Stocked {
  /** Units by stocked variant. */
  takes: ReadonlyMap<string, number>;
}

export const WAREHOUSE_IDS = WAREHOUSES.map(({ warehouse_id: warehouseId }) => warehouseId);
export const POSTAL_CODES = ["560001", "400001", "110001"];
const INITIAL_UNITS = 30;
const CATEGORY = "Pantry";
export const PROMO = { code: "CRASH", limit: 25 };

const PRODUCTS = [
  { product_id: "tea", name: "Tea", sku: "TEA", price: 150, category: CATEGORY },
  { product_id: "rice", name: "Rice", sku: "RICE", price: 99.99, category: CATEGORY },
  { product_id: "lamp", name: "Lamp", sku: "LAMP", price: 1_249.5 },
  {
    product_id: "shirt",
    name: "Shirt",
    price: 700,
    variants: [
      { variant_id: "shirt-s", sku: "SHIRT-S" },
      { variant_id: "shirt-m", sku: "SHIRT-M", price_adjustment: 50 },
    ],
  },
  { product_id: "frame", name: "Frame", sku: "FRAME", price: 14_990 },
  { product_id: "pillow", name: "Pillow", sku: "PILLOW", price: 333.33 },
  {
    product_id: "bed",
    name: "Bed",
    sku: "BED",
    price: 15_500,
    components: [
      { product_id: "frame", quantity: 1 },
      { product_id: "pillow", quantity: 2 },
    ],
  },
];

export const STOCKED: readonly Stocked[] = PRODUCTS.filter((product) => product.components === undefined).flatMap(
  ({ product_id: productId, variants }) =>
    (variants ?? [{ variant_id: productId }]).map(({ variant_id: variantId }) => ({ productId, variantId })),
);

export const STOCKED_PRODUCTS = [...new Set(STOCKED.map(({ productId }) => productId))];

const BED: Sold = {
  productId: "bed",
  variantId: "bed",
  takes: new Map([
    ["frame", 1],
    ["pillow", 2],
  ]),
};

export const SOLD: readonly Sold[] = [...STOCKED.map((each): Sold => ({ ...each, takes: new Map([[each.variantId, 1]]) })), BED];

/** Creates the shop through its API, as an admin. The initial stock is logged like every other write. */
export async function openShop(workload: Workload): Promise<void> {
  for (const { method, ...terms } of DELIVERY_METHODS)
    await callAdmin(workload, "PUT", `/api/v1/delivery/methods/${method}`, terms);
  for (const warehouse of WAREHOUSES) await callAdmin(workload, "POST", "/api/v1/warehouses", warehouse);
  for (const product of PRODUCTS) await callAdmin(workload, "POST", "/api/v1/products", product);
  await callAdmin(workload, "PUT", "/api/v1/tax-rates", { country: "IN", category: CATEGORY, rate_bps: 525 });
  await callAdmin(workload, "POST", "/api/v1/pricing-rules", {
    name: "Three or more",
    type: "bulk_quantity",
    product_id: "tea",
    min_quantity: 3,
    discount_type: "percent",
    discount_value: 12.5,
  });
  await callAdmin(workload, "POST", "/api/v1/pricing-rules", {
    name: "Limited",
    type: "promo_code_percentage",
    promo_code: PROMO.code,
    discount_type: "percent",
    discount_value: 10,
    usage_limit: PROMO.limit,
  });
  for (const { productId, variantId } of STOCKED) {
    for (const warehouseId of WAREHOUSE_IDS) {
      await workload.send({
        what: "adjust",
        method: "PUT",
        path: `/api/v1/inventory/products/${productId}/stock`,
        asAdmin: true,
        body: {
          quantity: INITIAL_UNITS,
          movement_type: "in",
          reason: "Initial stock",
          reference_id: `first ${variantId} ${warehouseId}`,
          warehouse_id: warehouseId,
          variant_id: variantId,
        },
      });
    }
  }
}
