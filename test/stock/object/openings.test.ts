import { describe, it } from "vitest";
import type { Opening } from "../../../src/stock/rules/opening-messages.ts";
import type { StockLine } from "../../../src/stock/rules/allocate.ts";
import { adjustment, newStock, reserveRequest } from "../../support/stock/stock.ts";

/** Opening stock of variant `v` in BLR, of an import of its own by default. */
function opening(lines: StockLine[], more: Partial<Opening> = {}): Opening {
  const referenceId = `opening/${crypto.randomUUID()}`;
  return { referenceId, warehouseId: "BLR", lines, reason: "Opening stock", actor: "admin", ...more };
}

const one = (quantity: number) => [{ variantId: "v", quantity }];

describe("opening stock (O13)", () => {
  it("is received once per import, whatever repeats it, also two at once", async ({ expect }) => {
    const { stock } = newStock();
    const request = opening(one(7));

    const [first, second] = await Promise.all([stock.openStock(request), stock.openStock(request)]);
    const third = await stock.openStock(request);

    const received = [{ variantId: "v", outcome: "received", onHand: 7 }];
    expect([first, second, third]).toEqual([received, received, received]);
    expect(await stock.levels()).toMatchObject([{ onHand: 7, version: 1 }]);
    expect(await stock.audit()).toEqual([]);
  });

  it("is not received by two imports at once: the other hears what is there", async ({ expect }) => {
    const { stock } = newStock();

    const answers = await Promise.all([stock.openStock(opening(one(7))), stock.openStock(opening(one(9)))]);

    expect(answers.flat().map(({ outcome }) => outcome)).toEqual(["received", "kept"]);
    expect(answers[1]).toEqual([{ variantId: "v", outcome: "kept", onHand: 7 }]);
  });

  it.for([
    ["received", async (stock: ReturnType<typeof newStock>["stock"]) => stock.adjust(adjustment("receive", 3)), 3],
    ["counted as none", async (stock) => stock.adjust(adjustment("count", 0)), 0],
    [
      "sold out",
      async (stock) => {
        await stock.adjust(adjustment("receive", 2));
        await stock.adjust(adjustment("issue", 2));
      },
      0,
    ],
    [
      "reserved",
      async (stock) => {
        await stock.adjust(adjustment("receive", 2));
        await stock.reserve(reserveRequest(2));
      },
      2,
    ],
  ] as [string, (stock: ReturnType<typeof newStock>["stock"]) => Promise<unknown>, number][])(
    "is kept out where units were %s before",
    async ([, before, onHand], { expect }) => {
      const { stock } = newStock();
      await before(stock);

      const lines = await stock.openStock(opening(one(7)));

      expect(lines).toEqual([{ variantId: "v", outcome: "kept", onHand }]);
      expect(await stock.levels()).toMatchObject([{ onHand }]);
    },
  );

  it("is decided for each variant and warehouse by itself", async ({ expect }) => {
    const { stock } = newStock();
    await stock.adjust(adjustment("receive", 3));
    const request = opening([...one(7), { variantId: "w", quantity: 4 }]);

    const [here, there] = [await stock.openStock(request), await stock.openStock({ ...request, warehouseId: "MUM" })];

    expect(here.map(({ variantId, outcome }) => [variantId, outcome])).toEqual([
      ["v", "kept"],
      ["w", "received"],
    ]);
    expect(there.map(({ outcome }) => outcome)).toEqual(["received", "received"]);
  });
});
