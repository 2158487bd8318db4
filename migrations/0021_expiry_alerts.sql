CREATE TABLE `sweep_marks` (
	`step` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- An order that is processed, paid, cancelled, expired or given more time does not expire then, whoever did it: releases before 0.4.0 do not know the alert.
CREATE TRIGGER orders_expire_no_longer AFTER UPDATE OF status, payment_status, due_at_ms ON orders
WHEN old.status = 'PENDING' AND old.payment_status = 'cod'
  AND (new.status <> old.status OR new.payment_status <> old.payment_status OR new.due_at_ms IS NOT old.due_at_ms)
BEGIN
  UPDATE alerts SET closed_at_ms = new.updated_at_ms
  WHERE subject = new.order_id AND kind = 'order_expires_soon' AND closed_at_ms IS NULL;
END;
