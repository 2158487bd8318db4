import type { Difference } from "../../../src/stock/rules/messages.ts";
import type { ObjectRuntime } from "../platform/object-instances.ts";
import { hostOf, inspect } from "../platform/objects.ts";
import { PRODUCT_IDS } from "../shop.ts";
import { projectionOf } from "./projection.ts";
import type { Row, Sql } from "../platform/sql.ts";

/** SQL: an order that awaits its payment, one that is sold, what has left of an allocation, and what is still to be handed over. */
const UNPAID = "payment_status IN ('pending', 'failed')";
const SOLD = `(status IN ('PROCESSING', 'COMPLETED', 'RETURNED') OR status = 'PENDING' AND NOT ${UNPAID})`;
const LEFT = "iif(status IN ('COMPLETED', 'RETURNED'), quantity - cancelled, shipped)";
const TO_HAND_OVER = `quantity - cancelled - short - ${LEFT}`;

/** Checks the stock at quiescence, from D1 and the storage of the objects. */
export async function checkStock(runtime: ObjectRuntime, d1: Sql, nowMs: number): Promise<string[]> {
  const found: string[] = [];
  for (const productId of PRODUCT_IDS) {
    const host = hostOf(runtime, productId);
    const differences = await inspect<Difference[]>(runtime, host, "audit");
    found.push(...differences.map((each) => `the ledger of ${productId} differs: ${JSON.stringify(each)}`));
    found.push(...unitsOf(d1, host.sql, productId), ...holdsOf(d1, host.sql, productId));
    found.push(
      ...salesOf(d1, host.sql, productId),
      ...cartLinesOf(d1, host.sql, productId, nowMs),
      ...projectionOf(d1, host.sql, productId),
    );
    found.push(...levelsOutOfBounds(host.sql, productId), ...openShortages(host.sql, productId));
    const freed = host.sql.run(
      "SELECT 1 FROM movements WHERE reference_type = 'hold' AND reference_id LIKE '%/surplus' LIMIT 1",
    ).rows;
    if (freed.length > 0) runtime.scheduler.cover("surplus freed");
  }
  const owed = d1
    .run("SELECT action_id FROM stock_actions UNION ALL SELECT fill_id FROM order_fills")
    .rows.map((row) => `still pending: ${String(row.action_id)}`);
  found.push(...wrongShipments(d1));
  const open = d1.run("SELECT transfer_id FROM transfers WHERE status = 'dispatching'").rows;
  return [...found, ...owed, ...open.map((row) => `still dispatching: ${String(row.transfer_id)}`)];
}

/**
 * Conservation of units per variant and warehouse: units that came in by adjustments, returns and transfers are on hand, shipped or sent
 * away; reserved units belong to orders that await payment, or to carts; allocated ones to orders whose units have not left. Adjustments are read from the object's ledger, everything else from D1.
 */
