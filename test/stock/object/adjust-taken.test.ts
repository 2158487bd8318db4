import { beforeEach, describe, it } from "vitest";
import { adjustment, held, movementsOf, stockWith, stopTime, unitsOf, reserveRequest } from "../../support/stock/stock.ts";

beforeEach(stopTime);

/** Ten on hand; four of them reserved, and three sold and not shipped. */
async function busyProduct() {
  const own = await stockWith(10);
  await own.stock.commit(await held(own.stock, reserveRequest(3)));
  await held(own.stock, reserveRequest(4));
  return own;
}

describe("a manual adjustment of a place where units are taken", () => {
  it.for([
    ["issue", 4],
    ["damage", 4],
    ["count", 6],
    ["count", -1],
  ] as const)(
    "%s of %i on 10 with 4 reserved and 3 allocated is refused, and nothing is written",
    async ([kind, quantity], { expect }) => {
      const { productId, stock } = await busyProduct();
      const before = await stock.levels();
      const request = adjustment(kind, quantity);

      const answer = await stock.adjust(request);

      expect(answer).toEqual({ outcome: "units_reserved", free: 3, onHand: 10, allocated: 3, replayed: false });
      expect(await stock.levels()).toEqual(before);
      expect(await movementsOf(productId, request.referenceId)).toEqual([]);
    },
  );

  it.for([
    ["issue", 3],
    ["damage", 3],
    ["count", 7],
  ] as const)("%s of %i on 10 with 4 reserved and 3 allocated takes all that is free", async ([kind, quantity], { expect }) => {
    const { stock } = await busyProduct();

    const answer = await stock.adjust(adjustment(kind, quantity));

    expect(answer).toMatchObject({ outcome: "moved" });
    expect(await unitsOf(stock)).toEqual([7, 4, 3]);
  });
});
