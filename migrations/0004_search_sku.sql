-- Words of a product are its first SKU and its barcode too. Rows that are older than this are indexed anew.
DROP TRIGGER products_search_insert;
--> statement-breakpoint
DROP TRIGGER products_search_update;
--> statement-breakpoint
CREATE TRIGGER products_search_insert AFTER INSERT ON products BEGIN
  INSERT INTO products_search (rowid, words, category, brand, status)
  VALUES (new.rowid, concat_ws(' ', new.product_id, new.sku, new.barcode, new.name, new.brand, new.category, new.description), hex(new.category), hex(new.brand), hex(new.status));
END;
--> statement-breakpoint
CREATE TRIGGER products_search_update AFTER UPDATE OF sku, barcode, name, description, category, brand, status ON products BEGIN
  DELETE FROM products_search WHERE rowid = old.rowid;
  INSERT INTO products_search (rowid, words, category, brand, status)
  VALUES (new.rowid, concat_ws(' ', new.product_id, new.sku, new.barcode, new.name, new.brand, new.category, new.description), hex(new.category), hex(new.brand), hex(new.status));
END;
--> statement-breakpoint
INSERT INTO products_search (products_search) VALUES ('delete-all');
--> statement-breakpoint
INSERT INTO products_search (rowid, words, category, brand, status)
SELECT rowid, concat_ws(' ', product_id, sku, barcode, name, brand, category, description), hex(category), hex(brand), hex(status) FROM products;
