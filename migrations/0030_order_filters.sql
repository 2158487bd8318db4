CREATE TABLE `order_tags` (
	`tag` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`order_id` text NOT NULL,
	PRIMARY KEY(`tag`, `created_at_ms`, `order_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `orders_payment` ON `orders` (`payment_status`,`created_at_ms`) WHERE payment_status NOT IN ('cod', 'pending');--> statement-breakpoint
CREATE INDEX `orders_disputed` ON `orders` (`created_at_ms`) WHERE open_disputes > 0;--> statement-breakpoint
CREATE INDEX `orders_partially_fulfilled` ON `orders` (`created_at_ms`) WHERE fulfillment_status = 'partially_fulfilled';--> statement-breakpoint
CREATE INDEX `orders_stock_short` ON `orders` (`created_at_ms`) WHERE stock_short = 1;--> statement-breakpoint
-- Keeps the tags of orders, whichever release writes `orders.tags`. An order is placed without any.
CREATE TRIGGER orders_tagged AFTER INSERT ON orders WHEN new.tags IS NOT NULL BEGIN
  INSERT OR IGNORE INTO order_tags (tag, created_at_ms, order_id)
  SELECT value, new.created_at_ms, new.order_id FROM json_each(new.tags);
END;
--> statement-breakpoint
CREATE TRIGGER orders_tagged_again AFTER UPDATE OF tags ON orders WHEN new.tags IS NOT old.tags BEGIN
  DELETE FROM order_tags WHERE created_at_ms = old.created_at_ms AND order_id = old.order_id
    AND tag IN (SELECT value FROM json_each(coalesce(old.tags, '[]')));
  INSERT OR IGNORE INTO order_tags (tag, created_at_ms, order_id)
  SELECT value, new.created_at_ms, new.order_id FROM json_each(coalesce(new.tags, '[]'));
END;
--> statement-breakpoint
INSERT INTO order_tags (tag, created_at_ms, order_id)
SELECT DISTINCT value, created_at_ms, order_id FROM orders, json_each(orders.tags) WHERE orders.tags IS NOT NULL;
