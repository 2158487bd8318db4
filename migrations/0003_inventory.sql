-- Every product has its row in product_stock from the moment that it is made; after that its object's flushes write it.
CREATE TRIGGER product_stock_of_product AFTER INSERT ON products BEGIN
  INSERT INTO product_stock (product_id, available, on_hand, reserved, as_of_ms, is_low, shortfall, is_active, category)
  SELECT new.product_id, 0, 0, 0, new.created_at_ms, new.status = 'active' AND new.min_stock_level IS NOT NULL,
    coalesce(new.min_stock_level, 0), new.status = 'active', new.category
  WHERE NOT EXISTS (SELECT 1 FROM product_stock WHERE product_id = new.product_id);
END;
--> statement-breakpoint
-- What the new columns would say of products that are older than they, as src/stock/summary-statements.ts writes them.
INSERT INTO product_stock (product_id, available, on_hand, reserved, as_of_ms)
SELECT product_id, 0, 0, 0, created_at_ms FROM products WHERE true ON CONFLICT DO NOTHING;
--> statement-breakpoint
UPDATE product_stock SET
  stock_status = iif(available = 0, 'out_of_stock', iif(available <= p.min_stock_level, 'low_stock', 'in_stock')),
  is_low = coalesce(p.status = 'active' AND available <= p.min_stock_level, 0),
  shortfall = max(0, coalesce(p.min_stock_level - available, 0)),
  levels = (
    SELECT json_group_array(json_object('warehouseId', warehouse_id, 'onHand', on_hand, 'reserved', reserved) ORDER BY warehouse_id)
    FROM (
      SELECT l.warehouse_id AS warehouse_id, sum(l.on_hand) AS on_hand, sum(l.reserved) AS reserved
      FROM stock_levels l WHERE l.product_id = product_stock.product_id GROUP BY l.warehouse_id
    )
  ),
  is_active = p.status = 'active',
  category = p.category,
  stock_value_minor = min(on_hand * coalesce(p.cost_minor, 0), 9000000000000),
  retail_value_minor = min(on_hand * p.price_minor, 9000000000000)
FROM products p WHERE p.product_id = product_stock.product_id;
--> statement-breakpoint
INSERT INTO inventory_summary (scope, name, products, active_products, in_stock, low_stock, out_of_stock, below_minimum, units,
  stock_value_minor, retail_value_minor, as_of_ms)
SELECT scope, name, sum(products), sum(active_products), sum(in_stock), sum(low_stock), sum(out_of_stock), sum(below_minimum),
  sum(units), sum(stock_value_minor), sum(retail_value_minor), max(as_of_ms)
FROM (
  SELECT value AS scope, iif(value = 'shop', '', coalesce(category, '')) AS name, 1 AS products, is_active AS active_products,
    is_active AND stock_status = 'in_stock' AS in_stock, is_active AND stock_status = 'low_stock' AS low_stock,
    is_active AND stock_status = 'out_of_stock' AS out_of_stock, is_low AS below_minimum, on_hand AS units, stock_value_minor,
    retail_value_minor, as_of_ms
  FROM product_stock CROSS JOIN json_each('["shop","category"]')
  UNION ALL
  SELECT 'warehouse', value->>'warehouseId', 1, 0, 0, 0, 0, 0, value->>'onHand', value->>'onHand' * (stock_value_minor / on_hand),
    value->>'onHand' * (retail_value_minor / on_hand), as_of_ms
  FROM product_stock CROSS JOIN json_each(levels) WHERE value->>'onHand' > 0
)
GROUP BY scope, name;
--> statement-breakpoint
-- The sums over all products are kept by carrying what each change of a product's row adds and takes away: whoever wrote it,
-- they agree. A product counts in the shop, in its category, and in each warehouse where units of it stand. Its value there is
-- the whole value divided by the units, which is its price or cost.
CREATE TRIGGER product_stock_insert AFTER INSERT ON product_stock BEGIN
  INSERT INTO inventory_summary (scope, name, products, active_products, in_stock, low_stock, out_of_stock, below_minimum, units,
    stock_value_minor, retail_value_minor, as_of_ms)
  SELECT value, iif(value = 'shop', '', coalesce(new.category, '')), 1, new.is_active, new.is_active AND new.stock_status = 'in_stock',
    new.is_active AND new.stock_status = 'low_stock', new.is_active AND new.stock_status = 'out_of_stock', new.is_low, new.on_hand,
    new.stock_value_minor, new.retail_value_minor, new.as_of_ms
  FROM json_each('["shop","category"]')
  UNION ALL
  SELECT 'warehouse', value->>'warehouseId', 1, 0, 0, 0, 0, 0, value->>'onHand',
    value->>'onHand' * (new.stock_value_minor / new.on_hand), value->>'onHand' * (new.retail_value_minor / new.on_hand), new.as_of_ms
  FROM json_each(new.levels) WHERE value->>'onHand' > 0
  ON CONFLICT DO UPDATE SET products = products + excluded.products, active_products = active_products + excluded.active_products,
    in_stock = in_stock + excluded.in_stock, low_stock = low_stock + excluded.low_stock,
    out_of_stock = out_of_stock + excluded.out_of_stock, below_minimum = below_minimum + excluded.below_minimum,
    units = units + excluded.units, stock_value_minor = stock_value_minor + excluded.stock_value_minor,
    retail_value_minor = retail_value_minor + excluded.retail_value_minor, as_of_ms = max(as_of_ms, excluded.as_of_ms);
