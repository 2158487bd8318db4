import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type ExpectStatic, vi } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { sweep } from "../../src/cron.ts";
import { type Claim, type Hold, type Place, strangeHolds, total, unbacked } from "./backed-holds.ts";
import { sqlIn, stateOf } from "./stock/stock.ts";

const STEP_MS = 150_000;
const ROUNDS = 4;

/** An order that waits for its payment, as SQL says it. */
const UNPAID = "payment_status IN ('pending', 'failed')";

/** The units of an allocation that have left, as SQL says it. */
const LEFT = "iif(status IN ('COMPLETED', 'RETURNED'), quantity - cancelled, shipped)";

/** Lets time pass, every alarm of these objects ring and the sweep run, until what a crash left is repaired. */
export async function recover(productIds: readonly string[], rounds = ROUNDS): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    vi.setSystemTime(Date.now() + STEP_MS);
    await Promise.all(productIds.map((productId) => runDurableObjectAlarm(env.STOCK.getByName(productId))));
    const deferred: Promise<unknown>[] = [];
    await sweep(bindDeps(env, { waitUntil: (work) => void deferred.push(work) }).deps);
    await Promise.all(deferred);
  }
}

/**
 * Finds every invariant of AGENTS.md true for products whose only stock was received by hand: levels within bounds and proved by
 * their ledger; units sold and reserved are exactly those of live orders in D1, under the holds they record, and those of carts whose
 * lines need them, and no line claims units that its object has not; units that a transfer took away and that have not come are in no
 * level; D1's projection equals the objects; nothing is owed; no money is lost. Call it when all is quiet.
 * @param received units by product
 */
export async function expectInvariants(expect: ExpectStatic, received: ReadonlyMap<string, number>): Promise<void> {
  const productIds = [...received.keys()];
  const objects = await Promise.all(productIds.map(readObject));
  const database = await readDatabase(productIds);
  for (const object of objects) {
    const { productId, levels, differences, holds } = object;
    const isHere = (row: { productId: string }) => row.productId === productId;
    expect(differences).toEqual([]);
    for (const { onHand, reserved, allocated } of levels)
      expect(0 <= reserved && 0 <= allocated && reserved + allocated <= onHand).toBe(true);
    const owned = database.owned.filter(isHere);
    const inCarts = holds.filter(({ purpose }) => purpose === "cart");
    const away = database.away.find(isHere)?.units ?? 0;
    const sums = { onHand: total(levels, "onHand"), reserved: total(levels, "reserved"), allocated: total(levels, "allocated") };
    expect(sums, productId).toEqual({
      onHand: (received.get(productId) ?? 0) - total(owned, "gone") - away,
      reserved: total(owned, "kept") + total(inCarts, "units"),
      allocated: total(owned, "sold"),
    });
    for (const place of owned) {
      const isThere = (row: Place) => row.variantId === place.variantId && row.warehouseId === place.warehouseId;
      const level = levels.find(isThere);
      expect(level?.reserved).toBe(place.kept + total(inCarts.filter(isThere), "units"));
      expect(level?.allocated).toBe(place.sold);
    }
    expect(strangeHolds(holds, database.recorded, database.needed.filter(isHere))).toEqual([]);
    expect(unbacked(holds, database.claims.filter(isHere))).toEqual([]);
    expect(database.projected.filter(isHere).map(({ productId: _, ...level }) => level)).toEqual(levels.toSorted(byPlace));
  }
  expect(database.owed).toEqual([]);
  expect(database.wrongShipments).toEqual([]);
  expect(database.wrongMoney).toEqual([]);
  expect(database.dispatching).toEqual([]);
}

/** Cart lines that D1 shows as reserved with more units of products, or for longer, than their objects hold for them. */
export async function unbackedItems(...productIds: string[]): Promise<string[]> {
  const [objects, [claims = []]] = await Promise.all([Promise.all(productIds.map(holdsIn)), rowsOf([claimsOf(productIds)])]);
  return productIds.flatMap((id, index) => {
    const about = (claims as Claim[]).filter(({ productId }) => productId === id);
    return unbacked(objects[index] ?? [], about);
  });
}

async function readObject(productId: string) {
  const [state, holds] = await Promise.all([stateOf(productId), holdsIn(productId)]);
  return { productId, ...state, holds };
}

function holdsIn(productId: string): Promise<Hold[]> {
  const query = `SELECT hold_id AS holdId, variant_id AS variantId, warehouse_id AS warehouseId, purpose, quantity AS units,
    expires_at_ms AS untilMs FROM holds`;
  return sqlIn<Hold>(productId, query);
}

const OURS = "(SELECT value FROM json_each(?1))";

const claimsOf = (productIds: readonly string[]) =>
  env.DB.prepare(
    `SELECT need.value->>'productId' AS productId, cart_id AS cartId, need.value->>'variantId' AS variantId,
       sum(need.value->>'quantity') AS units, max(reserved_until_ms) AS untilMs
     FROM cart_items JOIN carts USING (cart_id) CROSS JOIN json_each(needs) need
     WHERE need.value->>'productId' IN ${OURS} AND reserved_until_ms > CAST(?2 AS INTEGER) AND order_id IS NULL GROUP BY 1, 2, 3`,
  ).bind(JSON.stringify(productIds), Date.now());

