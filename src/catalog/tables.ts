import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Products and bundles. A rowid table: lists are paged by rowid, and the full-text index refers to it. */
export const products = sqliteTable(
  "products",
  {
    productId: text("product_id").primaryKey(),
    name: text("name").notNull(),
    description: text("description"),
    category: text("category"),
    brand: text("brand"),
    unit: text("unit"),
    status: text("status", { enum: ["active", "archived"] }).notNull(),
    isBundle: integer("is_bundle").notNull(),
    priceMinor: integer("price_minor").notNull(),
    mrpMinor: integer("mrp_minor"),
    costMinor: integer("cost_minor"),
    minStockLevel: integer("min_stock_level"),
    maxStockLevel: integer("max_stock_level"),
    supplierName: text("supplier_name"),
    supplierContact: text("supplier_contact"),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    supplierEmail: text("supplier_email"),
    /** As it was entered. */
    barcode: text("barcode"),
    /** The barcode as GTIN-14, by which the product is found: a UPC-A equals the EAN-13 with a leading zero. */
    gtin: text("gtin"),
    /** The SKU of the first variant, so that a list need not read the variants. */
    sku: text("sku"),
    /** The SKUs, names and barcodes of the variants, one a line, for the full-text index; NULL where a product has no words but its own. */
    variantWords: text("variant_words"),
    maxPerOrder: integer("max_per_order"),
    maxPerCustomer: integer("max_per_customer"),
    /** The product's address in a shop, unique; NULL until the cron has named a product of an earlier release. */
    slug: text("slug"),
    /** JSON array of texts. */
    tags: text("tags").notNull().default("[]"),
    /** JSON array of `{name, values}`: what the customer chooses a variant by. */
    options: text("options").notNull().default("[]"),
    weightGrams: integer("weight_grams"),
    compareAtMinor: integer("compare_at_minor"),
    /** JSON array of `ProductImage`, in their order. */
    images: text("images").notNull().default("[]"),
    /** What lists sort by name with; NULL where an earlier release wrote the product, until the cron has named it. */
    sortName: text("sort_name"),
    /** Units in completed orders, counted by the cron. */
    unitsSold: integer("units_sold").notNull().default(0),
  },
  (table) => [
    uniqueIndex("products_gtin")
      .on(table.gtin)
      .where(sql`gtin IS NOT NULL`),
    index("products_supplier")
      .on(table.supplierName)
      .where(sql`supplier_name IS NOT NULL`),
    uniqueIndex("products_slug")
      .on(table.slug)
      .where(sql`slug IS NOT NULL`),
    index("products_unnamed")
      .on(table.createdAtMs)
      .where(sql`slug IS NULL`),
    // The lists in each order, of the shop and of one category; a rowid is the last column of every index, and newest first needs none.
    index("products_by_name").on(table.status, table.sortName),
    index("products_by_price").on(table.status, table.priceMinor),
    index("products_by_sales").on(table.status, table.unitsSold),
    index("products_of_category_by_name").on(table.status, table.category, table.sortName),
    index("products_of_category_by_price").on(table.status, table.category, table.priceMinor),
    index("products_of_category_by_sales").on(table.status, table.category, table.unitsSold),
  ],
);

/** The categories that products name, each with an id for addresses. */
export const categories = sqliteTable("categories", {
  /** As products say it. */
  name: text("name").primaryKey(),
  categoryId: text("category_id").notNull().unique(),
  createdAtMs: integer("created_at_ms").notNull(),
});

/** The variants that are stocked and sold. A bundle has one too, without stock, for its SKU. */
export const variants = sqliteTable(
  "variants",
  {
    variantId: text("variant_id").primaryKey(),
    productId: text("product_id").notNull(),
    position: integer("position").notNull(),
    sku: text("sku").notNull().unique(),
    name: text("name"),
    status: text("status", { enum: ["active", "archived"] }).notNull(),
    /** Added to the product's price; may be negative. */
    priceAdjustmentMinor: integer("price_adjustment_minor").notNull().default(0),
    /** Of this variant alone; the product's are about the sum of its variants. */
    minStockLevel: integer("min_stock_level"),
    maxStockLevel: integer("max_stock_level"),
    /** As it was entered, and as GTIN-14. A trigger refuses the barcode of another product, too. */
    barcode: text("barcode"),
    gtin: text("gtin"),
    /** JSON object: the variant's value of each option of the product. */
    options: text("options").notNull().default("{}"),
    /** Of this variant, where it differs from the product's. */
    weightGrams: integer("weight_grams"),
    compareAtMinor: integer("compare_at_minor"),
    /** The product's image that shows this variant. */
    imageId: text("image_id"),
  },
  (table) => [
    index("variants_product").on(table.productId, table.position, table.status),
    uniqueIndex("variants_gtin")
      .on(table.gtin)
      .where(sql`gtin IS NOT NULL`),
  ],
);

/** The components of bundles. */
export const components = sqliteTable(
  "components",
  {
    bundleId: text("bundle_id").notNull(),
    position: integer("position").notNull(),
    productId: text("product_id").notNull(),
    variantId: text("variant_id").notNull(),
    quantity: integer("quantity").notNull(),
  },
  (table) => [primaryKey({ columns: [table.bundleId, table.position] }), index("components_product").on(table.productId)],
);

/** The files of images in the bucket, each under its product. A trigger notes which of them no image uses. */
export const imageFiles = sqliteTable(
  "image_files",
  {
    productId: text("product_id").notNull(),
    /** The SHA-256 of its bytes, and its ending. */
    file: text("file").notNull(),
    /** Since when no image uses it; an upload begins with it. NULL while one does. */
    unusedSinceMs: integer("unused_since_ms"),
    /** 1 from when the cron has decided to delete it; such a file is no longer taken into use. */
    isDeleting: integer("is_deleting").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.file] }),
    index("image_files_unused")
      .on(table.unusedSinceMs)
      .where(sql`unused_since_ms IS NOT NULL`),
  ],
);
