ALTER TABLE `orders` ADD `staff_note` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `tags` text;