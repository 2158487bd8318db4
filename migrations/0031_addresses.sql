CREATE TABLE `addresses` (
	`user_id` text NOT NULL,
	`address_id` text NOT NULL,
	`label` text,
	`name` text,
	`phone` text,
	`line1` text NOT NULL,
	`line2` text,
	`city` text NOT NULL,
	`region` text,
	`postal_code` text,
	`country` text NOT NULL,
	`is_default` integer NOT NULL,
	`created_at_ms` integer NOT NULL,
	`updated_at_ms` integer NOT NULL,
	PRIMARY KEY(`user_id`, `address_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `addresses_default` ON `addresses` (`user_id`) WHERE is_default = 1;--> statement-breakpoint
ALTER TABLE `orders` ADD `address` text;--> statement-breakpoint
ALTER TABLE `delivery_methods` ADD `requires_address` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Whichever release deletes a user.
CREATE TRIGGER users_addresses_erased AFTER UPDATE OF status ON users WHEN new.status = 'deleted'
BEGIN
  DELETE FROM addresses WHERE user_id = new.user_id;
END;