/**
 * What D1 says of products. Live orders own what is sold and has not left, and what is kept while they wait for payment. Gone is what
 * left in shipments, less what came back and can be sold again. Away is what is on hand nowhere although nobody bought it: on its way between warehouses,
 * or missing of a transfer that was received. Money is wrong where an order's sums are not those of its payments and refunds, or
 * where what came for an order that is over is neither owed nor went back.
 */
async function readDatabase(productIds: readonly string[]) {
  const about = (query: string) => env.DB.prepare(query).bind(JSON.stringify(productIds));
  const [owned, away, recorded, needed, claims, projected, owed, wrongMoney, dispatching, wrongShipments] = await rowsOf([
    about(
      `SELECT productId, variantId, warehouseId, sum(gone) AS gone, sum(sold) AS sold, sum(kept) AS kept FROM (
         SELECT product_id AS productId, variant_id AS variantId, warehouse_id AS warehouseId,
           iif(${UNPAID}, 0, ${LEFT}) AS gone, iif(${UNPAID}, 0, quantity - cancelled - short - ${LEFT}) AS sold,
           iif(${UNPAID}, quantity - cancelled - short, 0) AS kept
         FROM order_allocations JOIN orders USING (order_id)
         WHERE product_id IN ${OURS} AND status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'RETURNED')
         UNION ALL SELECT product_id, variant_id, warehouse_id, -quantity, 0, 0 FROM return_items
         WHERE product_id IN ${OURS} AND condition = 'sellable'
       ) GROUP BY 1, 2, 3`,
    ),
    about(
      `SELECT product_id AS productId, sum(quantity - received) AS units FROM transfer_items JOIN transfers USING (transfer_id)
       WHERE product_id IN ${OURS} AND status IN ('in_transit', 'received') GROUP BY 1`,
    ),
    env.DB.prepare(`SELECT hold_id AS holdId FROM orders WHERE status = 'PENDING' AND ${UNPAID}`),
    about(
      `SELECT need.value->>'productId' AS productId, cart_id AS cartId, need.value->>'variantId' AS variantId
       FROM cart_items CROSS JOIN json_each(needs) need WHERE need.value->>'productId' IN ${OURS}`,
    ),
    claimsOf(productIds),
    about(
      `SELECT product_id AS productId, variant_id AS variantId, warehouse_id AS warehouseId, on_hand AS onHand, reserved, allocated, version
       FROM stock_levels WHERE product_id IN ${OURS} ORDER BY warehouse_id, variant_id`,
    ),
    env.DB.prepare("SELECT action_id FROM stock_actions UNION ALL SELECT fill_id FROM order_fills"),
    env.DB.prepare(
      `SELECT order_id, status, payment_status FROM orders WHERE paid_minor > 0 AND (
         paid_minor <> (SELECT total(amount_minor) FROM payments p WHERE p.order_id = orders.order_id AND p.currency = orders.currency)
         OR refunded_minor <> (SELECT total(amount_minor) FROM refunds r WHERE r.order_id = orders.order_id AND r.status <> 'failed')
         OR status IN ('CANCELLED', 'EXPIRED', 'RETURNED') AND paid_minor > refunded_minor AND payment_status <> 'refund_due')`,
    ),
    env.DB.prepare("SELECT transfer_id FROM transfers WHERE status = 'dispatching'"),
    about(
      `SELECT order_id, variant_id, warehouse_id, sum(shipped) AS shipped, sum(parcels) AS parcels FROM (
         SELECT order_id, variant_id, warehouse_id, shipped, 0 AS parcels FROM order_allocations WHERE product_id IN ${OURS}
         UNION ALL SELECT order_id, variant_id, warehouse_id, 0, quantity FROM shipment_items JOIN shipments USING (order_id, shipment_id)
         WHERE product_id IN ${OURS}
       ) GROUP BY 1, 2, 3 HAVING sum(shipped) <> sum(parcels)`,
    ),
  ]);
  return {
    owned: owned as (Place & { productId: string; gone: number; sold: number; kept: number })[],
    away: away as { productId: string; units: number }[],
    recorded: recorded as { holdId: string }[],
    needed: needed as { productId: string; cartId: string; variantId: string }[],
    claims: claims as Claim[],
    projected: projected as (Place & { productId: string })[],
    owed,
    wrongMoney,
    dispatching,
    wrongShipments,
  };
}

async function rowsOf(statements: D1PreparedStatement[]): Promise<unknown[][]> {
  const results = await env.DB.batch(statements);
  return results.map((result) => result.results);
}

function byPlace(a: Place, b: Place): number {
  const [one, other] = [a, b].map(({ warehouseId, variantId }) => `${warehouseId} ${variantId}`);
  return String(one) < String(other) ? -1 : 1;
}
