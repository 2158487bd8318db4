/** The SQL of what an object remembers about carts beside their holds: the last edit and the last checkout that it saw. */
export class CartStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The number of the newest edit of a variant, or 0. Expiries refer to it, because a cart keeps its id (K0). */
  lastEdit(cartId: string, variantId: string): number {
    const query = `SELECT edit_no AS "editNo" FROM carts_seen WHERE cart_id = ? AND variant_id = ?`;
    return this.#sql.exec<{ editNo: number }>(query, cartId, variantId).toArray()[0]?.editNo ?? 0;
  }

  recordEdit(cartId: string, variantId: string, editNo: number): void {
    this.#sql.exec(
      "INSERT INTO carts_seen (cart_id, variant_id, edit_no) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET edit_no = excluded.edit_no",
      cartId,
      variantId,
      editNo,
    );
  }

  /** The newest checkout generation of a cart that took units here, or 0 (K2). */
  lastGeneration(cartId: string): number {
    const query = "SELECT generation FROM checkouts WHERE cart_id = ?";
    return this.#sql.exec<{ generation: number }>(query, cartId).toArray()[0]?.generation ?? 0;
  }

  recordGeneration(cartId: string, generation: number): void {
    this.#sql.exec(
      "INSERT INTO checkouts (cart_id, generation) VALUES (?, ?) ON CONFLICT DO UPDATE SET generation = excluded.generation",
      cartId,
      generation,
    );
  }

  /** Extends a cart's rows; never shortens them. */
  extendUntil(cartId: string, untilMs: number): void {
    this.#sql.exec(
      "UPDATE holds SET expires_at_ms = ? WHERE hold_id = ? AND purpose = 'cart' AND expires_at_ms < ?",
      untilMs,
      cartId,
      untilMs,
    );
  }
}
