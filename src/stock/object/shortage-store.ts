import type { Level, Place } from "../rules/levels.ts";
import type { Adjustment } from "../rules/messages.ts";

/** A change by hand that the object has accepted, and that waits until orders have lost enough units (O11). One is open per place. */
export interface Shortage extends Place {
  /** The units that it takes off on hand. */
  units: number;
  /** Counts the questions to D1; each is decided once. */
  round: number;
  referenceId: string;
  adjustment: Adjustment;
  openedAtMs: number;
}

type StoredShortage = Omit<Shortage, "adjustment"> & { adjustment: string };

const SHORTAGE = `variant_id AS "variantId", warehouse_id AS "warehouseId", units, round, reference_id AS "referenceId", adjustment,
  opened_at_ms AS "openedAtMs"`;

/** The SQL of a product's object on shortages. Callers wrap changes in one `transactionSync`. */
export class ShortageStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Oldest first. */
  all(): Shortage[] {
    return this.#find("true ORDER BY opened_at_ms, reference_id");
  }

  of(referenceId: string): Shortage | undefined {
    return this.#find("reference_id = ?", referenceId)[0];
  }

  at({ variantId, warehouseId }: Place): Shortage | undefined {
    return this.#find("variant_id = ? AND warehouse_id = ?", variantId, warehouseId)[0];
  }

  /** Levels with what is missing of them. */
  mark(levels: Level[]): Level[] {
    const open = this.all();
    if (open.length === 0) return levels;
    return levels.map((level) => {
      const shortage = open.find(
        ({ variantId, warehouseId }) => variantId === level.variantId && warehouseId === level.warehouseId,
      );
      return shortage ? { ...level, missing: shortage.units } : level;
    });
  }

  open(shortage: Shortage): void {
    const { variantId, warehouseId, units, round, referenceId, adjustment, openedAtMs } = shortage;
    this.#sql.exec(
      "INSERT INTO shortages (variant_id, warehouse_id, units, round, reference_id, adjustment, opened_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
      variantId,
      warehouseId,
      units,
      round,
      referenceId,
      JSON.stringify(adjustment),
      openedAtMs,
    );
  }

  nextRound(referenceId: string): void {
    this.#sql.exec("UPDATE shortages SET round = round + 1 WHERE reference_id = ?", referenceId);
  }

  close(referenceId: string): void {
    this.#sql.exec("DELETE FROM shortages WHERE reference_id = ?", referenceId);
  }

  #find(where: string, ...bindings: string[]): Shortage[] {
    const query = `SELECT ${SHORTAGE} FROM shortages WHERE ${where}`;
    const rows = this.#sql.exec(query, ...bindings).toArray() as unknown as StoredShortage[];
    return rows.map((row) => ({ ...row, adjustment: JSON.parse(row.adjustment) as Adjustment }));
  }
}
