import { beforeEach, describe, it } from "vitest";
import {
  held,
  movementsOf,
  msToAlarm,
  newHold,
  stockWith,
  advanceTime,
  runAlarm,
  sqlIn,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);

describe("commit (O2)", () => {
  it("sells the units, once, from every warehouse that supplies them", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 2, MUM: 4 });
    const holdId = await held(stock, reserveRequest(5, { ranking: ["BLR", "MUM"] }));

    await stock.commit(holdId);
    await stock.commit(holdId);

    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "MUM" })]).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "reserve 3", "sale 2", "sale 3"]);
  });

  it("takes no units for a hold without rows", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const released = await held(stock, reserveRequest(2));
    await stock.release(released);
    const unknown = newHold();

    await stock.commit(released);
    await stock.commit(unknown);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, released)).toEqual(["reserve 2", "release 2"]);
    expect(await movementsOf(productId, unknown)).toEqual([]);
  });

  it("still applies when the hold is overdue and D1 was not asked yet", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));
    advanceTime(10 * TENTATIVE_MS);

    await stock.commit(holdId);

    expect(await unitsOf(stock)).toEqual([3, 0]);
  });
});

describe("keep (O3)", () => {
  it("extends the hold until the given time, waiting for payment", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));
    const untilMs = Date.now() + 10 * TENTATIVE_MS;

    await stock.keep(holdId, untilMs);

    const rows = await sqlIn(productId, "SELECT purpose, expires_at_ms FROM holds WHERE hold_id = ?", holdId);
    expect(rows).toEqual([{ purpose: "awaiting_payment", expires_at_ms: untilMs }]);
    advanceTime(2 * TENTATIVE_MS);
    await runAlarm(productId);
    expect(await unitsOf(stock)).toEqual([5, 2]);
    expect(await msToAlarm(productId)).toBe(8 * TENTATIVE_MS);
  });

  it("does nothing for a hold without rows", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const released = await held(stock, reserveRequest(2));
    await stock.release(released);

    await stock.keep(released, Date.now() + TENTATIVE_MS);
    await stock.keep(newHold(), Date.now() + TENTATIVE_MS);

    expect(await sqlIn(productId, "SELECT * FROM holds")).toEqual([]);
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });
});

describe("release (O4)", () => {
  it("frees the units, once", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));

    await stock.release(holdId);
    await stock.release(holdId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "release 2"]);
  });

  it("frees nothing that was sold", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));
    await stock.commit(holdId);

    await stock.release(holdId);

    expect(await unitsOf(stock)).toEqual([3, 0]);
  });

  it("records nothing for a hold without rows, so a late reservation succeeds and is left to the alarm", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const request = reserveRequest(2);
    await stock.release(request.holdId);

    const late = await stock.reserve(request);

    expect(late).toMatchObject({ outcome: "reserved" });
    advanceTime(TENTATIVE_MS);
    await runAlarm(productId);
    expect(await unitsOf(stock)).toEqual([5, 0]);
  });
});

describe("restock (O5)", () => {
  it("frees reserved units, and a later commit finds nothing", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));

    await stock.restock(holdId);
    await stock.commit(holdId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "release 2"]);
  });

  it("restocks sold units at the warehouses that supplied them, once", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 2, MUM: 4 });
    const holdId = await held(stock, reserveRequest(5, { ranking: ["BLR", "MUM"] }));
    await stock.commit(holdId);

    await stock.restock(holdId);
    await stock.restock(holdId);

    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "MUM" })]).toEqual([
      [2, 0],
      [4, 0],
    ]);
    expect(await movementsOf(productId, holdId)).toEqual([
      "reserve 2",
      "reserve 3",
      "sale 2",
      "sale 3",
      "restock 2",
      "restock 3",
    ]);
  });

  it("moves nothing that was restocked before or never reserved", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const released = await held(stock, reserveRequest(2));
    await stock.release(released);

    await stock.restock(released);
    await stock.restock(newHold());

    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("leaves other holds as they are", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cancelled = await held(stock, reserveRequest(2));
    await held(stock, reserveRequest(3));

    await stock.restock(cancelled);

    expect(await unitsOf(stock)).toEqual([5, 3]);
    expect(await stock.audit()).toEqual([]);
  });
});
