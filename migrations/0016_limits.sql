CREATE TABLE `limited_purchases` (
	`product_id` text NOT NULL,
	`customer` text NOT NULL,
	`order_id` text NOT NULL,
	`quantity` integer NOT NULL,
	PRIMARY KEY(`product_id`, `customer`, `order_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `products` ADD `max_per_order` integer CHECK (max_per_order > 0);--> statement-breakpoint
ALTER TABLE `products` ADD `max_per_customer` integer CHECK (max_per_customer > 0);