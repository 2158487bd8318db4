import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { TIERS } from "../rules/rights.ts";
import { LOSS_REASONS } from "./rules/cart.ts";

/** Shoppers' carts. The generation fences checkouts: an order is recorded only under the generation that its quote read (K4). */
export const carts = sqliteTable(
  "carts",
  {
    cartId: text("cart_id").primaryKey(),
    generation: integer("generation").notNull(),
    /** The order that it became; NULL while it is open. */
    orderId: text("order_id"),
    userId: text("user_id"),
    /** The number of the newest edit (K0). */
    editNo: integer("edit_no").notNull(),
    country: text("country"),
    postalCode: text("postal_code"),
    /** The promo code of all its lines; empty where it was removed. NULL in carts of releases before 0.4.0: then the first line's. */
    promoCode: text("promo_code"),
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
 * The lines of a cart, one row per variant, with the price that is charged as long as the line is reserved. A line is written before the
 * objects are called, so that concurrent edits see each other; `reserved_until_ms` is NULL until they have answered.
 */
export const cartItems = sqliteTable(
  "cart_items",
  {
    cartId: text("cart_id").notNull(),
    variantId: text("variant_id").notNull(),
    lineNo: integer("line_no").notNull(),
    productId: text("product_id").notNull(),
    quantity: integer("quantity").notNull(),
    /** The edit that wrote it; the answers to an older edit no longer change it. */
    editNo: integer("edit_no").notNull(),
    /** JSON: the stock units that it needs, by product and variant; for a bundle, its components. */
    needs: text("needs").notNull(),
    promoCode: text("promo_code"),
    tier: text("tier", { enum: TIERS }),
    unitPriceMinor: integer("unit_price_minor").notNull(),
    /** JSON: its discounts, and whether a rule that is not stackable closed it to further ones. */
    discounts: text("discounts").notNull(),
    reservedUntilMs: integer("reserved_until_ms"),
    /**
     * When its uninterrupted reservation began; extensions are limited from then on. NULL where it could not be reserved: then edits of
     * other lines do not request it again.
     */
    reservedSinceMs: integer("reserved_since_ms"),
  },
  (table) => [
    primaryKey({ columns: [table.cartId, table.variantId] }),
    index("cart_items_promo")
      .on(table.cartId, table.promoCode)
      .where(sql`promo_code IS NOT NULL`),
  ],
);

/** Lines that a cart lost; kept after the shopper has seen them. */
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
    /** The line's price snapshot. */
    unitPriceMinor: integer("unit_price_minor").notNull(),
    discounts: text("discounts").notNull(),
    atMs: integer("at_ms").notNull(),
    /** When an answer first showed it to the shopper; NULL until then. */
    seenAtMs: integer("seen_at_ms"),
  },
  (table) => [
    primaryKey({ columns: [table.cartId, table.variantId, table.editNo] }),
    index("cart_losses_unseen")
      .on(table.cartId)
      .where(sql`seen_at_ms IS NULL`),
  ],
);
