import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { duringD1, silenceD1 } from "../../support/d1-faults.ts";
import {
  adjustment,
  evict,
  FLUSH_MS,
  held,
  stockWith,
  advanceTime,
  projectionOf,
  runAlarm,
  sqlInD1,
  stockOf,
  stopTime,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);
afterEach(() => vi.restoreAllMocks());

/** A product with three movements of what is on hand and a unit that is allocated, all of them in D1. */
async function flushedStock() {
  const own = await stockWith({ BLR: 5, MUM: 3 });
  const holdId = await held(own.stock, reserveRequest(2));
  await own.stock.commit(holdId);
  const lines = [{ variantId: "v", warehouseId: "BLR", quantity: 1 }];
  await own.stock.ship({ holdId, shipmentId: `ship:${holdId}`, lines, actor: "order" });
  await alarm(own.productId);
  return own;
}

async function alarm(productId: string): Promise<void> {
  advanceTime(FLUSH_MS);
  await runAlarm(productId);
}

async function forgetInD1(productId: string): Promise<void> {
  await sqlInD1("DELETE FROM stock_levels WHERE product_id = ?", productId);
  await sqlInD1("DELETE FROM stock_movements WHERE product_id = ?", productId);
}

async function movementsInD1(productId: string): Promise<number[]> {
  const rows = await sqlInD1<{ seq: number }>("SELECT seq FROM stock_movements WHERE product_id = ? ORDER BY seq", productId);
  return rows.map(({ seq }) => seq);
}

describe("a projection that is resent", () => {
  it("has every level and every movement of what is on hand, whatever D1 had lost", async ({ expect }) => {
    const { productId, stock } = await flushedStock();
    const before = await movementsInD1(productId);
    await forgetInD1(productId);

    await stock.resend();
    await alarm(productId);

    expect(before).toHaveLength(3);
    expect(await movementsInD1(productId)).toEqual(before);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });

  it("is resent even if the object is evicted and D1 unreachable meanwhile", async ({ expect }) => {
    const { productId, stock } = await flushedStock();
    await forgetInD1(productId);

    await stock.resend();
    const endSilence = silenceD1();
    await alarm(productId);
    endSilence();
    await evict(productId);
    await alarm(productId);

    expect(await movementsInD1(productId)).toHaveLength(3);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });

  it("is resent completely although a flush was running that D1 lost too", async ({ expect }) => {
    const { productId, stock } = await flushedStock();
    await stock.adjust(adjustment("receive", 1));
    duringD1(async () => {
      await forgetInD1(productId);
      await stockOf(productId).resend();
    });
    await alarm(productId);

    await alarm(productId);

    expect(await movementsInD1(productId)).toHaveLength(4);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });
});

describe("an object's report", () => {
  it("counts what was flushed, and says whether a flush is due", async ({ expect }) => {
    const { stock } = await flushedStock();
    const quiet = await stock.report();
    await stock.adjust(adjustment("receive", 2));
    const owing = await stock.report();
    await stock.resend();
    const anew = await stock.report();

    expect(quiet).toMatchObject({ differences: [], told: { count: 3, units: 7 }, owesFlush: false });
    expect(quiet.levels.map(({ version, flushedVersion }) => flushedVersion === version)).toEqual([true, true]);
    expect(owing).toMatchObject({ told: quiet.told, newestSeq: quiet.newestSeq + 1, owesFlush: true });
    expect(anew).toMatchObject({ told: { upToSeq: 0, count: 0, units: 0 }, owesFlush: true });
    expect(anew.levels.map(({ flushedVersion }) => flushedVersion)).toEqual([0, 0]);
  });

  it("is empty for a product that never had stock", async ({ expect }) => {
    const report = await stockOf("never-stocked").report();

    expect(report).toEqual({
      differences: [],
      levels: [],
      told: { upToSeq: 0, count: 0, units: 0 },
      newestSeq: 0,
      owesFlush: false,
    });
  });
});
