CREATE TABLE `components` (
	`bundle_id` text NOT NULL,
	`position` integer NOT NULL,
	`product_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`quantity` integer NOT NULL,
	PRIMARY KEY(`bundle_id`, `position`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `components_product` ON `components` (`product_id`);--> statement-breakpoint
CREATE TABLE `products` (
	`product_id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`category` text,
	`brand` text,
	`unit` text,
	`status` text NOT NULL,
	`is_bundle` integer NOT NULL,
	`price_minor` integer NOT NULL,
	`mrp_minor` integer,
	`cost_minor` integer,
	`min_stock_level` integer,
	`max_stock_level` integer,
	`supplier_name` text,
	`supplier_contact` text,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `variants` (
	`variant_id` text PRIMARY KEY NOT NULL,
	`product_id` text NOT NULL,
	`position` integer NOT NULL,
	`sku` text NOT NULL,
	`name` text,
	`status` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `variants_sku_unique` ON `variants` (`sku`);--> statement-breakpoint
CREATE INDEX `variants_product` ON `variants` (`product_id`,`position`,`status`);--> statement-breakpoint
CREATE TABLE `idempotency` (
	`id` text PRIMARY KEY NOT NULL,
	`request_hash` text NOT NULL,
	`status` integer NOT NULL,
	`answer` text NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_at` ON `idempotency` (`at_ms`);--> statement-breakpoint
CREATE TABLE `fences` (
	`id` text PRIMARY KEY NOT NULL,
	`answer` text,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `fences_at` ON `fences` (`at_ms`);--> statement-breakpoint
CREATE INDEX `fences_refusals` ON `fences` (`at_ms`) WHERE answer IS NOT NULL;--> statement-breakpoint
CREATE TABLE `order_allocations` (
	`order_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`variant_id` text NOT NULL,
	`warehouse_id` text NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL,
	PRIMARY KEY(`order_id`, `line_no`, `variant_id`, `warehouse_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `order_items` (
	`order_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`product_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`sku` text NOT NULL,
	`name` text NOT NULL,
	`quantity` integer NOT NULL,
	`unit_price_minor` integer NOT NULL,
	`line_total_minor` integer NOT NULL,
	PRIMARY KEY(`order_id`, `line_no`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `orders` (
	`order_id` text PRIMARY KEY NOT NULL,
	`hold_id` text NOT NULL,
	`request_hash` text NOT NULL,
	`status` text NOT NULL,
	`payment_method` text NOT NULL,
	`payment_status` text NOT NULL,
	`payment_due_at_ms` integer,
	`customer_name` text NOT NULL,
	`customer_email` text,
	`customer_phone` text,
	`delivery_address` text,
	`postal_code` text,
	`country` text NOT NULL,
	`delivery_method` text NOT NULL,
	`notes` text,
	`ranked_by` text NOT NULL,
	`currency` text NOT NULL,
	`subtotal_minor` integer NOT NULL,
	`delivery_cost_minor` integer NOT NULL,
	`total_minor` integer NOT NULL,
	`estimated_delivery_at_ms` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stock_actions` (
	`action_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`hold_id` text NOT NULL,
	`kind` text NOT NULL,
	`lines` text NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `stock_actions_at` ON `stock_actions` (`at_ms`);--> statement-breakpoint
CREATE INDEX `stock_actions_order` ON `stock_actions` (`order_id`);--> statement-breakpoint
CREATE TABLE `product_stock` (
	`product_id` text PRIMARY KEY NOT NULL,
	`available` integer NOT NULL,
	`on_hand` integer NOT NULL,
	`reserved` integer NOT NULL,
	`as_of_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stock_levels` (
	`product_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`warehouse_id` text NOT NULL,
	`on_hand` integer NOT NULL,
	`reserved` integer NOT NULL,
	`version` integer NOT NULL,
	`as_of_ms` integer NOT NULL,
	PRIMARY KEY(`product_id`, `variant_id`, `warehouse_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stock_movements` (
	`product_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`variant_id` text NOT NULL,
	`warehouse_id` text NOT NULL,
	`delta_on_hand` integer NOT NULL,
	`on_hand_after` integer NOT NULL,
	`reason` text,
	`reference_type` text NOT NULL,
	`reference_id` text NOT NULL,
	`external_reference` text,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`product_id`, `seq`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `delivery_methods` (
	`method` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`cost_minor` integer NOT NULL,
	`days` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `postal_codes` (
	`country` text NOT NULL,
	`code` text NOT NULL,
	`latitude` real NOT NULL,
	`longitude` real NOT NULL,
	PRIMARY KEY(`country`, `code`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `warehouses` (
	`warehouse_id` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`name` text NOT NULL,
	`status` text NOT NULL,
	`country` text NOT NULL,
	`postal_code` text NOT NULL,
	`latitude` real NOT NULL,
	`longitude` real NOT NULL,
	`allows_self_service` integer NOT NULL,
	`served_postal_codes` text NOT NULL,
	`ships_to` text NOT NULL
) STRICT, WITHOUT ROWID;
