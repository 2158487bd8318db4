import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { TIERS } from "../rules/rights.ts";
import { LOSS_REASONS } from "./rules/cart.ts";

/** Shoppers' carts. The generation is the hold's fence: a checkout records only under the one that it read (PROTOCOL 3). */
export const carts = sqliteTable(
  "carts",
  {
    cartId: text("cart_id").primaryKey(),
    generation: integer("generation").notNull(),
    /** The order that it became; NULL while it is open. */
    orderId: text("order_id"),
    userId: text("user_id"),
    /** The number of the newest edit (PROTOCOL K0). */
    editNo: integer("edit_no").notNull(),
    country: text("country"),
    postalCode: text("postal_code"),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    uniqueIndex("carts_user")
      .on(table.userId)
      .where(sql`user_id IS NOT NULL AND order_id IS NULL`),
    index("carts_updated").on(table.updatedAtMs),
  ],
);

/**
 * What a cart is to have, one row per variant, at the price that stands as long as its reservation. It is written before the objects
 * are asked, so that edits at once see each other; `reserved_until_ms` is what they answered, NULL while they have not.
 */
export const cartItems = sqliteTable(
  "cart_items",
  {
    cartId: text("cart_id").notNull(),
    variantId: text("variant_id").notNull(),
    lineNo: integer("line_no").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer("quantity").notNull(),
    /** The edit that wrote it: an older one changes nothing any more. */
    editNo: integer("edit_no").notNull(),
    /** JSON: the units of stock that it needs, by product and variant; of a bundle its components. */
    needs: text("needs").notNull(),
    promoCode: text("promo_code"),
    tier: text("tier", { enum: TIERS }),
    unitPriceMinor: integer("unit_price_minor").notNull(),
    /** JSON: what rules took off it, and whether the line is closed to more. */
    discounts: text("discounts").notNull(),
    reservedUntilMs: integer("reserved_until_ms"),
    /** Since when without a gap; its reservation is extended up to a limit from then on. */
    reservedSinceMs: integer("reserved_since_ms"),
  },
  (table) => [primaryKey({ columns: [table.cartId, table.variantId] })],
);

/** Lines that a cart lost, until its shopper was told. */
export const cartLosses = sqliteTable(
  "cart_losses",
  {
    cartId: text("cart_id").notNull(),
    variantId: text("variant_id").notNull(),
    editNo: integer("edit_no").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer("quantity").notNull(),
    reason: text("reason", { enum: LOSS_REASONS }).notNull(),
    promoCode: text("promo_code"),
    tier: text("tier", { enum: TIERS }),
    /** What it was to cost, as the line had it. */
    unitPriceMinor: integer("unit_price_minor").notNull(),
    discounts: text("discounts").notNull(),
    atMs: integer("at_ms").notNull(),
    /** When an answer told of it; NULL until then. */
    seenAtMs: integer("seen_at_ms"),
  },
  (table) => [primaryKey({ columns: [table.cartId, table.variantId, table.editNo] })],
);
