import { type SQL, sql } from "drizzle-orm";
import { components, products } from "../../catalog/tables.ts";
import { insertDeliveries } from "../../events/outbox-statements.ts";
import { alerts } from "../../events/tables.ts";
import { bundlesWith } from "./summary-statements.ts";
import { productStock } from "../tables.ts";

/** What an alert keeps and an event tells of a product, as JSON. */
const ALERT_DETAILS = sql`json_object('product_id', p.product_id, 'name', p.name, 'sku', p.sku, 'current_stock', s.available,
  'min_stock_level', p.min_stock_level, 'stock_status', s.stock_status)`;

/**
 * Opens and closes the alerts of a product and of every bundle with it by what `product_stock` says of them, and tells of it. They
 * stand in the flush's batch after what they look at. An alert opens where none is open, so a flush that is applied twice opens
 * one, and each event is told once: its id is the alert's.
 */
export function alertStatements(productId: string, nowMs: number): SQL[] {
  const told = sql`SELECT ${productId} AS product_id UNION SELECT bundle_id FROM (${bundlesWith(productId)})`;
  return [
    insertDeliveries("stock.back", backInStock(told), nowMs),
    closeAlerts(told, nowMs),
    openAlerts(told, nowMs),
    insertDeliveries("stock.low", openedAlerts(told, "low_stock", nowMs), nowMs),
    insertDeliveries("stock.out", openedAlerts(told, "out_of_stock", nowMs), nowMs),
  ];
}

/** Products that are to be ordered again after an alert said that nothing was left; one that was archived meanwhile is not back. */
function backInStock(told: SQL): SQL {
  return sql`
    SELECT a.alert_id || ':back' AS event_id, ${ALERT_DETAILS} AS data
    FROM (${told}) t
    CROSS JOIN ${alerts} a ON a.subject = t.product_id AND a.kind = 'out_of_stock' AND a.closed_at_ms IS NULL
    CROSS JOIN ${productStock} s ON s.product_id = t.product_id
    CROSS JOIN ${products} p ON p.product_id = t.product_id
    WHERE s.is_active AND s.available > 0`;
}

function closeAlerts(told: SQL, nowMs: number): SQL {
  return sql`
    UPDATE ${alerts} SET closed_at_ms = CAST(${nowMs} AS INTEGER)
    WHERE closed_at_ms IS NULL AND kind IN ('low_stock', 'out_of_stock') AND subject IN (SELECT product_id FROM (${told}))
      AND NOT EXISTS (
        SELECT 1 FROM ${productStock} s
        WHERE s.product_id = alerts.subject AND iif(alerts.kind = 'low_stock', s.is_low, s.is_active AND s.available = 0)
      )`;
}

/** Nothing is left only where there was something: a product that has never had a level is new, not out of stock. */
function openAlerts(told: SQL, nowMs: number): SQL {
  return sql`
    INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
    SELECT CAST(${nowMs} AS INTEGER), 'ALT' || hex(randomblob(16)), k.value, p.product_id, ${ALERT_DETAILS}
    FROM (${told}) t
    CROSS JOIN ${productStock} s ON s.product_id = t.product_id
    CROSS JOIN ${products} p ON p.product_id = t.product_id
    CROSS JOIN json_each('["low_stock","out_of_stock"]') k
    WHERE iif(k.value = 'low_stock', s.is_low, s.is_active AND s.available = 0 AND (s.levels <> '[]' OR EXISTS (
      SELECT 1 FROM ${components} c CROSS JOIN ${productStock} part ON part.product_id = c.product_id
      WHERE c.bundle_id = s.product_id AND part.levels <> '[]')))`;
}

/** The alerts that this batch opened: nothing else opens them at its time. */
function openedAlerts(told: SQL, kind: "low_stock" | "out_of_stock", nowMs: number): SQL {
  return sql`
    SELECT a.alert_id || ':opened' AS event_id, a.details AS data
    FROM (${told}) t
    CROSS JOIN ${alerts} a ON a.subject = t.product_id AND a.kind = ${kind} AND a.closed_at_ms IS NULL
    WHERE a.opened_at_ms = CAST(${nowMs} AS INTEGER)`;
}
