import { beforeEach, describe, it } from "vitest";
import {
  adjustment,
  held,
  movementsOf,
  reserveRequest,
  stateOf,
  stockWith,
  stopTime,
  unitsOf,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);

const fill = (holdId: string, quantity: number, fillId = "FIL1") => {
  return { holdId, fillId, lines: [{ variantId: "v", warehouseId: "BLR", quantity }], actor: "staff" };
};

describe("units that an order is short of", () => {
  it("are allocated to its hold as far as they are free, once per fill, also where none was", async ({ expect }) => {
    const { productId, stock } = await stockWith(3);
    const holdId = await held(stock, reserveRequest(2));
    await stock.commit(holdId);

    const first = await stock.allocate(fill(holdId, 2));
    const none = await stock.allocate(fill(holdId, 2, "FIL2"));
    await stock.adjust(adjustment("receive", 5));
    const late = [await stock.allocate(fill(holdId, 2)), await stock.allocate(fill(holdId, 2, "FIL2"))];

    expect([first, none]).toEqual([[{ variantId: "v", warehouseId: "BLR", quantity: 1 }], []]);
    expect(late).toEqual([first, none]);
    expect(await unitsOf(stock)).toEqual([8, 0, 3]);
    expect((await stateOf(productId)).differences).toEqual([]);
  });

  it("commit a hold whose commit was lost, so that its end frees all of it", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));

    await stock.allocate(fill(holdId, 1));
    const allocated = await unitsOf(stock);
    await stock.commit(holdId);
    await stock.cancelUnits({
      holdId,
      cancellationId: "CAN1",
      lines: [{ variantId: "v", warehouseId: "BLR", quantity: 2 }],
      actor: "staff",
    });
    await stock.cancelHold(holdId);

    expect(allocated).toEqual([5, 0, 3]);
    expect(await unitsOf(stock)).toEqual([5, 0]);
    expect(await movementsOf(productId, holdId)).toEqual([
      "reserve 2",
      "allocate 2",
      "reserve 1",
      "allocate 1",
      "deallocate 2",
      "deallocate 1",
    ]);
    expect((await stateOf(productId)).differences).toEqual([]);
  });
});
