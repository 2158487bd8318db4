CREATE INDEX `transfers_open` ON `transfers` (`created_at_ms`) WHERE status IN ('dispatching', 'in_transit');
--> statement-breakpoint
-- What keeps a warehouse from being archived: most of it belongs to slices that are built on that of the warehouses.
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
    ELSE EXISTS (SELECT 1 FROM json_each(x.lines) line WHERE line.value->>'warehouseId' = w.warehouse_id) END) AS pending_movements,
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
