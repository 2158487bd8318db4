import type { Allocation } from "../rules/allocate.ts";

/** Units of one variant in one warehouse that an order bought and that have not left. */
export interface AllocationRow extends Allocation {
  holdId: string;
}

const ALLOCATION = `hold_id AS "holdId", variant_id AS "variantId", warehouse_id AS "warehouseId", quantity`;

/** The SQL of a product's object on what is sold and not handed over yet. Callers wrap changes in one `transactionSync`. */
export class AllocationStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Adds units to what a hold has in a place. */
  add({ holdId, variantId, warehouseId, quantity }: AllocationRow): void {
    this.#sql.exec(
      "INSERT INTO allocations VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
      holdId,
      variantId,
      warehouseId,
      quantity,
    );
  }

  has(holdId: string): boolean {
    return this.#sql.exec("SELECT 1 FROM allocations WHERE hold_id = ? LIMIT 1", holdId).toArray().length > 0;
  }

  /** Deletes all rows of a hold. @returns the deleted rows */
  removeAll(holdId: string): AllocationRow[] {
    const query = `DELETE FROM allocations WHERE hold_id = ? RETURNING ${ALLOCATION}`;
    return this.#sql.exec(query, holdId).toArray() as unknown as AllocationRow[];
  }

  /** Takes units out of a row. @throws Error where the row has fewer, which rolls the transaction back */
  take({ holdId, variantId, warehouseId, quantity }: AllocationRow): void {
    const where = "hold_id = ?2 AND variant_id = ?3 AND warehouse_id = ?4";
    const whole = `DELETE FROM allocations WHERE ${where} AND quantity = ?1 RETURNING quantity`;
    const part = `UPDATE allocations SET quantity = quantity - ?1 WHERE ${where} AND quantity > ?1 RETURNING quantity`;
    const isTaken = [whole, part].some(
      (query) => this.#sql.exec(query, quantity, holdId, variantId, warehouseId).toArray().length > 0,
    );
    if (!isTaken) throw new Error(`fewer than ${quantity} units of ${variantId} in ${warehouseId} are allocated to ${holdId}`);
  }
}
