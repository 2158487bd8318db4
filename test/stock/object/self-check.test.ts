import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Difference } from "../../../src/stock/rules/messages.ts";
import { held, stockWith, sqlIn, stopTime, reserveRequest } from "../../support/stock/stock.ts";

beforeEach(stopTime);

const PLACE = { variantId: "v", warehouseId: "BLR" };

/** Nine on hand; three of them reserved, and two of four sold ones not shipped yet. */
async function busyProduct() {
  const own = await stockWith(11);
  const holdId = await held(own.stock, reserveRequest(4));
  await own.stock.commit(holdId);
  await own.stock.ship({ holdId, shipmentId: "ship", lines: [{ ...PLACE, quantity: 2 }], actor: "order" });
  await held(own.stock, reserveRequest(3));
  return own;
}

describe("the audit of a product", () => {
  it("finds no difference in untouched data", async ({ expect }) => {
    const { stock } = await busyProduct();

    expect(await stock.audit()).toEqual([]);
  });

  it.for<[string, string, Partial<Difference>[]]>([
    [
      "a level has units on hand that no movement brought",
      "UPDATE levels SET on_hand = on_hand + 1",
      [{ what: "on_hand", level: 10, recomputed: 9 }],
    ],
    [
      "a level has other units reserved than the ledger and the holds",
      "UPDATE levels SET reserved = reserved - 1",
      [
        { what: "reserved", level: 2, recomputed: 3 },
        { what: "holds", level: 2, recomputed: 3 },
      ],
    ],
    [
      "a level has other units allocated than the ledger and the orders",
      "UPDATE levels SET allocated = allocated + 1",
      [
        { what: "allocated", level: 3, recomputed: 2 },
        { what: "allocations", level: 3, recomputed: 2 },
      ],
    ],
    [
      "an order has more units than were allocated",
      "UPDATE allocations SET quantity = 3",
      [{ what: "allocations", level: 2, recomputed: 3 }],
    ],
    [
      "an order's units are gone and still allocated",
      "DELETE FROM allocations",
      [{ what: "allocations", level: 2, recomputed: 0 }],
    ],
    ["a hold has more units than were reserved", "UPDATE holds SET quantity = 4", [{ what: "holds", level: 3, recomputed: 4 }]],
    ["a hold is gone and its units are still reserved", "DELETE FROM holds", [{ what: "holds", level: 3, recomputed: 0 }]],
    [
      "a movement was changed",
      "UPDATE movements SET delta_on_hand = 12 WHERE kind = 'receive'",
      [{ what: "on_hand", level: 9, recomputed: 10 }],
    ],
    [
      "a movement was removed",
      "DELETE FROM movements WHERE kind = 'ship'",
      [
        { what: "on_hand", level: 9, recomputed: 11 },
        { what: "allocated", level: 2, recomputed: 4 },
      ],
    ],
    [
      "a level was removed",
      "DELETE FROM levels",
      [
        { what: "on_hand", level: 0, recomputed: 9 },
        { what: "reserved", level: 0, recomputed: 3 },
        { what: "allocated", level: 0, recomputed: 2 },
        { what: "holds", level: 0, recomputed: 3 },
        { what: "allocations", level: 0, recomputed: 2 },
      ],
    ],
  ])("finds where %s", async ([, tamper, differences], { expect }) => {
    const { productId, stock } = await busyProduct();
    await sqlIn(productId, tamper);

    expect(await stock.audit()).toEqual(differences.map((difference) => ({ ...PLACE, ...difference })));
  });

  it("finds a level that never had a movement", async ({ expect }) => {
    const { productId, stock } = await busyProduct();
    await sqlIn(
      productId,
      "INSERT INTO levels (variant_id, warehouse_id, on_hand, reserved, version) VALUES ('v', 'MUM', 1, 0, 1)",
    );

    expect(await stock.audit()).toEqual([{ what: "on_hand", variantId: "v", warehouseId: "MUM", level: 1, recomputed: 0 }]);
  });
});

describe("the object's storage", () => {
  it.for([
    "reserved = -1",
    "reserved = on_hand + 1",
    "on_hand = -1, reserved = -1",
    "allocated = -1",
    "allocated = on_hand - reserved + 1",
    "reserved = on_hand - allocated + 1",
    "on_hand = reserved + allocated - 1",
  ])("itself refuses a level with %s", async (change, { expect }) => {
    const { productId } = await busyProduct();

    const refused = await runInDurableObject(env.STOCK.getByName(productId), (_, state) => {
      try {
        state.storage.sql.exec(`UPDATE levels SET ${change}`);
        return "written";
      } catch (error) {
        return String(error);
      }
    });

    expect(refused).toMatch(/CHECK constraint failed/);
  });
});
