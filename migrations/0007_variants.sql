CREATE TABLE `variant_stock` (
	`product_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`available` integer NOT NULL,
	`on_hand` integer NOT NULL,
	`reserved` integer NOT NULL,
	`allocated` integer NOT NULL,
	`stock_status` text NOT NULL,
	`is_low` integer NOT NULL,
	`is_out` integer NOT NULL,
	`is_active` integer NOT NULL,
	`shortfall` integer NOT NULL,
	`sku` text NOT NULL,
	`name` text,
	`finds_product` integer DEFAULT 0 NOT NULL,
	`as_of_ms` integer NOT NULL,
	PRIMARY KEY(`product_id`, `variant_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `variant_stock_low` ON `variant_stock` (`product_id`,`variant_id`,`available`,`shortfall`,`stock_status`,`sku`,`name`,`as_of_ms`) WHERE is_low = 1;--> statement-breakpoint
CREATE INDEX `variant_stock_status` ON `variant_stock` (`stock_status`,`product_id`) WHERE finds_product = 1;--> statement-breakpoint
ALTER TABLE `products` ADD `variant_words` text;--> statement-breakpoint
ALTER TABLE `variants` ADD `min_stock_level` integer;--> statement-breakpoint
ALTER TABLE `variants` ADD `max_stock_level` integer;--> statement-breakpoint
ALTER TABLE `variants` ADD `barcode` text;--> statement-breakpoint
ALTER TABLE `variants` ADD `gtin` text;--> statement-breakpoint
CREATE UNIQUE INDEX `variants_gtin` ON `variants` (`gtin`) WHERE gtin IS NOT NULL;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `variants` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
-- A barcode belongs to one product. UNIQUE indexes see one table each, so triggers look into the other, with the text of such an index.
CREATE TRIGGER variants_gtin_insert BEFORE INSERT ON variants
WHEN EXISTS (SELECT 1 FROM products WHERE gtin = new.gtin AND product_id <> new.product_id) BEGIN
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: variants.gtin');
END;
--> statement-breakpoint
CREATE TRIGGER variants_gtin_update BEFORE UPDATE OF gtin ON variants
WHEN EXISTS (SELECT 1 FROM products WHERE gtin = new.gtin AND product_id <> new.product_id) BEGIN
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: variants.gtin');
END;
--> statement-breakpoint
CREATE TRIGGER products_gtin_insert BEFORE INSERT ON products
WHEN EXISTS (SELECT 1 FROM variants WHERE gtin = new.gtin AND product_id <> new.product_id) BEGIN
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: products.gtin');
END;
--> statement-breakpoint
CREATE TRIGGER products_gtin_update BEFORE UPDATE OF gtin ON products
WHEN EXISTS (SELECT 1 FROM variants WHERE gtin = new.gtin AND product_id <> new.product_id) BEGIN
  SELECT RAISE(ABORT, 'UNIQUE constraint failed: products.gtin');
END;
--> statement-breakpoint
-- Words of a product are those of all its variants too.
DROP TRIGGER products_search_insert;
--> statement-breakpoint
DROP TRIGGER products_search_update;
--> statement-breakpoint
CREATE TRIGGER products_search_insert AFTER INSERT ON products BEGIN
  INSERT INTO products_search (rowid, words, category, brand, status)
  VALUES (new.rowid, concat_ws(' ', new.product_id, new.sku, new.barcode, new.name, new.brand, new.category, new.description, new.variant_words), hex(new.category), hex(new.brand), hex(new.status));
END;
--> statement-breakpoint
CREATE TRIGGER products_search_update AFTER UPDATE OF sku, barcode, name, description, category, brand, status, variant_words ON products BEGIN
  DELETE FROM products_search WHERE rowid = old.rowid;
  INSERT INTO products_search (rowid, words, category, brand, status)
  VALUES (new.rowid, concat_ws(' ', new.product_id, new.sku, new.barcode, new.name, new.brand, new.category, new.description, new.variant_words), hex(new.category), hex(new.brand), hex(new.status));
END;
--> statement-breakpoint
-- What src/catalog/rules/product.ts writes, for products that are older than the column, and while Workers that do not know it serve.
UPDATE products SET variant_words = (
  SELECT group_concat(words, char(10)) FROM (
    SELECT concat_ws(char(10), iif(position = 0, NULL, sku), name) AS words FROM variants v
    WHERE v.product_id = products.product_id ORDER BY position
  ) WHERE words <> ''
) WHERE EXISTS (SELECT 1 FROM variants v WHERE v.product_id = products.product_id AND (position > 0 OR name IS NOT NULL));
--> statement-breakpoint
CREATE TRIGGER variants_words_insert AFTER INSERT ON variants
WHEN (new.position > 0 OR new.name IS NOT NULL) AND NOT EXISTS (
  SELECT 1 FROM products p WHERE p.product_id = new.product_id
    AND instr(char(10) || p.variant_words || char(10), char(10) || concat_ws(char(10), iif(new.position = 0, NULL, new.sku), new.name) || char(10)) > 0
) BEGIN
  UPDATE products SET variant_words = (
    SELECT group_concat(words, char(10)) FROM (
      SELECT concat_ws(char(10), iif(position = 0, NULL, sku), name, barcode) AS words FROM variants v
      WHERE v.product_id = new.product_id ORDER BY position
    ) WHERE words <> ''
  ) WHERE product_id = new.product_id;
END;
--> statement-breakpoint
CREATE TRIGGER variants_words_update AFTER UPDATE OF sku, name ON variants
WHEN (new.sku <> old.sku OR new.name IS NOT old.name) AND (new.position > 0 OR new.name IS NOT NULL) AND NOT EXISTS (
  SELECT 1 FROM products p WHERE p.product_id = new.product_id
    AND instr(char(10) || p.variant_words || char(10), char(10) || concat_ws(char(10), iif(new.position = 0, NULL, new.sku), new.name) || char(10)) > 0
) BEGIN
  UPDATE products SET variant_words = (
    SELECT group_concat(words, char(10)) FROM (
      SELECT concat_ws(char(10), iif(position = 0, NULL, sku), name, barcode) AS words FROM variants v
      WHERE v.product_id = new.product_id ORDER BY position
    ) WHERE words <> ''
  ) WHERE product_id = new.product_id;
END;
--> statement-breakpoint
-- The number of variants at or below their own minimum, for the list of low stock.
CREATE TRIGGER variant_stock_insert AFTER INSERT ON variant_stock WHEN new.is_low BEGIN
  INSERT INTO inventory_summary (scope, name, products, active_products, in_stock, low_stock, out_of_stock, below_minimum, units,
    stock_value_minor, retail_value_minor, as_of_ms)
  VALUES ('variant', '', 0, 0, 0, 0, 0, 1, 0, 0, 0, new.as_of_ms)
  ON CONFLICT DO UPDATE SET below_minimum = below_minimum + 1, as_of_ms = max(as_of_ms, excluded.as_of_ms);
END;
--> statement-breakpoint
CREATE TRIGGER variant_stock_update AFTER UPDATE OF is_low ON variant_stock WHEN new.is_low <> old.is_low BEGIN
  INSERT INTO inventory_summary (scope, name, products, active_products, in_stock, low_stock, out_of_stock, below_minimum, units,
    stock_value_minor, retail_value_minor, as_of_ms)
  VALUES ('variant', '', 0, 0, 0, 0, 0, new.is_low - old.is_low, 0, 0, 0, new.as_of_ms)
  ON CONFLICT DO UPDATE SET below_minimum = below_minimum + excluded.below_minimum, as_of_ms = max(as_of_ms, excluded.as_of_ms);
END;
--> statement-breakpoint
-- What src/stock/projection/variant-statements.ts writes of products that are older than the table. Where lines are not split over
-- warehouses, `available` is too high until the next flush. No variant has a minimum yet, so none is low.
INSERT INTO variant_stock (product_id, variant_id, available, on_hand, reserved, allocated, stock_status, is_low, is_out, is_active,
  shortfall, sku, name, as_of_ms)
SELECT product_id, variant_id, available, on_hand, reserved, allocated, iif(available = 0, 'out_of_stock', 'in_stock'), 0,
  is_active AND is_stocked AND available = 0, is_active, 0, sku, name, as_of_ms
FROM (
  SELECT v.product_id, v.variant_id, v.sku, v.name, p.status = 'active' AND v.status = 'active' AS is_active, l.variant_id IS NOT NULL AS is_stocked,
    iif(p.status = 'active' AND v.status = 'active', coalesce(l.available, 0), 0) AS available, coalesce(l.on_hand, 0) AS on_hand,
    coalesce(l.reserved, 0) AS reserved, coalesce(l.allocated, 0) AS allocated, coalesce(l.as_of_ms, p.created_at_ms) AS as_of_ms
  FROM products p JOIN variants v ON v.product_id = p.product_id LEFT JOIN (
    SELECT product_id, variant_id, sum(iif(EXISTS (SELECT 1 FROM warehouses w WHERE w.warehouse_id = stock_levels.warehouse_id
      AND w.status = 'archived'), 0, on_hand - reserved - allocated)) AS available, sum(on_hand) AS on_hand, sum(reserved) AS reserved,
      sum(allocated) AS allocated, max(as_of_ms) AS as_of_ms
    FROM stock_levels GROUP BY product_id, variant_id
  ) l ON l.product_id = v.product_id AND l.variant_id = v.variant_id
  WHERE p.is_bundle = 0 AND (SELECT count(*) FROM variants o WHERE o.product_id = p.product_id) > 1
);
--> statement-breakpoint
UPDATE variant_stock SET finds_product = 1 FROM (
  SELECT s.product_id, s.variant_id, s.is_active AND s.stock_status <> p.stock_status
    AND row_number() OVER (PARTITION BY s.product_id, s.is_active, s.stock_status ORDER BY s.variant_id) = 1 AS finds
  FROM variant_stock s JOIN product_stock p ON p.product_id = s.product_id
) f WHERE variant_stock.product_id = f.product_id AND variant_stock.variant_id = f.variant_id AND f.finds;
--> statement-breakpoint
UPDATE product_stock SET variants = (
  SELECT json_group_array(json_object('variantId', s.variant_id, 'sku', v.sku, 'name', v.name, 'status', v.status, 'barcode', v.barcode,
    'minStockLevel', v.min_stock_level, 'maxStockLevel', v.max_stock_level, 'available', s.available, 'onHand', s.on_hand,
    'reserved', s.reserved, 'allocated', s.allocated, 'stockStatus', s.stock_status, 'shortfall', s.shortfall) ORDER BY v.position)
  FROM variant_stock s JOIN variants v ON v.variant_id = s.variant_id WHERE s.product_id = product_stock.product_id
) WHERE EXISTS (SELECT 1 FROM variant_stock s WHERE s.product_id = product_stock.product_id);
