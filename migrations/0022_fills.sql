CREATE TABLE `order_fills` (
	`order_id` text PRIMARY KEY NOT NULL,
	`fill_id` text NOT NULL,
	`hold_id` text NOT NULL,
	`lines` text NOT NULL,
	`keyed` text,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `order_fills_at` ON `order_fills` (`at_ms`);
