CREATE TABLE `opening_stock` (
	`variant_id` text NOT NULL,
	`warehouse_id` text NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`import_id` text NOT NULL,
	`actor` text NOT NULL,
	`request_id` text,
	`at_ms` integer NOT NULL,
	`found_on_hand` integer,
	PRIMARY KEY(`variant_id`, `warehouse_id`),
	CHECK (quantity > 0)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `opening_stock_import` ON `opening_stock` (`import_id`);--> statement-breakpoint
CREATE INDEX `opening_stock_owed` ON `opening_stock` (`at_ms`) WHERE found_on_hand IS NULL;--> statement-breakpoint
CREATE INDEX `opening_stock_product` ON `opening_stock` (`product_id`) WHERE found_on_hand IS NULL;--> statement-breakpoint
ALTER TABLE `catalog_imports` ADD `warehouse_id` text;--> statement-breakpoint
ALTER TABLE `catalog_imports` ADD `stock` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `catalog_imports` ADD `stock_kept` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- A warehouse that has opening stock to receive is not empty, for Workers of the release before either.
DROP VIEW warehouse_contents;--> statement-breakpoint
CREATE VIEW warehouse_contents AS SELECT w.warehouse_id,
  (SELECT coalesce(sum(on_hand), 0) FROM stock_levels l WHERE l.warehouse_id = w.warehouse_id) AS on_hand,
  (SELECT coalesce(sum(reserved), 0) FROM stock_levels l WHERE l.warehouse_id = w.warehouse_id) AS reserved,
  (SELECT coalesce(sum(allocated), 0) FROM stock_levels l WHERE l.warehouse_id = w.warehouse_id) AS allocated,
  (SELECT count(*) FROM transfers t
    WHERE t.status IN ('dispatching', 'in_transit') AND w.warehouse_id IN (t.from_warehouse_id, t.to_warehouse_id)) AS open_transfers,
  (SELECT count(*) FROM orders o WHERE o.status IN ('PENDING', 'PROCESSING') AND EXISTS (
    SELECT 1 FROM order_allocations a WHERE a.order_id = o.order_id AND a.warehouse_id = w.warehouse_id AND a.quantity > a.shipped + a.cancelled)) AS unshipped_orders,
  (SELECT count(*) FROM stock_actions x WHERE CASE x.kind
    WHEN 'transfer_back' THEN EXISTS (
      SELECT 1 FROM transfers t WHERE t.transfer_id = x.order_id AND t.from_warehouse_id = w.warehouse_id)
    WHEN 'restock' THEN EXISTS (
      SELECT 1 FROM order_allocations a WHERE a.order_id = x.order_id AND a.warehouse_id = w.warehouse_id)
    ELSE EXISTS (SELECT 1 FROM json_each(x.lines) line WHERE line.value->>'warehouseId' = w.warehouse_id) END)
    + (SELECT count(*) FROM opening_stock s WHERE s.warehouse_id = w.warehouse_id AND s.found_on_hand IS NULL) AS pending_movements,
  (SELECT json_group_array(json_object('productId', product_id, 'variantId', variant_id, 'onHand', on_hand, 'reserved', reserved,
      'allocated', allocated)) FROM (
    SELECT * FROM stock_levels l WHERE l.warehouse_id = w.warehouse_id AND l.on_hand > 0 ORDER BY product_id, variant_id LIMIT 10
  )) AS products,
  (SELECT json_group_array(transfer_id) FROM (
    SELECT transfer_id FROM transfers t
    WHERE t.status IN ('dispatching', 'in_transit') AND w.warehouse_id IN (t.from_warehouse_id, t.to_warehouse_id)
    ORDER BY created_at_ms LIMIT 10
  )) AS transfers,
  (SELECT json_group_array(order_id) FROM (
    SELECT order_id FROM orders o WHERE o.status IN ('PENDING', 'PROCESSING') AND EXISTS (
      SELECT 1 FROM order_allocations a WHERE a.order_id = o.order_id AND a.warehouse_id = w.warehouse_id AND a.quantity > a.shipped + a.cancelled)
    ORDER BY created_at_ms LIMIT 10
  )) AS orders
FROM warehouses w;
