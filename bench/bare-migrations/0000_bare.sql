CREATE TABLE products (product_id TEXT PRIMARY KEY, sku TEXT NOT NULL, name TEXT NOT NULL, price_minor INTEGER NOT NULL) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE delivery_methods (method TEXT PRIMARY KEY, cost_minor INTEGER NOT NULL, days INTEGER NOT NULL) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE orders (
  order_id TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  customer_name TEXT NOT NULL,
  postal_code TEXT,
  delivery_method TEXT NOT NULL,
  subtotal_minor INTEGER NOT NULL,
  delivery_cost_minor INTEGER NOT NULL,
  total_minor INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX orders_created ON orders (created_at_ms);
--> statement-breakpoint
CREATE INDEX orders_status ON orders (status, created_at_ms);
--> statement-breakpoint
CREATE TABLE order_items (
  order_id TEXT NOT NULL,
  line_no INTEGER NOT NULL,
  product_id TEXT NOT NULL,
  sku TEXT NOT NULL,
  name TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  unit_price_minor INTEGER NOT NULL,
  PRIMARY KEY (order_id, line_no)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE order_allocations (
  order_id TEXT NOT NULL,
  line_no INTEGER NOT NULL,
  warehouse_id TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  PRIMARY KEY (order_id, line_no)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO delivery_methods VALUES ('in_door', 14900, 3), ('curbside', 4900, 3), ('self_service', 0, 3);
--> statement-breakpoint
INSERT INTO products
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
SELECT 'bench-' || i, 'BENCH-' || i, 'Product ' || i, 10000 + i FROM n;
