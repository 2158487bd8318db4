import type { Difference } from "../../../src/stock/rules/messages.ts";
import type { Maker } from "../platform/object-instances.ts";
import { hostNamed, look } from "../platform/objects.ts";
import { PRODUCT_IDS } from "../shop.ts";
import type { Row, Sql } from "../platform/sql.ts";

/** An order that waits for its payment, and one whose units have left, as SQL says it. */
const UNPAID = "payment_status IN ('pending', 'failed')";
const LEFT = `(status IN ('PROCESSING', 'COMPLETED', 'RETURNED') OR status = 'PENDING' AND NOT ${UNPAID})`;

/** Finds what is wrong with the stock when all is quiet, from D1 and the objects' own storages. */
export async function checkStock(maker: Maker, d1: Sql, nowMs: number): Promise<string[]> {
  const found: string[] = [];
  for (const productId of PRODUCT_IDS) {
    const host = hostNamed(maker, productId);
    const differences = await look<Difference[]>(maker, host, "audit");
    found.push(...differences.map((each) => `the ledger of ${productId} differs: ${JSON.stringify(each)}`));
    found.push(...unitsOf(d1, host.sql, productId), ...holdsOf(d1, host.sql, productId));
    found.push(
      ...salesOf(d1, host.sql, productId),
      ...claimsOf(d1, host.sql, productId, nowMs),
      ...projectionOf(d1, host.sql, productId),
    );
    const freed = host.sql.run(
      "SELECT 1 FROM movements WHERE reference_type = 'hold' AND reference_id LIKE '%/surplus' LIMIT 1",
    ).rows;
    if (freed.length > 0) maker.world.met("surplus freed");
  }
  const owed = d1.run("SELECT action_id FROM stock_actions").rows.map((row) => `still owed: ${String(row.action_id)}`);
  const open = d1.run("SELECT transfer_id FROM transfers WHERE status = 'dispatching'").rows;
  return [...found, ...owed, ...open.map((row) => `still dispatching: ${String(row.transfer_id)}`)];
}

/**
 * Conservation, place by place: what came in by hand, of returns and of transfers is on hand, sold or sent away; and what is reserved is
 * kept for orders that wait for payment, or for carts. What came in by hand is the object's ledger; all else is D1's.
 */
function unitsOf(d1: Sql, sql: Sql, productId: string): string[] {
  const expected = new Map<string, { onHand: number; reserved: number }>();
  const add = (rows: readonly Row[], what: "onHand" | "reserved") => {
    for (const { place, units } of rows) {
      const at = expected.get(String(place)) ?? { onHand: 0, reserved: 0 };
      at[what] += Number(units);
      expected.set(String(place), at);
    }
  };
  const ofProduct = (query: string) => d1.run(query, [productId]).rows;
  const allocated = `SELECT variant_id || ' ' || warehouse_id AS place, sum(quantity) AS units FROM order_allocations JOIN orders USING (order_id)`;
  add(byHand(sql), "onHand");
  const leaving = leavingOf(d1, sql);
  add(leaving, "onHand");
  add(leaving, "reserved");
  add(negative(ofProduct(`${allocated} WHERE product_id = ? AND ${LEFT} GROUP BY 1`)), "onHand");
  add(ofProduct(`${allocated} WHERE product_id = ? AND status = 'PENDING' AND ${UNPAID} GROUP BY 1`), "reserved");
  add(
    ofProduct(
      `SELECT variant_id || ' ' || warehouse_id AS place, quantity AS units FROM return_items WHERE product_id = ? AND condition = 'sellable'`,
    ),
    "onHand",
  );
  const sent = `FROM transfer_items JOIN transfers USING (transfer_id) WHERE product_id = ? AND status IN ('in_transit', 'received')`;
  add(negative(ofProduct(`SELECT variant_id || ' ' || from_warehouse_id AS place, quantity AS units ${sent}`)), "onHand");
  add(ofProduct(`SELECT variant_id || ' ' || to_warehouse_id AS place, received AS units ${sent}`), "onHand");
  add(
    sql.run(
      "SELECT variant_id || ' ' || warehouse_id AS place, sum(quantity) AS units FROM holds WHERE purpose = 'cart' GROUP BY 1",
    ).rows,
    "reserved",
  );
  const levels = sql.run(`SELECT variant_id || ' ' || warehouse_id AS place, on_hand AS onHand, reserved FROM levels`).rows;
  const isAt = new Map(
    levels.map(({ place, onHand, reserved }) => [String(place), { onHand: Number(onHand), reserved: Number(reserved) }]),
  );
  return [...new Set([...expected.keys(), ...isAt.keys()])].flatMap((place) => {
    const [want, is] = [expected, isAt].map((each) => each.get(place) ?? { onHand: 0, reserved: 0 });
    return JSON.stringify(want) === JSON.stringify(is)
      ? []
      : [`${place} has ${JSON.stringify(is)}; by orders, transfers and receipts ${JSON.stringify(want)}`];
  });
}

