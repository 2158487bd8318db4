CREATE TABLE `catalog_imports` (
	`import_id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`rows` integer NOT NULL,
	`rows_done` integer NOT NULL,
	`stale` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `catalog_imports_at` ON `catalog_imports` (`at_ms`);--> statement-breakpoint
CREATE TABLE `stale_products` (
	`product_id` text PRIMARY KEY NOT NULL,
	`import_id` text NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `stale_products_import` ON `stale_products` (`import_id`);