function unitsOf(d1: Sql, sql: Sql, productId: string): string[] {
  const expected = new Map<string, Units>();
  const add = (rows: readonly Row[], what: keyof Units) => {
    for (const { place, units } of rows) {
      const at = expected.get(String(place)) ?? { ...NOTHING };
      at[what] += Number(units);
      expected.set(String(place), at);
    }
  };
  const ofProduct = (query: string) => d1.run(query, [productId]).rows;
  const ofOrders = (units: string, where: string) =>
    ofProduct(
      `SELECT variant_id || ' ' || warehouse_id AS place, sum(${units}) AS units FROM order_allocations JOIN orders USING (order_id) WHERE product_id = ? AND ${where} GROUP BY 1`,
    );
  add(adjustedUnits(sql), "onHand");
  const unsold = soldAfterWindow(d1, sql);
  add(negative(unsold), "allocated");
  add(unsold, "reserved");
  add(negative(ofOrders(LEFT, SOLD)), "onHand");
  add(ofOrders(TO_HAND_OVER, SOLD), "allocated");
  add(ofOrders("quantity - cancelled - short", `status = 'PENDING' AND ${UNPAID}`), "reserved");
  add(
    ofProduct(
      `SELECT variant_id || ' ' || warehouse_id AS place, quantity AS units FROM return_items WHERE product_id = ? AND condition = 'sellable'`,
    ),
    "onHand",
  );
  const sent = `FROM transfer_items JOIN transfers USING (transfer_id) WHERE product_id = ? AND status IN ('in_transit', 'received', 'recalled')`;
  add(negative(ofProduct(`SELECT variant_id || ' ' || from_warehouse_id AS place, quantity AS units ${sent}`)), "onHand");
  add(ofProduct(`SELECT variant_id || ' ' || to_warehouse_id AS place, received AS units ${sent}`), "onHand");
  const back = `SELECT variant_id || ' ' || from_warehouse_id AS place, quantity - received AS units ${sent} AND status = 'recalled'`;
  add(ofProduct(back), "onHand");
  add(
    sql.run(
      "SELECT variant_id || ' ' || warehouse_id AS place, sum(quantity) AS units FROM holds WHERE purpose = 'cart' GROUP BY 1",
    ).rows,
    "reserved",
  );
  const levels = sql.run(
    `SELECT variant_id || ' ' || warehouse_id AS place, on_hand AS onHand, reserved, allocated FROM levels`,
  ).rows;
  const actual = new Map(levels.map(({ place, ...units }) => [String(place), units as unknown as Units]));
  return [...new Set([...expected.keys(), ...actual.keys()])].flatMap((place) => {
    const [wanted, found] = [expected, actual].map((each) => ({ ...NOTHING, ...each.get(place) }));
    return JSON.stringify(wanted) === JSON.stringify(found)
      ? []
      : [`${place} has ${JSON.stringify(found)}; by orders, transfers and adjustments ${JSON.stringify(wanted)}`];
  });
}

/** What allocations say has left are the units of the shipments. */
function wrongShipments(d1: Sql): string[] {
  const wrong = d1.run(`SELECT order_id, variant_id, warehouse_id, sum(shipped) AS shipped, sum(parcels) AS parcels FROM (
      SELECT order_id, variant_id, warehouse_id, shipped, 0 AS parcels FROM order_allocations
      UNION ALL SELECT order_id, variant_id, warehouse_id, 0, quantity FROM shipment_items JOIN shipments USING (order_id, shipment_id)
    ) GROUP BY 1, 2, 3 HAVING sum(shipped) <> sum(parcels)`);
  return wrong.rows.map((row) => `shipped and shipments differ: ${JSON.stringify(row)}`);
}

function levelsOutOfBounds(sql: Sql, productId: string): string[] {
  const wrong = sql.run("SELECT * FROM levels WHERE reserved < 0 OR allocated < 0 OR reserved + allocated > on_hand").rows;
  return wrong.map((level) => `${productId} has promised more than stands there: ${JSON.stringify(level)}`);
}

function openShortages(sql: Sql, productId: string): string[] {
  return sql.run("SELECT * FROM shortages").rows.map((row) => `${productId} is still short: ${JSON.stringify(row)}`);
}

interface Units {
  onHand: number;
  reserved: number;
  allocated: number;
}

const NOTHING: Units = { onHand: 0, reserved: 0, allocated: 0 };

function adjustedUnits(sql: Sql): Row[] {
  const kinds = "'receive', 'issue', 'count', 'damage'";
  return sql.run(`SELECT variant_id || ' ' || warehouse_id AS place, sum(delta_on_hand) AS units FROM movements
    WHERE kind IN (${kinds}) AND reference_type = 'adjustment' GROUP BY 1`).rows;
}

function negative(rows: readonly Row[]): Row[] {
  return rows.map(({ place, units }) => ({ place, units: -Number(units) }));
}

/**
 * Units of paid orders whose Worker died before it committed their hold: they stay held until the payment window ends, and are sold then.
 * `checkAfterExpiry` finds those that remain.
 */
