import { type SQL, sql } from "drizzle-orm";
import { auditLog } from "../../writes/tables.ts";
import { alertStatements } from "./alert-statements.ts";
import type { ExpiredUnits } from "../rules/cart-messages.ts";
import type { Policy } from "../rules/allocate.ts";
import type { Level } from "../rules/levels.ts";
import type { Movement } from "../rules/messages.ts";
import { manyProducts, oneProduct, setSummaryStatements, summaryStatements } from "./summary-statements.ts";
import { stockLevels, stockMovements } from "../tables.ts";
import { variantStatements } from "./variant-statements.ts";

/** A level with its product, as D1 stores it. */
export interface ProjectedLevel extends Level {
  productId: string;
}

/**
 * Writes levels that are newer than those in D1, so that flushes may arrive in any order and repeatedly (F2, C5). An object of a release
 * before 0.4.0 says nothing of allocated units, and changes none; a Worker of one writes a level without them, which the object's own
 * flush of the same version completes.
 */
export function upsertLevels(levels: readonly ProjectedLevel[], nowMs: number): SQL {
  const allocatedNow = sql`(SELECT now.allocated FROM ${stockLevels} now WHERE now.product_id = value->>'productId'
    AND now.variant_id = value->>'variantId' AND now.warehouse_id = value->>'warehouseId')`;
  // SQLite reads every row twice where a statement also reads the table that it writes.
  const saysAll = levels.every((level) => "allocated" in level);
  const allocated = saysAll ? sql`value->>'allocated'` : sql`coalesce(value->>'allocated', ${allocatedNow}, 0)`;
  return sql`
    INSERT INTO ${stockLevels} (product_id, variant_id, warehouse_id, on_hand, reserved, allocated, version, as_of_ms)
    SELECT value->>'productId', value->>'variantId', value->>'warehouseId', value->>'onHand', value->>'reserved',
      ${allocated}, value->>'version', CAST(${nowMs} AS INTEGER)
    FROM json_each(${JSON.stringify(levels)}) WHERE true
    ON CONFLICT DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved, allocated = excluded.allocated,
      version = excluded.version, as_of_ms = excluded.as_of_ms WHERE excluded.version > stock_levels.version
      OR (excluded.version = stock_levels.version AND excluded.allocated <> stock_levels.allocated)`;
}

/** What one flush writes to D1. It is read synchronously, so that exactly this is marked as flushed, whatever changes meanwhile (F2). */
export interface FlushSnapshot {
  levels: Level[];
  movements: Movement[];
  /** Expired cart reservations. */
  expired: ExpiredUnits[];
  /** The ledger up to this number is in D1 once the snapshot is. */
  flushedSeq: number;
}

/** The statements of one flush of a product, for one batch; empty parts are left out. */
export function flushStatements(productId: string, snapshot: FlushSnapshot, policy: Policy, nowMs: number): SQL[] {
  const levels = snapshot.levels.map((level) => ({ productId, ...level }));
  const set = oneProduct(productId);
  const entries = snapshot.movements.filter(({ requestId }) => requestId !== null);
  return [
    ...(levels.length > 0 ? [upsertLevels(levels, nowMs)] : []),
    ...(snapshot.movements.length > 0 ? [insertMovements(productId, snapshot.movements)] : []),
    ...(entries.length > 0 ? [auditMovements(productId, entries)] : []),
    ...summaryStatements(productId, policy, nowMs),
    ...variantStatements(set, policy, nowMs),
    ...alertStatements(set, nowMs),
  ];
}

/** What flushes of several products, none of them a bundle, would compute from the levels that D1 has (F5). */
export function refreshStatements(productIds: readonly string[], policy: Policy, nowMs: number): SQL[] {
  const set = manyProducts(productIds);
  return [...setSummaryStatements(set, policy, nowMs), ...variantStatements(set, policy, nowMs), ...alertStatements(set, nowMs)];
}

function insertMovements(productId: string, movements: readonly Movement[]): SQL {
  return sql`
    INSERT OR IGNORE INTO ${stockMovements} (product_id, seq, kind, variant_id, warehouse_id, delta_on_hand, on_hand_after, reason,
      reference_type, reference_id, external_reference, actor, at_ms)
    SELECT ${productId}, value->>'seq', value->>'kind', value->>'variantId', value->>'warehouseId', value->>'deltaOnHand',
      value->>'onHandAfter', value->>'reason', value->>'referenceType', value->>'referenceId', value->>'externalReference',
      value->>'actor', value->>'atMs'
    FROM json_each(${JSON.stringify(movements)})`;
}

/** Adds the movements requested by staff to the audit log, each once however often it is sent. */
function auditMovements(productId: string, entries: readonly Movement[]): SQL {
  return sql`
    INSERT OR IGNORE INTO ${auditLog} (at_ms, audit_id, actor, action, record_type, record_id, before, after, request_id)
    SELECT value->>'atMs', ${productId} || ':' || (value->>'seq'), value->>'actor', 'stock.' || (value->>'kind'), 'product', ${productId},
      json_object('on_hand', value->>'onHandAfter' - value->>'deltaOnHand'),
      json_object('on_hand', value->>'onHandAfter', 'variant_id', value->>'variantId', 'warehouse_id', value->>'warehouseId',
        'reason', value->>'reason'),
      value->>'requestId'
    FROM json_each(${JSON.stringify(entries)})`;
}
