import type { ObjectRuntime } from "../platform/object-instances.ts";
import type { Sql } from "../platform/sql.ts";

/** Compares D1's copy with the object: movements that change on-hand units, and levels. */
export function projectionOf(d1: Sql, sql: Sql, productId: string): string[] {
  const columns = "seq, kind, variant_id, warehouse_id, delta_on_hand";
  const actual = sql.run(`SELECT ${columns} FROM movements WHERE delta_on_hand <> 0 OR kind = 'count' ORDER BY 1`).rows;
  const copy = d1.run(`SELECT ${columns} FROM stock_movements WHERE product_id = ? ORDER BY 1`, [productId]).rows;
  const movements =
    JSON.stringify(actual) === JSON.stringify(copy) ? [] : [`the movements of ${productId} differ between D1 and its object`];
  const levels = sql.run("SELECT variant_id, warehouse_id, on_hand, reserved, allocated, version FROM levels").rows;
  const differing = levels.filter((level) => {
    const [known] = d1.run(
      `SELECT variant_id, warehouse_id, on_hand, reserved, allocated, version FROM stock_levels
       WHERE product_id = ? AND variant_id = ? AND warehouse_id = ?`,
      [productId, level.variant_id, level.warehouse_id],
    ).rows;
    return JSON.stringify(known) !== JSON.stringify(level);
  });
  return [...movements, ...differing.map((level) => `D1's copy differs from ${productId}'s ${JSON.stringify(level)}`)];
}

/** Once nothing is held any more, D1's copy of all levels and its sums per product must equal the object's. */
export function checkCopies({ hosts }: Pick<ObjectRuntime, "hosts">, d1: Sql): string[] {
  const level = "variant_id, warehouse_id, on_hand, reserved, allocated, version";
  return [...hosts].flatMap(([productId, { sql }]) => {
    const actual = [
      sql.run(`SELECT ${level} FROM levels ORDER BY 1, 2`).rows,
      sql.run("SELECT total(on_hand) AS on_hand, total(reserved) AS reserved, total(allocated) AS allocated FROM levels").rows,
    ];
    const copy = [
      d1.run(`SELECT ${level} FROM stock_levels WHERE product_id = ? ORDER BY 1, 2`, [productId]).rows,
      d1.run("SELECT on_hand, reserved, allocated FROM product_stock WHERE product_id = ?", [productId]).rows,
    ];
    return JSON.stringify(actual) === JSON.stringify(copy)
      ? []
      : [`D1 has ${JSON.stringify(copy)} of ${productId}, its object ${JSON.stringify(actual)}`];
  });
}
