CREATE TABLE `cart_items` (
	`cart_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`edit_no` integer NOT NULL,
	`needs` text NOT NULL,
	`promo_code` text,
	`tier` text,
	`unit_price_minor` integer NOT NULL,
	`discounts` text NOT NULL,
	`reserved_until_ms` integer,
	`reserved_since_ms` integer,
	PRIMARY KEY(`cart_id`, `variant_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `cart_items_promo` ON `cart_items` (`cart_id`,`promo_code`) WHERE promo_code IS NOT NULL;--> statement-breakpoint
CREATE TABLE `cart_losses` (
	`cart_id` text NOT NULL,
	`variant_id` text NOT NULL,
	`edit_no` integer NOT NULL,
	`product_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`reason` text NOT NULL,
	`promo_code` text,
	`tier` text,
	`unit_price_minor` integer NOT NULL,
	`discounts` text NOT NULL,
	`at_ms` integer NOT NULL,
	`seen_at_ms` integer,
	PRIMARY KEY(`cart_id`, `variant_id`, `edit_no`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `cart_losses_unseen` ON `cart_losses` (`cart_id`) WHERE seen_at_ms IS NULL;--> statement-breakpoint
CREATE TABLE `carts` (
	`cart_id` text PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`order_id` text,
	`user_id` text,
	`edit_no` integer NOT NULL,
	`country` text,
	`postal_code` text,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `carts_user` ON `carts` (`user_id`) WHERE user_id IS NOT NULL AND order_id IS NULL;--> statement-breakpoint
CREATE INDEX `carts_updated` ON `carts` (`updated_at_ms`);--> statement-breakpoint
CREATE TABLE `payment_intents` (
	`intent_id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `payment_intents_order` ON `payment_intents` (`order_id`);--> statement-breakpoint
CREATE TABLE `payments` (
	`order_id` text NOT NULL,
	`payment_id` text NOT NULL,
	`provider` text NOT NULL,
	`reference` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`order_id`, `payment_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_reference` ON `payments` (`provider`,`reference`);--> statement-breakpoint
CREATE TABLE `provider_events` (
	`event_id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `provider_events_at` ON `provider_events` (`at_ms`);--> statement-breakpoint
CREATE TABLE `refunds` (
	`order_id` text NOT NULL,
	`refund_id` text NOT NULL,
	`payment_id` text NOT NULL,
	`amount_minor` integer NOT NULL,
	`reason` text NOT NULL,
	`status` text NOT NULL,
	`provider_reference` text,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL,
	`due_at_ms` integer,
	PRIMARY KEY(`order_id`, `refund_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `refunds_provider_reference` ON `refunds` (`provider_reference`) WHERE provider_reference IS NOT NULL;--> statement-breakpoint
CREATE INDEX `refunds_due` ON `refunds` (`due_at_ms`) WHERE due_at_ms IS NOT NULL;--> statement-breakpoint
CREATE TABLE `pricing_rules` (
	`rule_id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`product_id` text,
	`variant_id` text,
	`category` text,
	`min_quantity` integer,
	`max_quantity` integer,
	`user_tier` text,
	`promo_code` text,
	`start_at_ms` integer,
	`end_at_ms` integer,
	`min_subtotal_minor` integer,
	`buy_quantity` integer,
	`get_quantity` integer,
	`discount_type` text NOT NULL,
	`discount_value` integer NOT NULL,
	`priority` integer NOT NULL,
	`stackable` integer NOT NULL,
	`is_active` integer NOT NULL,
	`usage_limit` integer,
	`usage_limit_per_customer` integer,
	`used` integer DEFAULT 0 NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	CONSTRAINT "pricing_rules_used" CHECK(used >= 0 AND (usage_limit IS NULL OR used <= usage_limit))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `pricing_rules_created` ON `pricing_rules` (`created_at_ms`);--> statement-breakpoint
CREATE INDEX `pricing_rules_active` ON `pricing_rules` (`rule_id`) WHERE is_active = 1;--> statement-breakpoint
CREATE INDEX `pricing_rules_limited` ON `pricing_rules` (`promo_code`) WHERE is_active = 1 AND (usage_limit IS NOT NULL OR usage_limit_per_customer IS NOT NULL);--> statement-breakpoint
CREATE TABLE `pricing_state` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `rule_customers` (
	`rule_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`used` integer NOT NULL,
	`most` integer NOT NULL,
	PRIMARY KEY(`rule_id`, `customer_id`),
	CONSTRAINT "rule_customers_used" CHECK(used >= 0 AND used <= most)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tax_rates` (
	`country` text NOT NULL,
	`category` text NOT NULL,
	`rate_bps` integer NOT NULL,
	PRIMARY KEY(`country`, `category`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `variants` ADD `price_adjustment_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `order_items` ADD `discount_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `order_items` ADD `tax_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `order_items` ADD `tax_bps` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `order_items` ADD `discounts` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `discount_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `tax_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `tax_included` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `promo_code` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `rules_used` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `cart_id` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `paid_minor` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `refunded_minor` integer DEFAULT 0 NOT NULL CONSTRAINT "orders_refunded" CHECK(refunded_minor >= 0 AND refunded_minor <= paid_minor);--> statement-breakpoint
CREATE INDEX `orders_late` ON `orders` (`due_at_ms`) WHERE status = 'EXPIRED' AND payment_status = 'paid';--> statement-breakpoint
INSERT INTO `pricing_state` (`id`, `version`) VALUES (1, 1);
--> statement-breakpoint
-- Two releases may serve at once, and the one before may come back. It takes the hold of a cart's checkouts for an order's that was
-- never recorded, fences it and gives its units away. That batch has to fail, so that the object keeps them and asks again.
CREATE TRIGGER fences_of_no_cart BEFORE INSERT ON fences WHEN new.id GLOB 'CRT*' BEGIN
  SELECT RAISE(ABORT, 'checkouts have no fence: the generation of their cart ends them');
END;
--> statement-breakpoint
-- Nor does it know of money that went back or came in part. Whoever ends an order that the shop has money of owes it.
CREATE TRIGGER orders_ended_with_money AFTER UPDATE OF status ON orders
WHEN new.status <> old.status AND new.status IN ('CANCELLED', 'EXPIRED', 'RETURNED') AND new.paid_minor > new.refunded_minor BEGIN
  UPDATE orders SET payment_status = 'refund_due' WHERE order_id = new.order_id AND payment_status <> 'refund_due';
  INSERT OR IGNORE INTO alerts (opened_at_ms, alert_id, kind, subject, details)
  VALUES (new.updated_at_ms, 'refund_due:' || new.order_id, 'refund_due', new.order_id,
    json_object('status', new.status, 'refund_due_minor', new.paid_minor - new.refunded_minor));
END;