function soldAfterWindow(d1: Sql, sql: Sql): Row[] {
  const held = sql.run(
    "SELECT hold_id AS holdId, variant_id || ' ' || warehouse_id AS place, quantity AS units FROM holds WHERE purpose = 'awaiting_payment'",
  );
  return held.rows.filter(({ holdId }) => d1.run(`SELECT 1 FROM orders WHERE hold_id = ? AND ${SOLD}`, [holdId]).rows.length > 0);
}

/**
 * Holds without an owner: no live order records them, and no cart has that id. An edit that arrives after its cart became an order reserves
 * units until the reservation lapses; `checkAfterExpiry` finds those that remain.
 */
function holdsOf(d1: Sql, sql: Sql, productId: string): string[] {
  const holds = sql.run("SELECT hold_id AS holdId, purpose, sum(quantity) AS units FROM holds GROUP BY 1, 2").rows;
  return holds.flatMap(({ holdId, purpose, units }) => {
    const owner =
      purpose === "cart"
        ? "SELECT 1 FROM carts WHERE cart_id = ?"
        : "SELECT 1 FROM orders WHERE hold_id = ? AND status NOT IN ('CANCELLED', 'EXPIRED')";
    const isOwned = d1.run(owner, [holdId]).rows.length > 0;
    return isOwned ? [] : [`${productId} holds ${String(units)} as ${String(purpose)} for ${String(holdId)}, which has no owner`];
  });
}

/** What is allocated to each hold are the units of the order that records it, as long as they have not left, or nothing without one. */
function salesOf(d1: Sql, sql: Sql, productId: string): string[] {
  const sold = sql.run(
    "SELECT hold_id || ' ' || variant_id || ' ' || warehouse_id AS sale, quantity AS units FROM allocations",
  ).rows;
  const owned = d1.run(
    `SELECT hold_id || ' ' || variant_id || ' ' || warehouse_id AS sale, sum(${TO_HAND_OVER}) AS units
    FROM order_allocations JOIN orders USING (order_id) WHERE product_id = ? AND ${SOLD} GROUP BY 1`,
    [productId],
  ).rows;
  for (const { holdId, place, units } of soldAfterWindow(d1, sql))
    sold.push({ sale: `${String(holdId)} ${String(place)}`, units });
  const [actual, expected] = [sold, owned].map((rows) => new Map(rows.map(({ sale, units }) => [String(sale), Number(units)])));
  return [...new Set([...(actual?.keys() ?? []), ...(expected?.keys() ?? [])])].flatMap((sale) => {
    const [left, due] = [actual?.get(sale) ?? 0, expected?.get(sale) ?? 0];
    return left === due ? [] : [`${productId} has ${left} allocated to ${sale}; its order has ${due} to hand over`];
  });
}

/** Lines of open carts that are shown as reserved with more units, or for longer, than the object holds for them. */
function cartLinesOf(d1: Sql, sql: Sql, productId: string, nowMs: number): string[] {
  const lines = d1.run(
    `SELECT cart_id AS cartId, need.value->>'variantId' AS variantId, sum(need.value->>'quantity') AS units, max(reserved_until_ms) AS untilMs
     FROM cart_items JOIN carts USING (cart_id) CROSS JOIN json_each(needs) need
     WHERE need.value->>'productId' = ? AND reserved_until_ms > CAST(? AS INTEGER) AND order_id IS NULL GROUP BY 1, 2`,
    [productId, nowMs],
  ).rows;
  return lines.flatMap(({ cartId, variantId, units, untilMs }) => {
    const [held] = sql.run(
      "SELECT sum(quantity) AS units, min(expires_at_ms) AS untilMs FROM holds WHERE hold_id = ? AND variant_id = ?",
      [cartId, variantId],
    ).rows;
    const isBacked = Number(held?.units ?? 0) >= Number(units) && Number(held?.untilMs ?? 0) >= Number(untilMs);
    return isBacked
      ? []
      : [
          `cart ${String(cartId)} shows ${String(units)} ${String(variantId)} as reserved; the object holds ${JSON.stringify(held)}`,
        ];
  });
}
