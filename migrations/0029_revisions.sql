ALTER TABLE `warehouses` ADD `revision` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Counts every change of a warehouse, whichever release makes it.
CREATE TRIGGER warehouses_revised AFTER UPDATE ON warehouses WHEN new.revision = old.revision
BEGIN
  UPDATE warehouses SET revision = old.revision + 1 WHERE warehouse_id = new.warehouse_id;
END;
