import { type SQL, sql } from "drizzle-orm";
import { components, products } from "../../catalog/tables.ts";
import { insertDeliveries } from "../../events/outbox-statements.ts";
import { alerts } from "../../events/tables.ts";
import { bundlesWith } from "./summary-statements.ts";
import { productStock } from "../tables.ts";

/** The details of an alert and the data of its event, as JSON. */
const ALERT_DETAILS = sql`json_object('product_id', p.product_id, 'name', p.name, 'sku', p.sku, 'current_stock', s.available,
  'min_stock_level', p.min_stock_level, 'stock_status', s.stock_status)`;

/**
 * Opens and closes the alerts of a product and of every bundle with it from `product_stock`, and adds their events to the outbox. They
 * follow the summary in the flush's batch. An alert opens only where none is open, so a flush applied twice opens one; each event is
 * sent once, because its id is the alert's.
 */
export function alertStatements(productId: string, nowMs: number): SQL[] {
  const subjects = sql`SELECT ${productId} AS product_id UNION SELECT bundle_id FROM (${bundlesWith(productId)})`;
  return [
    insertDeliveries("stock.back", backInStock(subjects), nowMs),
    closeAlerts(subjects, nowMs),
    openAlerts(subjects, nowMs),
    insertDeliveries("stock.low", openedAlerts(subjects, "low_stock", nowMs), nowMs),
    insertDeliveries("stock.out", openedAlerts(subjects, "out_of_stock", nowMs), nowMs),
  ];
}

/** Products available again after an out-of-stock alert; archived products are left out. */
function backInStock(subjects: SQL): SQL {
  return sql`
    SELECT a.alert_id || ':back' AS event_id, ${ALERT_DETAILS} AS data
    FROM (${subjects}) t
    CROSS JOIN ${alerts} a ON a.subject = t.product_id AND a.kind = 'out_of_stock' AND a.closed_at_ms IS NULL
    CROSS JOIN ${productStock} s ON s.product_id = t.product_id
    CROSS JOIN ${products} p ON p.product_id = t.product_id
    WHERE s.is_active AND s.available > 0`;
}

function closeAlerts(subjects: SQL, nowMs: number): SQL {
  return sql`
    UPDATE ${alerts} SET closed_at_ms = CAST(${nowMs} AS INTEGER)
    WHERE closed_at_ms IS NULL AND kind IN ('low_stock', 'out_of_stock') AND subject IN (SELECT product_id FROM (${subjects}))
      AND NOT EXISTS (
        SELECT 1 FROM ${productStock} s
        WHERE s.product_id = alerts.subject AND iif(alerts.kind = 'low_stock', s.is_low, s.is_active AND s.available = 0)
      )`;
}

/** A product that never had a level is new, not out of stock. */
function openAlerts(subjects: SQL, nowMs: number): SQL {
  return sql`
    INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
    SELECT CAST(${nowMs} AS INTEGER), 'ALT' || hex(randomblob(16)), k.value, p.product_id, ${ALERT_DETAILS}
    FROM (${subjects}) t
    CROSS JOIN ${productStock} s ON s.product_id = t.product_id
    CROSS JOIN ${products} p ON p.product_id = t.product_id
    CROSS JOIN json_each('["low_stock","out_of_stock"]') k
    WHERE iif(k.value = 'low_stock', s.is_low, s.is_active AND s.available = 0 AND (s.levels <> '[]' OR EXISTS (
      SELECT 1 FROM ${components} c CROSS JOIN ${productStock} part ON part.product_id = c.product_id
      WHERE c.bundle_id = s.product_id AND part.levels <> '[]')))`;
}

/** The alerts that this batch opened, known by its time. */
function openedAlerts(subjects: SQL, kind: "low_stock" | "out_of_stock", nowMs: number): SQL {
  return sql`
    SELECT a.alert_id || ':opened' AS event_id, a.details AS data
    FROM (${subjects}) t
    CROSS JOIN ${alerts} a ON a.subject = t.product_id AND a.kind = ${kind} AND a.closed_at_ms IS NULL
    WHERE a.opened_at_ms = CAST(${nowMs} AS INTEGER)`;
}