function byHand(sql: Sql): Row[] {
  const kinds = "'receive', 'issue', 'count', 'damage'";
  return sql.run(`SELECT variant_id || ' ' || warehouse_id AS place, sum(delta_on_hand) AS units FROM movements
    WHERE kind IN (${kinds}) AND reference_type = 'adjustment' GROUP BY 1`).rows;
}

function negative(rows: readonly Row[]): Row[] {
  return rows.map(({ place, units }) => ({ place, units: -Number(units) }));
}

/**
 * Units of orders that were paid and whose Worker died before it told the object: they stand until the payment window ends, and leave then.
 * That there are none left in the end is found by `endOfTime`.
 */
function leavingOf(d1: Sql, sql: Sql): Row[] {
  const held = sql.run(
    "SELECT hold_id AS holdId, variant_id || ' ' || warehouse_id AS place, quantity AS units FROM holds WHERE purpose = 'awaiting_payment'",
  );
  return held.rows.filter(({ holdId }) => d1.run(`SELECT 1 FROM orders WHERE hold_id = ? AND ${LEFT}`, [holdId]).rows.length > 0);
}

/**
 * Holds that nobody owns: no live order records them, there is no cart of that name. An edit that arrives when its cart has become an order
 * reserves what soon lapses; that nothing is left of it either is found by `endOfTime`.
 */
function holdsOf(d1: Sql, sql: Sql, productId: string): string[] {
  const holds = sql.run("SELECT hold_id AS holdId, purpose, sum(quantity) AS units FROM holds GROUP BY 1, 2").rows;
  return holds.flatMap(({ holdId, purpose, units }) => {
    const owner =
      purpose === "cart"
        ? "SELECT 1 FROM carts WHERE cart_id = ?"
        : "SELECT 1 FROM orders WHERE hold_id = ? AND status NOT IN ('CANCELLED', 'EXPIRED')";
    const isOwned = d1.run(owner, [holdId]).rows.length > 0;
    return isOwned ? [] : [`${productId} holds ${String(units)} as ${String(purpose)} for ${String(holdId)}, which nobody owns`];
  });
}

/** What each hold sold, less what was given back of it, is what the order that records it has: exactly once, or nothing. */
function salesOf(d1: Sql, sql: Sql, productId: string): string[] {
  const sold =
    sql.run(`SELECT reference_id || ' ' || variant_id || ' ' || warehouse_id AS sale, -sum(delta_on_hand) AS units FROM movements
    WHERE kind IN ('sale', 'restock') GROUP BY 1 HAVING units <> 0`).rows;
  const owned = d1.run(
    `SELECT hold_id || ' ' || variant_id || ' ' || warehouse_id AS sale, sum(quantity) AS units
    FROM order_allocations JOIN orders USING (order_id) WHERE product_id = ? AND ${LEFT} GROUP BY 1`,
    [productId],
  ).rows;
  for (const { holdId, place, units } of leavingOf(d1, sql)) sold.push({ sale: `${String(holdId)} ${String(place)}`, units });
  const [is, want] = [sold, owned].map((rows) => new Map(rows.map(({ sale, units }) => [String(sale), Number(units)])));
  return [...new Set([...(is?.keys() ?? []), ...(want?.keys() ?? [])])].flatMap((sale) => {
    const [left, due] = [is?.get(sale) ?? 0, want?.get(sale) ?? 0];
    return left === due ? [] : [`${productId} sold ${left} under ${sale}; its order has ${due}`];
  });
}

