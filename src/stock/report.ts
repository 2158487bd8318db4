import { TOLD } from "./flush.ts";
import type { StockReport, TrackedLevel } from "./rules/messages.ts";
import type { StockStore } from "./store.ts";

/** What an object says of itself, but for what only its alarm knows. Read in one go, so that its parts agree. */
export function reportOn(store: StockStore, sql: SqlStorage): Omit<StockReport, "owesFlush"> {
  const levels = sql
    .exec(
      `SELECT variant_id AS "variantId", warehouse_id AS "warehouseId", on_hand AS "onHand", reserved, version,
         flushed_version AS "flushedVersion" FROM levels`,
    )
    .toArray() as unknown as TrackedLevel[];
  const ledger = sql
    .exec<{ upToSeq: number; count: number; units: number; newestSeq: number }>(
      `SELECT flushed_seq AS "upToSeq", count(seq) FILTER (WHERE seq <= flushed_seq) AS count,
         coalesce(sum(delta_on_hand) FILTER (WHERE seq <= flushed_seq), 0) AS units, coalesce(max(seq), 0) AS "newestSeq"
       FROM flush_state LEFT JOIN movements ON ${TOLD}`,
    )
    .one();
  const { newestSeq, ...told } = ledger;
  return { differences: store.differences(), levels, told, newestSeq };
}