END;
--> statement-breakpoint
CREATE TRIGGER product_stock_update AFTER UPDATE ON product_stock BEGIN
  INSERT INTO inventory_summary (scope, name, products, active_products, in_stock, low_stock, out_of_stock, below_minimum, units,
    stock_value_minor, retail_value_minor, as_of_ms)
  SELECT scope, name, sum(products), sum(active_products), sum(in_stock), sum(low_stock), sum(out_of_stock), sum(below_minimum),
    sum(units), sum(stock_value_minor), sum(retail_value_minor), new.as_of_ms
  FROM (
    SELECT value AS scope, iif(value = 'shop', '', coalesce(new.category, '')) AS name, 1 AS products,
      new.is_active AS active_products, new.is_active AND new.stock_status = 'in_stock' AS in_stock,
      new.is_active AND new.stock_status = 'low_stock' AS low_stock,
      new.is_active AND new.stock_status = 'out_of_stock' AS out_of_stock, new.is_low AS below_minimum, new.on_hand AS units,
      new.stock_value_minor AS stock_value_minor, new.retail_value_minor AS retail_value_minor
    FROM json_each('["shop","category"]')
    UNION ALL
    SELECT value, iif(value = 'shop', '', coalesce(old.category, '')), -1, -old.is_active,
      -(old.is_active AND old.stock_status = 'in_stock'), -(old.is_active AND old.stock_status = 'low_stock'),
      -(old.is_active AND old.stock_status = 'out_of_stock'), -old.is_low, -old.on_hand, -old.stock_value_minor,
      -old.retail_value_minor
    FROM json_each('["shop","category"]')
    UNION ALL
    SELECT 'warehouse', value->>'warehouseId', 1, 0, 0, 0, 0, 0, value->>'onHand',
      value->>'onHand' * (new.stock_value_minor / new.on_hand), value->>'onHand' * (new.retail_value_minor / new.on_hand)
    FROM json_each(new.levels) WHERE value->>'onHand' > 0
    UNION ALL
    SELECT 'warehouse', value->>'warehouseId', -1, 0, 0, 0, 0, 0, -(value->>'onHand'),
      -(value->>'onHand') * (old.stock_value_minor / old.on_hand), -(value->>'onHand') * (old.retail_value_minor / old.on_hand)
    FROM json_each(old.levels) WHERE value->>'onHand' > 0
  )
  GROUP BY scope, name
  HAVING sum(products) OR sum(active_products) OR sum(in_stock) OR sum(low_stock) OR sum(out_of_stock) OR sum(below_minimum)
    OR sum(units) OR sum(stock_value_minor) OR sum(retail_value_minor)
  ON CONFLICT DO UPDATE SET products = products + excluded.products, active_products = active_products + excluded.active_products,
    in_stock = in_stock + excluded.in_stock, low_stock = low_stock + excluded.low_stock,
    out_of_stock = out_of_stock + excluded.out_of_stock, below_minimum = below_minimum + excluded.below_minimum,
    units = units + excluded.units, stock_value_minor = stock_value_minor + excluded.stock_value_minor,
    retail_value_minor = retail_value_minor + excluded.retail_value_minor, as_of_ms = max(as_of_ms, excluded.as_of_ms);
  DELETE FROM inventory_summary WHERE old.category IS NOT new.category
    AND scope = 'category' AND name = coalesce(old.category, '') AND products = 0;
