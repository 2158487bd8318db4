import { DELIVERY_METHODS, WAREHOUSES } from "../../../scripts/demo-shop.js";
import type { World } from "./workload.ts";
import { must } from "./workload.ts";

// What the run sells: few products and not many units, so that clients meet each other and shortages are common.

/** A variant that has stock of its own. */
export interface Stocked {
  productId: string;
  variantId: string;
}

/** What a client can ask for, and the units that one of it takes. */
export interface Sold extends Stocked {
  /** Units by variant. */
  takes: ReadonlyMap<string, number>;
}

export const PLACES = WAREHOUSES.map(({ warehouse_id: warehouseId }) => warehouseId);
export const POSTAL_CODES = ["560001", "400001", "110001"];
const FIRST_UNITS = 30;
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

/** Makes the shop by its API, as an admin does. The first units are movements in the log as all others are. */
export async function openShop(world: World): Promise<void> {
  for (const { method, ...terms } of DELIVERY_METHODS) await must(world, "PUT", `/api/v1/delivery/methods/${method}`, terms);
  for (const warehouse of WAREHOUSES) await must(world, "POST", "/api/v1/warehouses", warehouse);
  for (const product of PRODUCTS) await must(world, "POST", "/api/v1/products", product);
  await must(world, "PUT", "/api/v1/tax-rates", { country: "IN", category: CATEGORY, rate_bps: 525 });
  await must(world, "POST", "/api/v1/pricing-rules", {
    name: "Three or more",
    type: "bulk_quantity",
    product_id: "tea",
    min_quantity: 3,
    discount_type: "percent",
    discount_value: 12.5,
  });
  await must(world, "POST", "/api/v1/pricing-rules", {
    name: "Limited",
    type: "promo_code_percentage",
    promo_code: PROMO.code,
    discount_type: "percent",
    discount_value: 10,
    usage_limit: PROMO.limit,
  });
  for (const { productId, variantId } of STOCKED) {
    for (const place of PLACES) {
      await world.ask({
        what: "adjust",
        method: "PUT",
        path: `/api/v1/inventory/products/${productId}/stock`,
        asAdmin: true,
        body: {
          quantity: FIRST_UNITS,
          movement_type: "in",
          reason: "First units",
          reference_id: `first ${variantId} ${place}`,
          warehouse_id: place,
          variant_id: variantId,
        },
      });
    }
  }
}
