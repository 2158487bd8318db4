import { createProduct } from "../../src/catalog/create-product.ts";
import { FIELD_DEFAULTS } from "../../src/catalog/rules/product.ts";
import type { Deps } from "../../src/deps.ts";
import { createRule } from "../../src/pricing/write-rule.ts";
import { createWarehouse } from "../../src/warehouses/create-warehouse.ts";
import { setDeliveryMethod } from "../../src/warehouses/delivery-methods.ts";

/** The settings of `wrangler.toml` that the simulation does not vary, and dummy secrets. */
export const SETTINGS = {
  ENVIRONMENT: "simulation",
  CURRENCY: "INR",
  COUNTRY: "IN",
  DEFAULT_WAREHOUSE: "BLR",
  PAYMENT_METHODS: "cod:on_delivery card:stripe upi:stripe",
  PAYMENT_WINDOW_MINUTES: "30",
  RESERVATION_MINUTES: "15",
  RESERVATION_MAX_MINUTES: "60",
  PRICES_INCLUDE_TAX: "on",
  TAX_DELIVERY: "off",
  STRIPE_API_URL: "https://stripe.invalid",
  TURNSTILE_API_URL: "https://turnstile.invalid",
  REFRESH_GRACE_SECONDS: "0",
  ORDER_EXPIRY_HOURS: "60",
  PROJECTION_FLUSH_MS: "1000",
  MAX_IN_FLIGHT: "64",
  ALLOWED_ORIGINS: "*",
  RATE_LIMITS: "off",
  REQUEST_LOG: "off",
  ALLOW_LOCAL_WEBHOOKS: "off",
  ID_SECRET: "simulated-id-secret",
  TOKEN_SECRET: "simulated-token-secret",
  JWT_SECRET: "simulated-jwt-secret-0123456789abcdef",
};

/** A variant that has stock of its own. */
export interface Stocked {
  productId: string;
  variantId: string;
}

/** The stocked variants: few, so that clients compete for them. */
export const STOCKED: readonly Stocked[] = [
  { productId: "rice", variantId: "rice-1" },
  { productId: "rice", variantId: "rice-5" },
  { productId: "dal", variantId: "dal" },
  { productId: "salt", variantId: "salt" },
];

/** What shoppers can order: the variants, and bundles whose components overlap. */
export const SOLD = ["rice-1", "rice-5", "dal", "salt", "thali", "feast"] as const;

/** The products that have an object. */
export const PRODUCT_IDS = ["rice", "dal", "salt"] as const;

/** Each warehouse is preferred for postal codes with its prefix. BLR does not ship to Nepal. */
export const WAREHOUSES = [
  { warehouseId: "BLR", prefix: "5", shipsTo: ["IN"] },
  { warehouseId: "MUM", prefix: "4", shipsTo: ["IN", "NP"] },
  { warehouseId: "DEL", prefix: "1", shipsTo: ["IN", "NP"] },
] as const;

/** The code of a pricing rule with a low usage limit. */
export const PROMO_CODE = "FEW";
const PROMO_USES = 2;

/** Creates the shop in an empty D1, through the same verbs as the API. */
export async function openShop(deps: Deps): Promise<void> {
  for (const { warehouseId, prefix, shipsTo } of WAREHOUSES) {
    const place = { latitude: 12, longitude: 77, postalCode: `${prefix}00001`, country: "IN" };
    const rules = { allowsSelfService: true, servedPostalCodes: [prefix], shipsTo: [...shipsTo] };
    await createWarehouse(deps, undefined, { warehouseId, name: warehouseId, status: "active", ...place, ...rules });
  }
  for (const method of ["curbside", "self_service"] as const) {
    await setDeliveryMethod(deps, undefined, { method, name: method, costMinor: 500, days: 3, requiresAddress: false });
  }
  await product(deps, "rice", ["rice-1", "rice-5"]);
  await product(deps, "dal", ["dal"]);
  await product(deps, "salt", ["salt"]);
  await product(deps, "thali", ["thali"], { "rice-1": 1, dal: 2 });
  await product(deps, "feast", ["feast"], { dal: 1, "rice-5": 1, salt: 1 });
  const fields = {
    name: "Few",
    type: "promo_code_percentage",
    promoCode: PROMO_CODE,
    discountType: "percent",
    usageLimit: PROMO_USES,
  } as const;
  await createRule(deps, undefined, { fields, discountValue: 10 });
}

async function product(
  deps: Deps,
  productId: string,
  variantIds: readonly string[],
  parts: Readonly<Record<string, number>> = {},
): Promise<void> {
  const fields = { ...FIELD_DEFAULTS, name: productId, priceMinor: 10_000 };
  const variants = variantIds.map((variantId) => ({ variantId, sku: `SKU-${variantId}` }));
  const components = Object.entries(parts).map(([variantId, quantity]) => {
    const productOf = STOCKED.find((each) => each.variantId === variantId)?.productId ?? variantId;
    return { productId: productOf, variantId, quantity };
  });
  await createProduct(deps, undefined, { productId, fields, variants, components });
}