END;
--> statement-breakpoint
CREATE TRIGGER product_stock_delete AFTER DELETE ON product_stock BEGIN
  INSERT INTO inventory_summary (scope, name, products, active_products, in_stock, low_stock, out_of_stock, below_minimum, units,
    stock_value_minor, retail_value_minor, as_of_ms)
  SELECT value, iif(value = 'shop', '', coalesce(old.category, '')), -1, -old.is_active,
    -(old.is_active AND old.stock_status = 'in_stock'), -(old.is_active AND old.stock_status = 'low_stock'),
    -(old.is_active AND old.stock_status = 'out_of_stock'), -old.is_low, -old.on_hand, -old.stock_value_minor,
    -old.retail_value_minor, old.as_of_ms
  FROM json_each('["shop","category"]')
  UNION ALL
  SELECT 'warehouse', value->>'warehouseId', -1, 0, 0, 0, 0, 0, -(value->>'onHand'),
    -(value->>'onHand') * (old.stock_value_minor / old.on_hand), -(value->>'onHand') * (old.retail_value_minor / old.on_hand),
    old.as_of_ms
  FROM json_each(old.levels) WHERE value->>'onHand' > 0
  ON CONFLICT DO UPDATE SET products = products + excluded.products, active_products = active_products + excluded.active_products,
    in_stock = in_stock + excluded.in_stock, low_stock = low_stock + excluded.low_stock,
    out_of_stock = out_of_stock + excluded.out_of_stock, below_minimum = below_minimum + excluded.below_minimum,
    units = units + excluded.units, stock_value_minor = stock_value_minor + excluded.stock_value_minor,
    retail_value_minor = retail_value_minor + excluded.retail_value_minor, as_of_ms = max(as_of_ms, excluded.as_of_ms);
END;
--> statement-breakpoint
-- The release before knows none of the new columns, and goes on until it is replaced: its flushes INSERT OR REPLACE, which fires no
-- trigger of deletion, so a product would count twice. A row that says nothing of them becomes an UPDATE that says all, as above.
-- A row of this release that looks the same, of an archived product without stock, becomes the same UPDATE as it would anyway.
CREATE TRIGGER product_stock_replace BEFORE INSERT ON product_stock
WHEN new.levels = '[]' AND new.is_active = 0 AND new.category IS NULL AND new.stock_status = 'out_of_stock' AND new.is_low = 0
  AND new.shortfall = 0 AND new.stock_value_minor = 0 AND new.retail_value_minor = 0
  AND EXISTS (SELECT 1 FROM product_stock s JOIN products p USING (product_id) WHERE s.product_id = new.product_id)
BEGIN
  UPDATE product_stock SET (available, on_hand, reserved, as_of_ms, stock_status, is_low, shortfall, levels, is_active, category,
    stock_value_minor, retail_value_minor) = (new.available, new.on_hand, new.reserved, new.as_of_ms, f.stock_status, f.is_low,
    f.shortfall, f.levels, f.is_active, f.category, f.stock_value_minor, f.retail_value_minor)
  FROM (
    SELECT iif(new.available = 0, 'out_of_stock', iif(new.available <= min_stock_level, 'low_stock', 'in_stock')) AS stock_status,
      coalesce(status = 'active' AND new.available <= min_stock_level, 0) AS is_low,
      max(0, coalesce(min_stock_level - new.available, 0)) AS shortfall,
      (
        SELECT json_group_array(json_object('warehouseId', warehouse_id, 'onHand', on_hand, 'reserved', reserved) ORDER BY warehouse_id)
        FROM (
          SELECT warehouse_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved
          FROM stock_levels WHERE product_id = new.product_id GROUP BY warehouse_id
        )
      ) AS levels,
      status = 'active' AS is_active, category, min(new.on_hand * coalesce(cost_minor, 0), 9000000000000) AS stock_value_minor,
      min(new.on_hand * price_minor, 9000000000000) AS retail_value_minor
    FROM products WHERE product_id = new.product_id
  ) f
  WHERE product_stock.product_id = new.product_id
    AND (product_stock.available, product_stock.on_hand, product_stock.reserved, product_stock.stock_status, product_stock.is_low,
      product_stock.shortfall, product_stock.levels, product_stock.is_active, product_stock.category, product_stock.stock_value_minor,
      product_stock.retail_value_minor) IS NOT (new.available, new.on_hand, new.reserved, f.stock_status, f.is_low, f.shortfall,
      f.levels, f.is_active, f.category, f.stock_value_minor, f.retail_value_minor);
  SELECT RAISE(IGNORE);
END;
