import { type SQL, sql } from "drizzle-orm";
import { components, products, variants } from "../../catalog/tables.ts";
import { insertDeliveries } from "../../events/outbox-statements.ts";
import type { EventType } from "../../events/rules/event-types.ts";
import { alerts } from "../../events/tables.ts";
import { bundlesWith, type ProductSet } from "./summary-statements.ts";
import { productStock, variantStock } from "../list-tables.ts";

/** What alerts are about: products, or variants. */
interface Subjects {
  /** A SELECT of all subjects that the flush can change, as `subject`. */
  all: SQL;
  /**
   * A SELECT of those that are listed: `subject`; `details`, JSON for the alert and its event; `is_low` and `is_out`, whether an open
   * alert stays open; `may_be_out`, whether one may open; `is_back`, whether units are available again.
   */
  listed: SQL;
  events: Record<"low" | "out" | "back", EventType>;
}

/**
 * Opens and closes the alerts of products, of every bundle with one and of their variants from `product_stock` and `variant_stock`, and
 * adds their events to the outbox. They follow the summary in the flush's batch. An alert opens only where none is open, so a flush
 * applied twice opens one; each event is sent once, because its id is the alert's.
 */
export function alertStatements(set: ProductSet, nowMs: number): SQL[] {
  return [productsOf(set), variantsOf(set)].flatMap((subjects) => [
    insertDeliveries(subjects.events.back, backInStock(subjects), nowMs),
    closeAlerts(subjects, nowMs),
    openAlerts(subjects, nowMs),
    insertDeliveries(subjects.events.low, openedAlerts(subjects, "low_stock", nowMs), nowMs),
    insertDeliveries(subjects.events.out, openedAlerts(subjects, "out_of_stock", nowMs), nowMs),
  ]);
}

/** A product that never had a level is new, not out of stock. */
function productsOf(set: ProductSet): Subjects {
  const all = sql`${set.ids} UNION SELECT bundle_id FROM (${bundlesWith(set)})`;
  const listed = sql`
    SELECT t.subject, json_object('product_id', p.product_id, 'name', p.name, 'sku', p.sku, 'current_stock', s.available,
        'min_stock_level', p.min_stock_level, 'stock_status', s.stock_status) AS details,
      s.is_low, s.is_active AND s.available = 0 AS is_out,
      s.is_active AND s.available = 0 AND (s.levels <> '[]' OR EXISTS (
        SELECT 1 FROM ${components} c CROSS JOIN ${productStock} part ON part.product_id = c.product_id
        WHERE c.bundle_id = s.product_id AND part.levels <> '[]')) AS may_be_out,
      s.is_active AND s.available > 0 AS is_back
    FROM (${all}) t
    CROSS JOIN ${productStock} s ON s.product_id = t.subject
    CROSS JOIN ${products} p ON p.product_id = t.subject`;
  return { all, listed, events: { low: "stock.low", out: "stock.out", back: "stock.back" } };
}

/** The id of a variant may be that of a product, so the subject of its alerts names both. */
function variantsOf({ list }: ProductSet): Subjects {
  const all = sql`SELECT product_id || '/' || variant_id AS subject FROM ${variantStock} WHERE product_id IN ${list}`;
  const listed = sql`
    SELECT s.product_id || '/' || s.variant_id AS subject, json_object('product_id', s.product_id, 'variant_id', s.variant_id,
        'name', p.name, 'variant_name', v.name, 'sku', v.sku, 'current_stock', s.available, 'min_stock_level', v.min_stock_level,
        'stock_status', s.stock_status) AS details,
      s.is_low, s.is_out, s.is_out AS may_be_out, s.is_active AND s.available > 0 AS is_back
    FROM ${variantStock} s
    CROSS JOIN ${products} p ON p.product_id = s.product_id
    CROSS JOIN ${variants} v ON v.variant_id = s.variant_id
    WHERE s.product_id IN ${list}`;
  return { all, listed, events: { low: "stock.variant_low", out: "stock.variant_out", back: "stock.variant_back" } };
}

/** Available again after an out-of-stock alert; what is archived is left out. */
function backInStock({ listed }: Subjects): SQL {
  return sql`
    SELECT a.alert_id || ':back' AS event_id, l.details AS data
    FROM (${listed}) l
    CROSS JOIN ${alerts} a ON a.subject = l.subject AND a.kind = 'out_of_stock' AND a.closed_at_ms IS NULL
    WHERE l.is_back`;
}

function closeAlerts({ all, listed }: Subjects, nowMs: number): SQL {
  return sql`
    UPDATE ${alerts} SET closed_at_ms = CAST(${nowMs} AS INTEGER)
    WHERE closed_at_ms IS NULL AND kind IN ('low_stock', 'out_of_stock') AND subject IN (SELECT subject FROM (${all}))
      AND NOT EXISTS (
        SELECT 1 FROM (${listed}) l WHERE l.subject = alerts.subject AND iif(alerts.kind = 'low_stock', l.is_low, l.is_out)
      )`;
}

function openAlerts({ listed }: Subjects, nowMs: number): SQL {
  return sql`
    INSERT OR IGNORE INTO ${alerts} (opened_at_ms, alert_id, kind, subject, details)
    SELECT CAST(${nowMs} AS INTEGER), 'ALT' || hex(randomblob(16)), k.value, l.subject, l.details
    FROM (${listed}) l CROSS JOIN json_each('["low_stock","out_of_stock"]') k
    WHERE iif(k.value = 'low_stock', l.is_low, l.may_be_out)`;
}

/** The alerts that this batch opened, known by its time. */
function openedAlerts({ all }: Subjects, kind: "low_stock" | "out_of_stock", nowMs: number): SQL {
  return sql`
    SELECT a.alert_id || ':opened' AS event_id, a.details AS data
    FROM (${all}) t
    CROSS JOIN ${alerts} a ON a.subject = t.subject AND a.kind = ${kind} AND a.closed_at_ms IS NULL
    WHERE a.opened_at_ms = CAST(${nowMs} AS INTEGER)`;
}
