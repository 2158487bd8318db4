CREATE TABLE `cancelled_items` (
	`order_id` text NOT NULL,
	`cancellation_id` text NOT NULL,
	`line_no` integer NOT NULL,
	`quantity` integer NOT NULL CHECK (quantity > 0),
	`reason` text,
	`actor` text NOT NULL,
	`at_ms` integer NOT NULL,
	PRIMARY KEY(`order_id`, `cancellation_id`, `line_no`)
) STRICT, WITHOUT ROWID;
