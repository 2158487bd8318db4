import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { duringD1 } from "../../support/d1-faults.ts";
import {
  adjustment,
  evict,
  FLUSH_MS,
  held,
  msToAlarm,
  stockWith,
  advanceTime,
  projectionOf,
  runAlarm,
  sqlIn,
  sqlInD1,
  stockOf,
  stopTime,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

/** All columns that D1 has of a product. */
function allOf(productId: string): Promise<unknown[]> {
  const tables = ["stock_levels", "stock_movements", "product_stock"];
  return Promise.all(tables.map((table) => sqlInD1(`SELECT * FROM ${table} WHERE product_id = ? ORDER BY 1, 2, 3`, productId)));
}

async function movementsInD1(productId: string): Promise<string[]> {
  const rows = await sqlInD1<{ kind: string; delta: number }>(
    "SELECT kind, delta_on_hand AS delta FROM stock_movements WHERE product_id = ? ORDER BY seq",
    productId,
  );
  return rows.map(({ kind, delta }) => `${kind} ${delta}`);
}

describe("a flush (F1, F2)", () => {
  it("writes every changed level to D1 with one alarm, whatever changed it", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 5, MUM: 3 });
    await held(stock, reserveRequest(2, { ranking: ["MUM"] }));
    await stock.commit(await held(stock, reserveRequest(1)));
    advanceTime(FLUSH_MS);

    await runAlarm(productId);

    expect(await projectionOf(productId)).toEqual(await stock.levels());
    expect(await projectionOf(productId)).toMatchObject([
      { warehouseId: "BLR", onHand: 5, reserved: 0, allocated: 1 },
      { warehouseId: "MUM", onHand: 3, reserved: 2, allocated: 0 },
    ]);
  });

  it("writes only the movements that change what is on hand, and every count, also one that confirms it", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await stock.release(await held(stock, reserveRequest(1)));
    const [cancelled, shipped] = [await held(stock, reserveRequest(2)), await held(stock, reserveRequest(3))];
    await stock.commit(cancelled, shipped);
    await stock.cancelHold(cancelled);
    const lines = [{ variantId: "v", warehouseId: "BLR", quantity: 3 }];
    await stock.ship({ holdId: shipped, shipmentId: `ship:${shipped}`, lines, actor: "order" });
    await stock.adjust(adjustment("count", 6));

    await runAlarm(productId);

    expect(await movementsInD1(productId)).toEqual(["receive 9", "ship -3", "count 0"]);
  });

  it("applied twice changes nothing the second time", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    await stock.commit(await held(stock, reserveRequest(2)));
    await runAlarm(productId);
    const before = await allOf(productId);
    await sqlIn(productId, "UPDATE levels SET flushed_version = 0");
    await sqlIn(productId, "UPDATE flush_state SET flushed_seq = 0");
    await evict(productId);
    await stock.refresh();

    expect(await runAlarm(productId)).toBe(true);

    expect(await allOf(productId)).toEqual(before);
    expect(await sqlIn(productId, "SELECT * FROM levels WHERE flushed_version < version")).toEqual([]);
  });

  it("whose answer was lost is repeated harmlessly", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    vi.spyOn(console, "error").mockReturnValue();
    duringD1(() => Promise.reject(new Error("the answer was lost")));
    await runAlarm(productId);
    const before = await allOf(productId);
    advanceTime(FLUSH_MS);

    await runAlarm(productId);

    expect(await movementsInD1(productId)).toEqual(["receive 9"]);
    expect(before[0]).toEqual((await allOf(productId))[0]);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });

  it("does not mark changes as flushed that happened while it waited for D1", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    duringD1(() => stockOf(productId).adjust(adjustment("receive", 1)));
    await runAlarm(productId);
    const whileOwed = { projected: await projectionOf(productId), wait: await msToAlarm(productId) };
    advanceTime(FLUSH_MS);

    await runAlarm(productId);

    expect(whileOwed).toMatchObject({ projected: [{ onHand: 9 }], wait: FLUSH_MS });
    expect(await projectionOf(productId)).toEqual(await stock.levels());
    expect(await movementsInD1(productId)).toEqual(["receive 9", "receive 1"]);
  });

  it("never overwrites a newer level", async ({ expect }) => {
    const { productId } = await stockWith(9);
    await sqlInD1(
      `INSERT INTO stock_levels (product_id, variant_id, warehouse_id, on_hand, reserved, allocated, version, as_of_ms)
       VALUES (?, 'v', 'BLR', 7, 4, 2, 99, 0)`,
      productId,
    );

    await runAlarm(productId);

    expect(await projectionOf(productId)).toMatchObject([{ onHand: 7, reserved: 4, allocated: 2, version: 99 }]);
  });

  it("is repeated until all movements and levels beyond its limits are written", async ({ expect }) => {
    const { productId, stock } = await stockWith(1);
    await sqlIn(
      productId,
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
       INSERT INTO movements (kind, variant_id, warehouse_id, delta_on_hand, delta_reserved, on_hand_after, reserved_after,
         reference_type, reference_id, actor, at_ms) SELECT 'receive', 'n' || i, 'BLR', 1, 0, 1, 0, 'adjustment', 'n' || i, 'staff', 1 FROM n`,
    );
    await sqlIn(
      productId,
      "INSERT INTO levels (variant_id, warehouse_id, on_hand, reserved, version) SELECT variant_id, 'BLR', 1, 0, 1 FROM movements WHERE actor = 'staff' AND at_ms = 1",
    );
    let alarms = 0;

    for (; alarms < 10 && (await runAlarm(productId)); alarms += 1) advanceTime(FLUSH_MS);

    expect(alarms).toBeLessThan(10);
    expect(await stock.audit()).toEqual([]);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
    expect(await movementsInD1(productId)).toHaveLength(1_201);
  });

  it("is repeated until every level of a product with very many is written", async ({ expect }) => {
    const { productId, stock } = await stockWith(1);
    await sqlIn(
      productId,
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
       INSERT INTO levels (variant_id, warehouse_id, on_hand, reserved, version) SELECT 'n' || i, 'BLR', 0, 0, 1 FROM n`,
    );
    let alarms = 0;

    for (; alarms < 10 && (await runAlarm(productId)); alarms += 1) advanceTime(FLUSH_MS);

    expect(alarms).toBe(3);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });
});
