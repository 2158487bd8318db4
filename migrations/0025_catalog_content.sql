CREATE TABLE `categories` (
	`name` text PRIMARY KEY NOT NULL,
	`category_id` text NOT NULL,
	`created_at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `categories_category_id_unique` ON `categories` (`category_id`);--> statement-breakpoint
ALTER TABLE `products` ADD `slug` text;--> statement-breakpoint
ALTER TABLE `products` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `options` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `weight_grams` integer;--> statement-breakpoint
ALTER TABLE `products` ADD `compare_at_minor` integer;--> statement-breakpoint
ALTER TABLE `products` ADD `sort_name` text;--> statement-breakpoint
ALTER TABLE `products` ADD `units_sold` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `products_slug` ON `products` (`slug`) WHERE slug IS NOT NULL;--> statement-breakpoint
CREATE INDEX `products_unnamed` ON `products` (`created_at_ms`) WHERE slug IS NULL;--> statement-breakpoint
CREATE INDEX `products_by_name` ON `products` (`status`,`sort_name`);--> statement-breakpoint
CREATE INDEX `products_by_price` ON `products` (`status`,`price_minor`);--> statement-breakpoint
CREATE INDEX `products_by_sales` ON `products` (`status`,`units_sold`);--> statement-breakpoint
CREATE INDEX `products_of_category_by_name` ON `products` (`status`,`category`,`sort_name`);--> statement-breakpoint
CREATE INDEX `products_of_category_by_price` ON `products` (`status`,`category`,`price_minor`);--> statement-breakpoint
CREATE INDEX `products_of_category_by_sales` ON `products` (`status`,`category`,`units_sold`);--> statement-breakpoint
ALTER TABLE `variants` ADD `options` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `variants` ADD `weight_grams` integer;--> statement-breakpoint
ALTER TABLE `variants` ADD `compare_at_minor` integer;--> statement-breakpoint
ALTER TABLE `orders` ADD `units_counted` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `orders_to_count` ON `orders` (`created_at_ms`) WHERE units_counted <> (status = 'COMPLETED');--> statement-breakpoint
-- Products that a release before this wrote have no slug until the cron gives them one, and sort by their name in lower case until then.
UPDATE products SET sort_name = lower(name);
--> statement-breakpoint
CREATE TRIGGER products_sort_name_insert AFTER INSERT ON products WHEN new.sort_name IS NULL BEGIN
  UPDATE products SET sort_name = lower(new.name) WHERE rowid = new.rowid;
END;
--> statement-breakpoint
-- This release's `sort_name` has the name in it, so that it changes with every name.
CREATE TRIGGER products_sort_name_update AFTER UPDATE OF name ON products
WHEN new.name <> old.name AND new.sort_name IS old.sort_name BEGIN
  UPDATE products SET sort_name = lower(new.name) WHERE rowid = new.rowid;
END;
