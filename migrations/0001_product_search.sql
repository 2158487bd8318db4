-- The full-text index of the catalogue, kept by triggers. Category, brand and status are exact filters: each is one token,
-- the value's bytes in hexadecimal, so that «Home» does not find «Home Decor».
CREATE VIRTUAL TABLE products_search USING fts5(words, category, brand, status, content='', contentless_delete=1);
--> statement-breakpoint
CREATE TRIGGER products_search_insert AFTER INSERT ON products BEGIN
  INSERT INTO products_search (rowid, words, category, brand, status)
  VALUES (new.rowid, concat_ws(' ', new.product_id, new.name, new.brand, new.category, new.description), hex(new.category), hex(new.brand), hex(new.status));
END;
--> statement-breakpoint
CREATE TRIGGER products_search_update AFTER UPDATE OF name, description, category, brand, status ON products BEGIN
  DELETE FROM products_search WHERE rowid = old.rowid;
  INSERT INTO products_search (rowid, words, category, brand, status)
  VALUES (new.rowid, concat_ws(' ', new.product_id, new.name, new.brand, new.category, new.description), hex(new.category), hex(new.brand), hex(new.status));
END;
