CREATE TABLE `shop_currency` (
	`id` integer PRIMARY KEY NOT NULL CHECK (id = 1),
	`currency` text NOT NULL,
	`decimals` integer NOT NULL CHECK (decimals BETWEEN 0 AND 4),
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
