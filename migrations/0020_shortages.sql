CREATE TABLE `shortages` (
	`shortage_id` text PRIMARY KEY NOT NULL,
	`product_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`warehouse_id` text NOT NULL,
	`quantity` integer NOT NULL CHECK (quantity >= 0),
	`cuts` text NOT NULL,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `order_allocations` ADD `short` integer DEFAULT 0 NOT NULL CONSTRAINT order_allocations_short CHECK (short >= 0 AND shipped + cancelled + short <= quantity);--> statement-breakpoint
ALTER TABLE `orders` ADD `stock_short` integer DEFAULT 0 NOT NULL CHECK (stock_short IN (0, 1));--> statement-breakpoint
-- An order that is closed needs nothing any more, whoever closes it.
CREATE TRIGGER orders_short_closed AFTER UPDATE OF status ON orders
WHEN old.stock_short = 1 AND new.status NOT IN ('PENDING', 'PROCESSING')
BEGIN
  UPDATE orders SET stock_short = 0 WHERE order_id = new.order_id;
  UPDATE alerts SET closed_at_ms = new.updated_at_ms WHERE kind = 'stock_short' AND subject = new.order_id AND closed_at_ms IS NULL;
END;
--> statement-breakpoint
-- While releases before 0.4.0 still serve: their Workers would complete an order although units of it were not there. They take this
-- failure for a change that was made meanwhile.
CREATE TRIGGER orders_short BEFORE UPDATE OF status ON orders
WHEN old.stock_short = 1 AND new.status IN ('COMPLETED', 'RETURNED')
  AND EXISTS (SELECT 1 FROM order_allocations a WHERE a.order_id = new.order_id AND a.short > 0)
BEGIN
  SELECT RAISE(ABORT, 'NOT NULL constraint failed: orders.status');
END;
--> statement-breakpoint
-- And what they take for having left does not include units that were not there.
DROP TRIGGER return_items_left;
--> statement-breakpoint
CREATE TRIGGER return_items_left AFTER INSERT ON return_items
WHEN (SELECT status FROM orders WHERE order_id = new.order_id) = 'PROCESSING'
  AND (SELECT sum(quantity) FROM return_items r WHERE r.order_id = new.order_id AND r.variant_id = new.variant_id)
  > (SELECT sum(shipped) FROM order_allocations a WHERE a.order_id = new.order_id AND a.variant_id = new.variant_id)
BEGIN
  INSERT OR IGNORE INTO stock_actions (action_id, order_id, hold_id, kind, lines, cause, at_ms)
  SELECT 'ship:' || hold_id, order_id, hold_id, 'ship',
    (SELECT json_group_array(json_object('productId', a.product_id, 'variantId', a.variant_id, 'warehouseId', a.warehouse_id,
      'quantity', a.quantity - a.shipped - a.cancelled - a.short))
      FROM order_allocations a WHERE a.order_id = new.order_id AND a.quantity > a.shipped + a.cancelled + a.short),
    json_object('actor', 'order', 'shipmentId', 'ship:' || hold_id), new.at_ms
  FROM orders WHERE order_id = new.order_id;
  UPDATE order_allocations SET shipped = quantity - cancelled - short WHERE order_id = new.order_id;
  UPDATE orders SET fulfillment_status = iif(stock_short = 1, 'partially_fulfilled', 'fulfilled') WHERE order_id = new.order_id;
END;
--> statement-breakpoint
DROP TRIGGER return_items_sold;
--> statement-breakpoint
CREATE TRIGGER return_items_sold BEFORE INSERT ON return_items
WHEN new.quantity + (SELECT coalesce(sum(quantity), 0) FROM return_items r
    WHERE r.order_id = new.order_id AND r.variant_id = new.variant_id)
  > (SELECT coalesce(sum(quantity - cancelled - short), 0) FROM order_allocations a
    WHERE a.order_id = new.order_id AND a.variant_id = new.variant_id)
BEGIN
  SELECT RAISE(ABORT, 'NOT NULL constraint failed: orders.status');
END;
