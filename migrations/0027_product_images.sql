CREATE TABLE `image_files` (
	`product_id` text NOT NULL,
	`file` text NOT NULL,
	`unused_since_ms` integer,
	`is_deleting` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`product_id`, `file`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `image_files_unused` ON `image_files` (`unused_since_ms`) WHERE unused_since_ms IS NOT NULL;--> statement-breakpoint
ALTER TABLE `products` ADD `images` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `variants` ADD `image_id` text;--> statement-breakpoint
-- A file is in use while its product's images name it, whichever statement wrote them.
CREATE TRIGGER products_images_update AFTER UPDATE OF images ON products WHEN new.images <> old.images BEGIN
  UPDATE image_files SET unused_since_ms = iif(instr(new.images, file) > 0, NULL, coalesce(unused_since_ms, new.updated_at_ms))
  WHERE product_id = new.product_id;
END;
