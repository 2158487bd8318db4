ALTER TABLE `product_stock` ADD `allocated` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `stock_levels` ADD `allocated` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- While releases before 0.4.0 still serve: their objects answer the end of a hold without ending what is allocated to it. This action fails
-- there, so it waits for an object that knows it.
CREATE TRIGGER stock_actions_restock AFTER INSERT ON stock_actions WHEN new.kind = 'restock' BEGIN
  INSERT OR IGNORE INTO stock_actions (action_id, order_id, hold_id, kind, lines, cause, at_ms)
  SELECT 'end:' || new.hold_id, new.order_id, new.hold_id, 'cancel',
    (SELECT json_group_array(json_object('productId', a.product_id, 'variantId', a.variant_id, 'warehouseId', a.warehouse_id,
      'quantity', a.quantity)) FROM order_allocations a WHERE a.order_id = new.order_id), '{"actor":"order"}', new.at_ms;
END;
--> statement-breakpoint
-- Nor do their Workers take an order's units off the shelf when it is completed, or wholly returned.
CREATE TRIGGER orders_left AFTER UPDATE OF status ON orders
WHEN old.status = 'PROCESSING' AND new.status IN ('COMPLETED', 'RETURNED') BEGIN
  INSERT OR IGNORE INTO stock_actions (action_id, order_id, hold_id, kind, lines, cause, at_ms)
  SELECT 'ship:' || new.hold_id, new.order_id, new.hold_id, 'ship',
    (SELECT json_group_array(json_object('productId', a.product_id, 'variantId', a.variant_id, 'warehouseId', a.warehouse_id,
      'quantity', a.quantity)) FROM order_allocations a WHERE a.order_id = new.order_id),
    json_object('actor', 'order', 'shipmentId', 'ship:' || new.hold_id), new.updated_at_ms;
END;
--> statement-breakpoint
-- Nor when part of it comes back, although goods that come back have left.
CREATE TRIGGER return_items_left AFTER INSERT ON return_items
WHEN (SELECT status FROM orders WHERE order_id = new.order_id) = 'PROCESSING' BEGIN
  INSERT OR IGNORE INTO stock_actions (action_id, order_id, hold_id, kind, lines, cause, at_ms)
  SELECT 'ship:' || hold_id, order_id, hold_id, 'ship',
    (SELECT json_group_array(json_object('productId', a.product_id, 'variantId', a.variant_id, 'warehouseId', a.warehouse_id,
      'quantity', a.quantity)) FROM order_allocations a WHERE a.order_id = new.order_id),
    json_object('actor', 'order', 'shipmentId', 'ship:' || hold_id), new.at_ms
  FROM orders WHERE order_id = new.order_id;
END;
