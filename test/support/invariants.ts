import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type ExpectStatic, vi } from "vitest";
import { bindDeps } from "../../src/bind.ts";
import { sweep } from "../../src/cron.ts";

const STEP_MS = 150_000;
const ROUNDS = 4;

/** An order that waits for its payment, as SQL says it. */
const UNPAID = "payment_status IN ('pending', 'failed')";

/** Lets time pass, every alarm of these objects ring and the sweep run, until what a crash left is repaired. */
export async function recover(productIds: readonly string[]): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    vi.setSystemTime(Date.now() + STEP_MS);
    await Promise.all(productIds.map((productId) => runDurableObjectAlarm(env.STOCK.getByName(productId))));
    const deferred: Promise<unknown>[] = [];
    await sweep(bindDeps(env, { waitUntil: (work) => void deferred.push(work) }).deps);
    await Promise.all(deferred);
  }
}

interface PlaceUnits {
  variantId: string;
  warehouseId: string;
  sold: number;
  kept: number;
}

/**
 * Finds every invariant of DESIGN §4 true for products whose only stock was received by hand: levels within bounds and proved by
 * their ledger; units sold and reserved are exactly those of live orders in D1, under the holds they record, and those of carts whose
 * lines need them, and no line claims units that its object has not; units that a transfer took away and that have not come are in no
 * level; D1's projection equals the objects; nothing is owed; no money is lost. Call it when all is quiet.
 * @param received units by product
 */
export async function expectInvariants(expect: ExpectStatic, received: ReadonlyMap<string, number>): Promise<void> {
  for (const [productId, units] of received) {
    const stock = env.STOCK.getByName(productId);
    const levels = await stock.levels();
    expect(await stock.audit()).toEqual([]);
    for (const { onHand, reserved } of levels) expect(0 <= reserved && reserved <= onHand).toBe(true);
    const owned = await ownedUnits(productId);
    const sold = owned.reduce((sum, place) => sum + place.sold, 0);
    const carts = await inCarts(productId);
    const kept = owned.reduce((sum, place) => sum + place.kept, 0) + carts.reduce((sum, { units: held }) => sum + held, 0);
    const away = await unitsAway(productId);
    expect({ onHand: total(levels, "onHand"), reserved: total(levels, "reserved") }, productId).toEqual({
      onHand: units - sold - away,
      reserved: kept,
    });
    for (const place of owned) {
      const level = levels.find(
        ({ variantId, warehouseId }) => variantId === place.variantId && warehouseId === place.warehouseId,
      );
      const inCart = carts.find(
        ({ variantId, warehouseId }) => variantId === place.variantId && warehouseId === place.warehouseId,
      );
      expect(level?.reserved).toBe(place.kept + (inCart?.units ?? 0));
    }
    expect(await strangeHolds(productId)).toEqual([]);
    expect(await emptyClaims(productId)).toEqual([]);
    expect(await projected(productId)).toEqual(levels.toSorted((a, b) => (a.warehouseId < b.warehouseId ? -1 : 1)));
  }
  expect(await rowsOf("SELECT action_id FROM stock_actions")).toEqual([]);
  await expectMoney(expect);
  expect(await rowsOf("SELECT transfer_id FROM transfers WHERE status = 'dispatching'")).toEqual([]);
}

/**
 * Finds money as it must be: an order's sums are those of its payments and refunds, and what came for an order that is over is owed
 * or went back. An order that expired is never paid and left without goods.
 */
async function expectMoney(expect: ExpectStatic): Promise<void> {
  const wrong = await rowsOf(
    `SELECT order_id, status, payment_status FROM orders WHERE paid_minor > 0 AND (
       paid_minor <> (SELECT total(amount_minor) FROM payments p WHERE p.order_id = orders.order_id AND p.currency = orders.currency)
       OR refunded_minor <> (SELECT total(amount_minor) FROM refunds r WHERE r.order_id = orders.order_id AND r.status <> 'failed')
       OR status IN ('CANCELLED', 'EXPIRED', 'RETURNED') AND paid_minor > refunded_minor AND payment_status <> 'refund_due')`,
  );
  expect(wrong).toEqual([]);
}

/** What is on hand nowhere although nobody bought it: on its way between warehouses, or missing of a transfer that was received. */
async function unitsAway(productId: string): Promise<number> {
  const [away] = await rowsOf<{ units: number }>(
    `SELECT coalesce(sum(quantity - received), 0) AS units FROM transfer_items JOIN transfers USING (transfer_id)
     WHERE product_id = ? AND status IN ('in_transit', 'received')`,
    productId,
  );
  return away?.units ?? 0;
}

/**
 * What live orders own of a product: sold when they are due to leave, less what came back and can be sold again; kept while they
 * wait for payment.
 */
