CREATE TABLE `shipment_items` (
	`order_id` text NOT NULL,
	`shipment_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`variant_id` text NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL CHECK (quantity > 0),
	PRIMARY KEY(`order_id`, `shipment_id`, `line_no`, `variant_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shipments` (
	`order_id` text NOT NULL,
	`shipment_id` text NOT NULL,
	`warehouse_id` text NOT NULL,
	`carrier` text,
	`tracking_number` text,
	`tracking_url` text,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`order_id`, `shipment_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `order_allocations` ADD `shipped` integer DEFAULT 0 NOT NULL CHECK (shipped >= 0);--> statement-breakpoint
ALTER TABLE `order_allocations` ADD `cancelled` integer DEFAULT 0 NOT NULL CONSTRAINT order_allocations_left CHECK (cancelled >= 0 AND shipped + cancelled <= quantity);--> statement-breakpoint
ALTER TABLE `order_items` ADD `cancelled` integer DEFAULT 0 NOT NULL CHECK (cancelled >= 0 AND cancelled <= quantity);--> statement-breakpoint
ALTER TABLE `orders` ADD `fulfillment_status` text CHECK (fulfillment_status IN ('partially_fulfilled', 'fulfilled'));--> statement-breakpoint
-- Before this, a return said that the goods of an order had left, as its completion does.
UPDATE orders SET fulfillment_status = 'fulfilled'
WHERE status = 'PROCESSING' AND EXISTS (SELECT 1 FROM return_items r WHERE r.order_id = orders.order_id);
--> statement-breakpoint
UPDATE order_allocations SET shipped = quantity
WHERE order_id IN (SELECT order_id FROM orders WHERE status = 'PROCESSING' AND fulfillment_status = 'fulfilled');
--> statement-breakpoint
-- While releases before 0.4.0 still serve: their Workers take nothing off the shelf when they complete an order.
DROP TRIGGER orders_left;
--> statement-breakpoint
CREATE TRIGGER orders_left AFTER UPDATE OF status ON orders
WHEN old.status = 'PROCESSING' AND new.status IN ('COMPLETED', 'RETURNED')
  AND EXISTS (SELECT 1 FROM order_allocations a WHERE a.order_id = new.order_id AND a.quantity > a.shipped + a.cancelled)
BEGIN
  INSERT OR IGNORE INTO stock_actions (action_id, order_id, hold_id, kind, lines, cause, at_ms)
  SELECT 'ship:' || new.hold_id, new.order_id, new.hold_id, 'ship',
    (SELECT json_group_array(json_object('productId', a.product_id, 'variantId', a.variant_id, 'warehouseId', a.warehouse_id,
      'quantity', a.quantity - a.shipped - a.cancelled))
      FROM order_allocations a WHERE a.order_id = new.order_id AND a.quantity > a.shipped + a.cancelled),
    json_object('actor', 'order', 'shipmentId', 'ship:' || new.hold_id), new.updated_at_ms;
  UPDATE order_allocations SET shipped = quantity - cancelled WHERE order_id = new.order_id;
END;
--> statement-breakpoint
-- Nor when they accept a return of goods that, as far as D1 knows, have not left.
DROP TRIGGER return_items_left;
--> statement-breakpoint
CREATE TRIGGER return_items_left AFTER INSERT ON return_items
WHEN (SELECT status FROM orders WHERE order_id = new.order_id) = 'PROCESSING'
  AND (SELECT sum(quantity) FROM return_items r
    WHERE r.order_id = new.order_id AND r.variant_id = new.variant_id AND r.warehouse_id = new.warehouse_id)
  > (SELECT sum(shipped) FROM order_allocations a
    WHERE a.order_id = new.order_id AND a.variant_id = new.variant_id AND a.warehouse_id = new.warehouse_id)
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
-- Their Workers know neither that goods of an order that is being processed may have left, nor that some may be cancelled. They take
-- this failure for a change that was made meanwhile.
CREATE TRIGGER orders_cancelled BEFORE UPDATE OF status ON orders
WHEN new.status = 'CANCELLED' AND old.fulfillment_status IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'NOT NULL constraint failed: orders.status');
END;
--> statement-breakpoint
CREATE TRIGGER return_items_sold BEFORE INSERT ON return_items
WHEN new.quantity + (SELECT coalesce(sum(quantity), 0) FROM return_items r
    WHERE r.order_id = new.order_id AND r.variant_id = new.variant_id AND r.warehouse_id = new.warehouse_id)
  > (SELECT coalesce(sum(quantity - cancelled), 0) FROM order_allocations a
    WHERE a.order_id = new.order_id AND a.variant_id = new.variant_id AND a.warehouse_id = new.warehouse_id)
BEGIN
  SELECT RAISE(ABORT, 'NOT NULL constraint failed: orders.status');
END;
