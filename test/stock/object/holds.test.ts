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
  it("allocates the units, once, in every warehouse that supplies them, and leaves them on the shelf", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 2, MUM: 4 });
    const holdId = await held(stock, reserveRequest(5, { ranking: ["BLR", "MUM"] }));

    await stock.commit(holdId);
    await stock.commit(holdId);

    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "MUM" })]).toEqual([
      [2, 0, 2],
      [4, 0, 3],
    ]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "reserve 3", "allocate 2", "allocate 3"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("allocates nothing to a hold without rows", async ({ expect }) => {
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

    expect(await unitsOf(stock)).toEqual([5, 0, 2]);
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

    expect(await unitsOf(stock)).toEqual([5, 0, 2]);
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

describe("cancelHold (O5)", () => {
  it("frees reserved units, and a later commit finds nothing", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));

    await stock.cancelHold(holdId);
    await stock.commit(holdId);

    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual(["reserve 2", "release 2"]);
  });

  it("deallocates sold units in the warehouses that would supply them, once; they never left the shelf", async ({ expect }) => {
    const { productId, stock } = await stockWith({ BLR: 2, MUM: 4 });
    const holdId = await held(stock, reserveRequest(5, { ranking: ["BLR", "MUM"] }));
    await stock.commit(holdId);

    await stock.cancelHold(holdId);
    await stock.cancelHold(holdId);

    expect([await unitsOf(stock), await unitsOf(stock, { warehouseId: "MUM" })]).toEqual([
      [2, 0],
      [4, 0],
    ]);
    expect(await movementsOf(productId, holdId)).toEqual([
      "reserve 2",
      "reserve 3",
      "allocate 2",
      "allocate 3",
      "deallocate 2",
      "deallocate 3",
    ]);
    expect(await stock.audit()).toEqual([]);
  });

  it("moves nothing that was released before or never reserved", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const released = await held(stock, reserveRequest(2));
    await stock.release(released);

    await stock.cancelHold(released);
    await stock.cancelHold(newHold());

    expect(await unitsOf(stock)).toEqual([5, 0]);
  });

  it("leaves other holds as they are", async ({ expect }) => {
    const { stock } = await stockWith(5);
    const cancelled = await held(stock, reserveRequest(2));
    await held(stock, reserveRequest(3));

    await stock.cancelHold(cancelled);

    expect(await unitsOf(stock)).toEqual([5, 3]);
    expect(await stock.audit()).toEqual([]);
  });
});
