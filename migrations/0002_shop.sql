CREATE TABLE `api_keys` (
	`key_id` text PRIMARY KEY NOT NULL,
	`key_hash` text NOT NULL,
	`name` text NOT NULL,
	`rights` text NOT NULL,
	`expires_at_ms` integer,
	`revoked_at_ms` integer,
	`last_used_at_ms` integer,
	`created_by` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `api_keys_key_hash_unique` ON `api_keys` (`key_hash`);--> statement-breakpoint
CREATE INDEX `api_keys_created` ON `api_keys` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `refresh_tokens` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`family_id` text NOT NULL,
	`user_id` text NOT NULL,
	`status` text NOT NULL,
	`expires_at_ms` integer NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `refresh_tokens_family` ON `refresh_tokens` (`family_id`) WHERE status = 'live';--> statement-breakpoint
CREATE INDEX `refresh_tokens_user` ON `refresh_tokens` (`user_id`) WHERE status = 'live';--> statement-breakpoint
CREATE INDEX `refresh_tokens_expiry` ON `refresh_tokens` (`expires_at_ms`);--> statement-breakpoint
CREATE TABLE `users` (
	`user_id` text PRIMARY KEY NOT NULL,
	`email` text,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`tier` text NOT NULL,
	`status` text NOT NULL,
	`password_hash` text,
	`password_salt` text,
	`password_parameters` text,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`) WHERE email IS NOT NULL;--> statement-breakpoint
CREATE INDEX `users_created` ON `users` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `alerts` (
	`opened_at_ms` integer NOT NULL,
	`alert_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`details` text NOT NULL,
	`closed_at_ms` integer,
	PRIMARY KEY(`opened_at_ms`, `alert_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_open` ON `alerts` (`subject`,`kind`) WHERE closed_at_ms IS NULL;--> statement-breakpoint
CREATE INDEX `alerts_open_newest` ON `alerts` (`opened_at_ms`) WHERE closed_at_ms IS NULL;--> statement-breakpoint
CREATE INDEX `alerts_subject` ON `alerts` (`subject`,`opened_at_ms`);--> statement-breakpoint
CREATE INDEX `alerts_closed` ON `alerts` (`closed_at_ms`) WHERE closed_at_ms IS NOT NULL;--> statement-breakpoint
CREATE TABLE `audit_log` (
	`at_ms` integer NOT NULL,
	`audit_id` text NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`record_type` text NOT NULL,
	`record_id` text NOT NULL,
	`before` text,
	`after` text,
	`request_id` text NOT NULL,
	PRIMARY KEY(`at_ms`, `audit_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `audit_log_record` ON `audit_log` (`record_type`,`record_id`,`at_ms`);--> statement-breakpoint
CREATE INDEX `audit_log_actor` ON `audit_log` (`actor`,`at_ms`);--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`delivery_id` text PRIMARY KEY NOT NULL,
	`endpoint_id` text NOT NULL,
	`event_id` text NOT NULL,
	`event_type` text NOT NULL,
	`payload` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at_ms` integer NOT NULL,
	`give_up_at_ms` integer NOT NULL,
	`response_status` integer,
	`error` text,
	`created_at_ms` integer NOT NULL,
	`last_attempt_at_ms` integer
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_due` ON `webhook_deliveries` (`endpoint_id`,`next_attempt_at_ms`) WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX `webhook_deliveries_endpoint` ON `webhook_deliveries` (`endpoint_id`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `webhook_deliveries_old` ON `webhook_deliveries` (`created_at_ms`);--> statement-breakpoint
CREATE TABLE `webhook_endpoints` (
	`endpoint_id` text PRIMARY KEY NOT NULL,
	`url` text NOT NULL,
	`description` text,
	`events` text NOT NULL,
	`status` text NOT NULL,
	`secret_no` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `order_events` (
	`order_id` text NOT NULL,
	`event_no` integer NOT NULL,
	`what` text NOT NULL,
	`from_status` text,
	`to_status` text,
	`actor` text NOT NULL,
	`note` text,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`order_id`, `event_no`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `order_warehouses` (
	`warehouse_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`order_id` text NOT NULL,
	PRIMARY KEY(`warehouse_id`, `created_at_ms`, `order_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `return_items` (
	`order_id` text NOT NULL,
	`return_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`product_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`warehouse_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`condition` text NOT NULL,
	`reason` text NOT NULL,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`order_id`, `return_id`, `line_no`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `inventory_summary` (
	`scope` text NOT NULL,
	`name` text NOT NULL,
	`products` integer NOT NULL,
	`active_products` integer NOT NULL,
	`in_stock` integer NOT NULL,
	`low_stock` integer NOT NULL,
	`out_of_stock` integer NOT NULL,
	`below_minimum` integer NOT NULL,
	`units` integer NOT NULL,
	`stock_value_minor` integer NOT NULL,
	`retail_value_minor` integer NOT NULL,
	`as_of_ms` integer NOT NULL,
	PRIMARY KEY(`scope`, `name`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `stock_audits` (
	`audit_id` text PRIMARY KEY NOT NULL,
	`last_row` integer NOT NULL,
	`checked` integer NOT NULL,
	`differing` integer NOT NULL,
	`started_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `transfer_items` (
	`transfer_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`product_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`received` integer NOT NULL,
	PRIMARY KEY(`transfer_id`, `line_no`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `transfers` (
	`transfer_id` text PRIMARY KEY NOT NULL,
	`from_warehouse_id` text NOT NULL,
	`to_warehouse_id` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`reference` text,
	`actor` text NOT NULL,
	`request_id` text NOT NULL,
	`refusal` text,
	`dispatch_by_ms` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `transfers_created` ON `transfers` (`created_at_ms`);--> statement-breakpoint
CREATE INDEX `transfers_dispatching` ON `transfers` (`dispatch_by_ms`) WHERE status = 'dispatching';--> statement-breakpoint
ALTER TABLE `products` ADD `supplier_email` text;--> statement-breakpoint
ALTER TABLE `products` ADD `barcode` text;--> statement-breakpoint
ALTER TABLE `products` ADD `gtin` text;--> statement-breakpoint
ALTER TABLE `products` ADD `sku` text;--> statement-breakpoint
CREATE UNIQUE INDEX `products_gtin` ON `products` (`gtin`) WHERE gtin IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_supplier` ON `products` (`supplier_name`) WHERE supplier_name IS NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `user_id` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `deleted_at_ms` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `due_at_ms` integer;--> statement-breakpoint
CREATE INDEX `orders_created` ON `orders` (`created_at_ms`);--> statement-breakpoint
CREATE INDEX `orders_status` ON `orders` (`status`,`created_at_ms`);--> statement-breakpoint
CREATE INDEX `orders_email` ON `orders` (`customer_email`,`created_at_ms`) WHERE customer_email IS NOT NULL;--> statement-breakpoint
CREATE INDEX `orders_phone` ON `orders` (`customer_phone`,`created_at_ms`) WHERE customer_phone IS NOT NULL;--> statement-breakpoint
CREATE INDEX `orders_user` ON `orders` (`user_id`,`created_at_ms`) WHERE user_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `orders_due` ON `orders` (`due_at_ms`) WHERE due_at_ms IS NOT NULL;--> statement-breakpoint
ALTER TABLE `stock_actions` ADD `cause` text;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `stock_status` text DEFAULT 'out_of_stock' NOT NULL;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `is_low` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `shortfall` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `levels` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `is_active` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `category` text;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `stock_value_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `product_stock` ADD `retail_value_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `product_stock_low` ON `product_stock` (`product_id`) WHERE is_low = 1;--> statement-breakpoint
CREATE INDEX `product_stock_status` ON `product_stock` (`stock_status`,`product_id`);--> statement-breakpoint
CREATE INDEX `stock_levels_warehouse` ON `stock_levels` (`warehouse_id`,`product_id`);--> statement-breakpoint
CREATE INDEX `stock_movements_at` ON `stock_movements` (`at_ms`);--> statement-breakpoint
-- What the new columns and tables would say of rows that are older than they.
UPDATE `products` SET `sku` = (SELECT v.`sku` FROM `variants` v WHERE v.`product_id` = `products`.`product_id` ORDER BY v.`position` LIMIT 1);
--> statement-breakpoint
-- Cash on delivery is left out: the release before left such an order PENDING for ever, delivered and paid as it may be.
UPDATE `orders` SET `due_at_ms` = `updated_at_ms` + 216000000 WHERE `status` = 'PENDING' AND `payment_status` <> 'cod';
--> statement-breakpoint
UPDATE `orders` SET `customer_email` = lower(`customer_email`) WHERE `customer_email` <> lower(`customer_email`);
--> statement-breakpoint
INSERT INTO `order_warehouses` (`warehouse_id`, `created_at_ms`, `order_id`)
SELECT DISTINCT a.`warehouse_id`, o.`created_at_ms`, o.`order_id` FROM `order_allocations` a JOIN `orders` o ON o.`order_id` = a.`order_id`;
--> statement-breakpoint
INSERT INTO `order_events` (`order_id`, `event_no`, `what`, `to_status`, `actor`, `at_ms`)
SELECT `order_id`, 1, 'placed', 'PENDING', 'guest', `created_at_ms` FROM `orders`;
