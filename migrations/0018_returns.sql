CREATE TABLE `returns` (
	`order_id` text NOT NULL,
	`return_id` text NOT NULL,
	`status` text NOT NULL CHECK (status IN ('requested', 'received', 'rejected')),
	`requested` text CHECK (status = 'received' OR requested IS NOT NULL),
	`reason` text,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL,
	`decided_at_ms` integer CHECK ((decided_at_ms IS NULL) = (status = 'requested')),
	`rejection` text CHECK ((rejection IS NULL) = (status <> 'rejected')),
	PRIMARY KEY(`order_id`, `return_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `returns_at` ON `returns` (`at_ms`,`return_id`);
--> statement-breakpoint
CREATE INDEX `returns_status` ON `returns` (`status`,`at_ms`,`return_id`);
--> statement-breakpoint
INSERT OR IGNORE INTO returns (order_id, return_id, status, reason, actor, at_ms, decided_at_ms)
SELECT order_id, return_id, 'received', reason, actor, at_ms, at_ms FROM return_items;
--> statement-breakpoint
-- While releases before 0.4.0 still serve: their Workers do not know this table.
CREATE TRIGGER return_items_head AFTER INSERT ON return_items
BEGIN
  INSERT OR IGNORE INTO returns (order_id, return_id, status, reason, actor, at_ms, decided_at_ms)
  VALUES (new.order_id, new.return_id, 'received', new.reason, new.actor, new.at_ms, new.at_ms);
END;
--> statement-breakpoint
-- Goods can be brought back to another warehouse than the one that supplied them, so what came back is counted over all warehouses.
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
      'quantity', a.quantity - a.shipped - a.cancelled))
      FROM order_allocations a WHERE a.order_id = new.order_id AND a.quantity > a.shipped + a.cancelled),
    json_object('actor', 'order', 'shipmentId', 'ship:' || hold_id), new.at_ms
  FROM orders WHERE order_id = new.order_id;
  UPDATE order_allocations SET shipped = quantity - cancelled WHERE order_id = new.order_id;
  UPDATE orders SET fulfillment_status = 'fulfilled' WHERE order_id = new.order_id;
END;
--> statement-breakpoint
DROP TRIGGER return_items_sold;
--> statement-breakpoint
CREATE TRIGGER return_items_sold BEFORE INSERT ON return_items
WHEN new.quantity + (SELECT coalesce(sum(quantity), 0) FROM return_items r
    WHERE r.order_id = new.order_id AND r.variant_id = new.variant_id)
  > (SELECT coalesce(sum(quantity - cancelled), 0) FROM order_allocations a
    WHERE a.order_id = new.order_id AND a.variant_id = new.variant_id)
BEGIN
  SELECT RAISE(ABORT, 'NOT NULL constraint failed: orders.status');
END;
--> statement-breakpoint
-- Those Workers count by warehouse: where more came back to one than it supplied, they would not see that an order has come back whole.
-- They take this failure for a change that was made meanwhile. A Worker of this release writes the row of `returns` first.
CREATE TRIGGER return_items_elsewhere BEFORE INSERT ON return_items
WHEN NOT EXISTS (SELECT 1 FROM returns r WHERE r.order_id = new.order_id AND r.return_id = new.return_id)
  AND EXISTS (
    SELECT 1 FROM return_items r WHERE r.order_id = new.order_id GROUP BY r.variant_id, r.warehouse_id
    HAVING sum(r.quantity) > (SELECT coalesce(sum(a.quantity - a.cancelled), 0) FROM order_allocations a
      WHERE a.order_id = new.order_id AND a.variant_id = r.variant_id AND a.warehouse_id = r.warehouse_id))
BEGIN
  SELECT RAISE(ABORT, 'NOT NULL constraint failed: orders.status');
END;
