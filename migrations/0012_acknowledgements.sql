ALTER TABLE `alerts` ADD `acknowledged_at_ms` integer;--> statement-breakpoint
ALTER TABLE `alerts` ADD `acknowledged_by` text;--> statement-breakpoint
ALTER TABLE `alerts` ADD `note` text;--> statement-breakpoint
CREATE INDEX `alerts_id` ON `alerts` (`alert_id`,`opened_at_ms`);