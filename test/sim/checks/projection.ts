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

/** Once nothing is held any more, D1's copy of all levels, its sums per product and per variant, and its alerts must be those of the object. */
export function checkCopies({ hosts }: Pick<ObjectRuntime, "hosts">, d1: Sql): string[] {
  const level = "variant_id, warehouse_id, on_hand, reserved, allocated, version";
  const sums = "total(on_hand) AS on_hand, total(reserved) AS reserved, total(allocated) AS allocated";
  return [...hosts].flatMap(([productId, { sql }]) => {
    // Only a product with several variants lists each of them.
    const variants = d1.run("SELECT variant_id FROM variants WHERE product_id = ? ORDER BY 1", [productId]).rows;
    const listed = variants.length > 1 ? variants : [];
    const actual = [
      sql.run(`SELECT ${level} FROM levels ORDER BY 1, 2`).rows,
      sql.run(`SELECT ${sums} FROM levels`).rows,
      listed.flatMap(
        (row) => sql.run(`SELECT ? AS variant_id, ${sums} FROM levels WHERE variant_id = ?1`, [row.variant_id]).rows,
      ),
    ];
    const copy = [
      d1.run(`SELECT ${level} FROM stock_levels WHERE product_id = ? ORDER BY 1, 2`, [productId]).rows,
      d1.run("SELECT on_hand, reserved, allocated FROM product_stock WHERE product_id = ?", [productId]).rows,
      d1.run("SELECT variant_id, on_hand, reserved, allocated FROM variant_stock WHERE product_id = ? ORDER BY 1", [productId])
        .rows,
    ];
    const alerts = d1.run(
      `SELECT variant_id FROM variant_stock s WHERE product_id = ? AND is_out <> EXISTS (SELECT 1 FROM alerts
         WHERE subject = s.product_id || '/' || s.variant_id AND kind = 'out_of_stock' AND closed_at_ms IS NULL)`,
      [productId],
    ).rows;
    if (alerts.length > 0) return [`the alerts of ${productId} are not those of its variants ${JSON.stringify(alerts)}`];
    return JSON.stringify(actual) === JSON.stringify(copy)
      ? []
      : [`D1 has ${JSON.stringify(copy)} of ${productId}, its object ${JSON.stringify(actual)}`];
  });
}
