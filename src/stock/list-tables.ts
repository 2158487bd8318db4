import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { STOCK_STATUSES } from "./rules/stock-status.ts";

// What lists show of the stock, so that they need not read levels. Flushes and triggers write it.

/**
 * One row per product, bundles included, so that lists need not read levels. A trigger creates it with the product; afterwards only
 * flushes write it. Its triggers carry every change into `inventory_summary`.
 */
export const productStock = sqliteTable(
  "product_stock",
  {
    productId: text("product_id").primaryKey(),
    available: integer("available").notNull(),
    onHand: integer("on_hand").notNull(),
    reserved: integer("reserved").notNull(),
    allocated: integer("allocated").notNull().default(0),
    asOfMs: integer("as_of_ms").notNull(),
    stockStatus: text("stock_status", { enum: STOCK_STATUSES }).notNull().default("out_of_stock"),
    /** 1 where an active product is at or below its minimum. */
    isLow: integer("is_low").notNull().default(0),
    shortfall: integer("shortfall").notNull().default(0),
    /** JSON array of the units in each warehouse, `{warehouseId, onHand, reserved, allocated}`. */
    levels: text("levels").notNull().default("[]"),
    /** JSON array of the product's rows in `variant_stock`, with what the catalogue says of each variant. */
    variants: text("variants").notNull().default("[]"),
    /** This and the next columns are what the summary counted of the product, so that a change can subtract it. */
    isActive: integer("is_active").notNull().default(0),
    category: text("category"),
    stockValueMinor: integer("stock_value_minor").notNull().default(0),
    retailValueMinor: integer("retail_value_minor").notNull().default(0),
  },
  (table) => [
    index("product_stock_low")
      .on(table.productId)
      .where(sql`is_low = 1`),
    index("product_stock_status").on(table.stockStatus, table.productId),
  ],
);

/**
 * One row per variant of a product with several, and per variant with a minimum of its own: the other variants are their product's row.
 * Flushes write it. Its triggers count what is low in `inventory_summary`, scope `variant`.
 */
export const variantStock = sqliteTable(
  "variant_stock",
  {
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    available: integer("available").notNull(),
    onHand: integer("on_hand").notNull(),
    reserved: integer("reserved").notNull(),
    allocated: integer("allocated").notNull(),
    stockStatus: text("stock_status", { enum: STOCK_STATUSES }).notNull(),
    /** 1 where an active variant is at or below its own minimum. */
    isLow: integer("is_low").notNull(),
    /** 1 where an active variant of several had units, and none is available. */
    isOut: integer("is_out").notNull(),
    isActive: integer("is_active").notNull(),
    shortfall: integer("shortfall").notNull(),
    sku: text("sku").notNull(),
    name: text("name"),
    /** 1 where the product is found by this variant's status: the first active variant with a status that the product has not. */
    findsProduct: integer("finds_product").notNull().default(0),
    asOfMs: integer("as_of_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.variantId] }),
    // With all that the list of low stock shows of a variant, so that it reads no row of the table.
    index("variant_stock_low")
      .on(
        table.productId,
        table.variantId,
        table.available,
        table.shortfall,
        table.stockStatus,
        table.sku,
        table.name,
        table.asOfMs,
      )
      .where(sql`is_low = 1`),
    index("variant_stock_status")
      .on(table.stockStatus, table.productId)
      .where(sql`finds_product = 1`),
  ],
);

/**
 * Sums over all products, kept by triggers: one row for the shop, one per category, one per warehouse, and one that only counts the
 * variants at or below a minimum of their own.
 */
export const inventorySummary = sqliteTable(
  "inventory_summary",
  {
    scope: text("scope", { enum: ["shop", "category", "warehouse", "variant"] }).notNull(),
    /** The category or the warehouse; empty for the shop, for products of no category, and for variants. */
    name: text("name").notNull(),
    products: integer("products").notNull(),
    activeProducts: integer("active_products").notNull(),
    inStock: integer("in_stock").notNull(),
    lowStock: integer("low_stock").notNull(),
    outOfStock: integer("out_of_stock").notNull(),
    /** Active products at or below their minimum, those out of stock included. */
    belowMinimum: integer("below_minimum").notNull(),
    units: integer("units").notNull(),
    stockValueMinor: integer("stock_value_minor").notNull(),
    retailValueMinor: integer("retail_value_minor").notNull(),
    asOfMs: integer("as_of_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.name] })],
);