function ownedUnits(productId: string): Promise<PlaceUnits[]> {
  return rowsOf(
    `SELECT variantId, warehouseId, sum(sold) AS sold, sum(kept) AS kept FROM (
       SELECT variant_id AS variantId, warehouse_id AS warehouseId, iif(${UNPAID}, 0, quantity) AS sold,
         iif(${UNPAID}, quantity, 0) AS kept
       FROM order_allocations JOIN orders USING (order_id)
       WHERE product_id = ?1 AND status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'RETURNED')
       UNION ALL SELECT variant_id, warehouse_id, -quantity, 0 FROM return_items WHERE product_id = ?1 AND condition = 'sellable'
     ) GROUP BY 1, 2`,
    productId,
  );
}

/** Holds that stand in the object without an order that records them, or a line of their cart that needs the variant. */
async function strangeHolds(productId: string): Promise<string[]> {
  const holds = await runInDurableObject(env.STOCK.getByName(productId), (_, state) =>
    state.storage.sql.exec<{ hold_id: string; variant_id: string }>("SELECT DISTINCT hold_id, variant_id FROM holds").toArray(),
  );
  const recorded = await rowsOf<{ hold_id: string }>(`SELECT hold_id FROM orders WHERE status = 'PENDING' AND ${UNPAID}`);
  const needed = await rowsOf<{ cart_id: string; variant_id: string }>(
    `SELECT cart_id, need.value->>'variantId' AS variant_id FROM cart_items CROSS JOIN json_each(needs) need
     WHERE need.value->>'productId' = ?`,
    productId,
  );
  const isOwned = (hold: { hold_id: string; variant_id: string }) =>
    recorded.some((order) => order.hold_id === hold.hold_id) ||
    needed.some((line) => line.cart_id === hold.hold_id && line.variant_id === hold.variant_id);
  return holds.filter((hold) => !isOwned(hold)).map((hold) => hold.hold_id);
}

/** Lines of carts that claim more units of a product, or for longer, than its object has for them. */
export async function emptyClaims(productId: string): Promise<string[]> {
  const claimed = await rowsOf<{ cart_id: string; variant_id: string; units: number; until_ms: number }>(
    `SELECT cart_id, need.value->>'variantId' AS variant_id, sum(need.value->>'quantity') AS units, max(reserved_until_ms) AS until_ms
     FROM cart_items JOIN carts USING (cart_id) CROSS JOIN json_each(needs) need
     WHERE need.value->>'productId' = ? AND reserved_until_ms > CAST(? AS INTEGER) AND order_id IS NULL GROUP BY 1, 2`,
    productId,
    Date.now(),
  );
  const held = await runInDurableObject(env.STOCK.getByName(productId), (_, state) =>
    state.storage.sql
      .exec<{ hold_id: string; variant_id: string; units: number; until_ms: number }>(
        "SELECT hold_id, variant_id, sum(quantity) AS units, min(expires_at_ms) AS until_ms FROM holds GROUP BY 1, 2",
      )
      .toArray(),
  );
  const isBacked = (line: { cart_id: string; variant_id: string; units: number; until_ms: number }) =>
    held.some(
      (hold) =>
        hold.hold_id === line.cart_id &&
        hold.variant_id === line.variant_id &&
        hold.units >= line.units &&
        hold.until_ms >= line.until_ms,
    );
  return claimed.filter((line) => !isBacked(line)).map((line) => `${line.cart_id} ${line.variant_id}`);
}

/** Units that carts hold of a product. */
async function inCarts(productId: string): Promise<(Pick<PlaceUnits, "variantId" | "warehouseId"> & { units: number })[]> {
  return runInDurableObject(env.STOCK.getByName(productId), (_, state) =>
    state.storage.sql
      .exec<{ variantId: string; warehouseId: string; units: number }>(
        `SELECT variant_id AS variantId, warehouse_id AS warehouseId, sum(quantity) AS units FROM holds WHERE purpose = 'cart' GROUP BY 1, 2`,
      )
      .toArray(),
  );
}

function projected(productId: string) {
  return rowsOf(
    `SELECT variant_id AS variantId, warehouse_id AS warehouseId, on_hand AS onHand, reserved, version
     FROM stock_levels WHERE product_id = ? ORDER BY warehouse_id`,
    productId,
  );
}

async function rowsOf<R>(query: string, ...bindings: (string | number)[]): Promise<R[]> {
  const { results } = await env.DB.prepare(query)
    .bind(...bindings)
    .all<R>();
  return results;
}

function total(levels: readonly { onHand: number; reserved: number }[], what: "onHand" | "reserved"): number {
  return levels.reduce((sum, level) => sum + level[what], 0);
}
