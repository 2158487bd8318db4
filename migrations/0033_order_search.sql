CREATE TABLE `order_text_changes` (
	`created_at_ms` integer NOT NULL,
	`order_id` text NOT NULL,
	PRIMARY KEY(`created_at_ms`, `order_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `order_texts` (
	`row_no` integer PRIMARY KEY NOT NULL,
	`created_at_ms` integer NOT NULL,
	`order_id` text NOT NULL,
	`text` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `order_texts_created` ON `order_texts` (`created_at_ms`,`order_id`);
--> statement-breakpoint
-- Finds orders by any part of what they were indexed by: three characters are a term. `detail=none` keeps no positions, which would take half as
-- much again; what is found is compared with the text. The cron indexes orders, a limited number at a time, so that neither placing one nor this migration does.
CREATE VIRTUAL TABLE orders_search USING fts5(
  text, content='', contentless_delete=1, detail=none, tokenize='trigram case_sensitive 1'
);
--> statement-breakpoint
CREATE TRIGGER order_texts_insert AFTER INSERT ON order_texts BEGIN
  INSERT INTO orders_search (rowid, text) VALUES (new.row_no, new.text);
END;
--> statement-breakpoint
CREATE TRIGGER order_texts_update AFTER UPDATE OF text ON order_texts WHEN new.text <> old.text BEGIN
  DELETE FROM orders_search WHERE rowid = old.row_no;
  INSERT INTO orders_search (rowid, text) VALUES (new.row_no, new.text);
END;
--> statement-breakpoint
CREATE TRIGGER order_texts_delete AFTER DELETE ON order_texts BEGIN
  DELETE FROM orders_search WHERE rowid = old.row_no;
END;
--> statement-breakpoint
-- An order that is recorded only after a later one was indexed, which the cron does after a minute. Else it reads no row.
CREATE TRIGGER orders_recorded_late AFTER INSERT ON orders
WHEN new.created_at_ms < (unixepoch() - 30) * 1000 AND EXISTS (SELECT 1 FROM order_texts WHERE created_at_ms >= new.created_at_ms)
BEGIN
  INSERT OR IGNORE INTO order_text_changes (created_at_ms, order_id) VALUES (new.created_at_ms, new.order_id);
END;
--> statement-breakpoint
-- Whichever release edits an order, or ships it.
CREATE TRIGGER orders_renamed AFTER UPDATE OF customer_name, customer_email, customer_phone ON orders
WHEN new.customer_name <> old.customer_name OR new.customer_email IS NOT old.customer_email OR new.customer_phone IS NOT old.customer_phone
BEGIN
  INSERT OR IGNORE INTO order_text_changes (created_at_ms, order_id) VALUES (new.created_at_ms, new.order_id);
END;
--> statement-breakpoint
CREATE TRIGGER shipments_tracked AFTER INSERT ON shipments WHEN new.tracking_number IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO order_text_changes (created_at_ms, order_id)
  SELECT created_at_ms, order_id FROM orders WHERE order_id = new.order_id;
END;
--> statement-breakpoint
CREATE TRIGGER shipments_tracked_again AFTER UPDATE OF tracking_number ON shipments WHEN new.tracking_number IS NOT old.tracking_number
BEGIN
  INSERT OR IGNORE INTO order_text_changes (created_at_ms, order_id)
  SELECT created_at_ms, order_id FROM orders WHERE order_id = new.order_id;
END;
