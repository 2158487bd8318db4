import { type SQL, sql } from "drizzle-orm";
import { components, products, variants } from "../catalog/tables.ts";
import { auditLog } from "../events/tables.ts";
import { warehouses } from "../warehouses/tables.ts";
import type { Policy } from "./rules/allocate.ts";
import type { Level } from "./rules/levels.ts";
import type { Snapshot } from "./flush.ts";
import { productStock, stockLevels, stockMovements } from "./tables.ts";

/** The bundles whose availability one flush recomputes; a product is in few. */
const MAX_BUNDLES = 100;

/** A level with its product, as D1 keeps it. */
export interface ProjectedLevel extends Level {
  productId: string;
}

/** Writes levels where they are newer than what D1 has, so that order and repetition do not matter (PROTOCOL F2, C5). */
export function upsertLevels(levels: readonly ProjectedLevel[], nowMs: number): SQL {
  return sql`
    INSERT INTO ${stockLevels} (product_id, variant_id, warehouse_id, on_hand, reserved, version, as_of_ms)
    SELECT value->>'productId', value->>'variantId', value->>'warehouseId', value->>'onHand', value->>'reserved', value->>'version',
      CAST(${nowMs} AS INTEGER)
    FROM json_each(${JSON.stringify(levels)}) WHERE true
    ON CONFLICT DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved, version = excluded.version,
      as_of_ms = excluded.as_of_ms WHERE excluded.version > stock_levels.version`;
}

/** The statements of one flush of a product, for one batch. */
export function flushStatements(productId: string, snapshot: Snapshot, policy: Policy, nowMs: number): SQL[] {
  return [
    upsertLevels(
      snapshot.levels.map((level) => ({ productId, ...level })),
      nowMs,
    ),
    insertMovements(productId, snapshot),
    auditMovements(productId, snapshot),
    summarizeProduct(productId, policy, nowMs),
    summarizeBundlesWith(productId, policy, nowMs),
  ];
}

function insertMovements(productId: string, snapshot: Snapshot): SQL {
  return sql`
    INSERT OR IGNORE INTO ${stockMovements} (product_id, seq, kind, variant_id, warehouse_id, delta_on_hand, on_hand_after, reason,
      reference_type, reference_id, external_reference, actor, at_ms)
    SELECT ${productId}, value->>'seq', value->>'kind', value->>'variantId', value->>'warehouseId', value->>'deltaOnHand',
      value->>'onHandAfter', value->>'reason', value->>'referenceType', value->>'referenceId', value->>'externalReference',
      value->>'actor', value->>'atMs'
    FROM json_each(${JSON.stringify(snapshot.movements)})`;
}

/** Keeps the movements that somebody of the shop asked for in the audit log, each once however often it is sent. */
function auditMovements(productId: string, snapshot: Snapshot): SQL {
  const entries = snapshot.movements.filter(({ requestId }) => requestId !== null);
  return sql`
    INSERT OR IGNORE INTO ${auditLog} (at_ms, audit_id, actor, action, record_type, record_id, before, after, request_id)
    SELECT value->>'atMs', ${productId} || ':' || (value->>'seq'), value->>'actor', 'stock.' || (value->>'kind'), 'product', ${productId},
      json_object('on_hand', value->>'onHandAfter' - value->>'deltaOnHand'),
      json_object('on_hand', value->>'onHandAfter', 'variant_id', value->>'variantId', 'warehouse_id', value->>'warehouseId',
        'reason', value->>'reason'),
      value->>'requestId'
    FROM json_each(${JSON.stringify(entries)})`;
}

/**
 * The most that one order can get of a variant anywhere: the sum of the warehouses where lines are split, else the best one.
 * What stands in an archived warehouse, or is of an archived product or variant, cannot be ordered.
 */
function bestOf(policy: Policy): SQL {
  const most = sql.raw(policy === "nearest_available" ? "sum" : "max");
  return sql`${most}(iif(
    EXISTS (SELECT 1 FROM ${warehouses} w WHERE w.warehouse_id = stock_levels.warehouse_id AND w.status = 'archived')
      OR EXISTS (SELECT 1 FROM ${products} p WHERE p.product_id = stock_levels.product_id AND p.status = 'archived')
      OR EXISTS (SELECT 1 FROM ${variants} v WHERE v.variant_id = stock_levels.variant_id AND v.status = 'archived'),
    0, on_hand - reserved))`;
}

function summarizeProduct(productId: string, policy: Policy, nowMs: number): SQL {
  return sql`
    INSERT OR REPLACE INTO ${productStock} (product_id, available, on_hand, reserved, as_of_ms)
    SELECT ${productId}, coalesce(sum(available), 0), coalesce(sum(on_hand), 0), coalesce(sum(reserved), 0), CAST(${nowMs} AS INTEGER)
    FROM (
      SELECT ${bestOf(policy)} AS available, sum(on_hand) AS on_hand, sum(reserved) AS reserved
      FROM ${stockLevels} WHERE product_id = ${productId} GROUP BY variant_id
    )`;
}

/** A bundle is available as often as its scarcest component allows; nothing of it is on hand. */
function summarizeBundlesWith(productId: string, policy: Policy, nowMs: number): SQL {
  return sql`
    INSERT OR REPLACE INTO ${productStock} (product_id, available, on_hand, reserved, as_of_ms)
    SELECT bundle_id, min(coalesce((
      SELECT ${bestOf(policy)} FROM ${stockLevels}
      WHERE stock_levels.product_id = parts.product_id AND stock_levels.variant_id = parts.variant_id
    ), 0) / quantity), 0, 0, CAST(${nowMs} AS INTEGER)
    FROM ${components} parts
    WHERE bundle_id IN (SELECT DISTINCT bundle_id FROM ${components} WHERE product_id = ${productId} LIMIT ${MAX_BUNDLES})
    GROUP BY bundle_id`;
}