/** Lines of open carts that claim more units, or for longer, than the object has for them. */
function claimsOf(d1: Sql, sql: Sql, productId: string, nowMs: number): string[] {
  const claims = d1.run(
    `SELECT cart_id AS cartId, need.value->>'variantId' AS variantId, sum(need.value->>'quantity') AS units, max(reserved_until_ms) AS untilMs
     FROM cart_items JOIN carts USING (cart_id) CROSS JOIN json_each(needs) need
     WHERE need.value->>'productId' = ? AND reserved_until_ms > CAST(? AS INTEGER) AND order_id IS NULL GROUP BY 1, 2`,
    [productId, nowMs],
  ).rows;
  return claims.flatMap(({ cartId, variantId, units, untilMs }) => {
    const [held] = sql.run(
      "SELECT sum(quantity) AS units, min(expires_at_ms) AS untilMs FROM holds WHERE hold_id = ? AND variant_id = ?",
      [cartId, variantId],
    ).rows;
    const isBacked = Number(held?.units ?? 0) >= Number(units) && Number(held?.untilMs ?? 0) >= Number(untilMs);
    return isBacked
      ? []
      : [`cart ${String(cartId)} claims ${String(units)} ${String(variantId)}; the object has ${JSON.stringify(held)}`];
  });
}

/** D1's copy against the object: its movements of what is on hand, and its levels. */
function projectionOf(d1: Sql, sql: Sql, productId: string): string[] {
  const moved = "seq, kind, variant_id, warehouse_id, delta_on_hand";
  const is = sql.run(`SELECT ${moved} FROM movements WHERE delta_on_hand <> 0 OR kind = 'count' ORDER BY 1`).rows;
  const copy = d1.run(`SELECT ${moved} FROM stock_movements WHERE product_id = ? ORDER BY 1`, [productId]).rows;
  const movements = JSON.stringify(is) === JSON.stringify(copy) ? [] : [`D1 has other movements of ${productId} than its object`];
  const levels = sql.run("SELECT variant_id, warehouse_id, on_hand, reserved, version FROM levels").rows;
  const differing = levels.filter(({ variant_id: variantId, warehouse_id: warehouseId, on_hand: onHand, reserved, version }) => {
    const place = [productId, variantId, warehouseId];
    const [known] = d1.run(
      "SELECT on_hand, reserved, version FROM stock_levels WHERE product_id = ? AND variant_id = ? AND warehouse_id = ?",
      place,
    ).rows;
    return known?.version !== version || known?.on_hand !== onHand || known?.reserved !== reserved;
  });
  return [...movements, ...differing.map((level) => `D1's copy differs from ${productId}'s ${JSON.stringify(level)}`)];
}

/** When nothing is held any more, D1's copy and its sums are the object's, all of them. */
export function checkCopies({ hosts }: Pick<Maker, "hosts">, d1: Sql): string[] {
  const level = "variant_id, warehouse_id, on_hand, reserved, version";
  return [...hosts].flatMap(([productId, { sql }]) => {
    const is = [
      sql.run(`SELECT ${level} FROM levels ORDER BY 1, 2`).rows,
      sql.run("SELECT total(on_hand) AS on_hand, total(reserved) AS reserved FROM levels").rows,
    ];
    const copy = [
      d1.run(`SELECT ${level} FROM stock_levels WHERE product_id = ? ORDER BY 1, 2`, [productId]).rows,
      d1.run("SELECT on_hand, reserved FROM product_stock WHERE product_id = ?", [productId]).rows,
    ];
    return JSON.stringify(is) === JSON.stringify(copy)
      ? []
      : [`D1 has ${JSON.stringify(copy)} of ${productId}, its object ${JSON.stringify(is)}`];
  });
}
