import { beforeEach, describe, it } from "vitest";
import type { Allocation } from "../../../src/stock/rules/allocate.ts";
import {
  failureOf,
  evict,
  held,
  movementsOf,
  stockWith,
  sqlIn,
  stopTime,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";
import { MUM, shipmentOf, sold } from "../../support/stock/shipments.ts";

beforeEach(stopTime);

/** What is allocated to orders in a product's object. */
function allocationsOf(productId: string): Promise<(Allocation & { holdId: string })[]> {
  const columns = "hold_id AS holdId, variant_id AS variantId, warehouse_id AS warehouseId, quantity";
  return sqlIn(productId, `SELECT ${columns} FROM allocations ORDER BY warehouse_id`);
}

describe("a shipment (O9)", () => {
  it("takes the units off the shelf once, however often and late it is repeated", async ({ expect }) => {
    const { productId, stock, holdId } = await sold();
    const shipment = shipmentOf(holdId, 2);

    await Promise.all([stock.ship(shipment), stock.ship(shipment)]);
    await evict(productId);
    await stock.ship(shipment);

    expect([await unitsOf(stock), await unitsOf(stock, MUM)]).toEqual([
      [0, 0],
      [4, 0, 3],
    ]);
    expect(await movementsOf(productId, `${holdId}/${shipment.shipmentId}`)).toEqual(["ship 2"]);
    expect(await stock.audit()).toEqual([]);
  });

  it("takes units of several places at once", async ({ expect }) => {
    const { productId, stock, holdId } = await sold();
    const lines = [
      { variantId: "v", warehouseId: "BLR", quantity: 2 },
      { variantId: "v", warehouseId: "MUM", quantity: 3 },
    ];

    await stock.ship(shipmentOf(holdId, 0, { lines }));

    expect([await unitsOf(stock), await unitsOf(stock, MUM)]).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(await movementsOf(productId, `${holdId}/ship:${holdId}`)).toEqual(["ship 2", "ship 3"]);
    expect(await allocationsOf(productId)).toEqual([]);
    expect(await stock.audit()).toEqual([]);
  });

  it("takes a part, and another shipment the rest", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    const holdId = await held(stock, reserveRequest(5));
    await stock.commit(holdId);

    await stock.ship(shipmentOf(holdId, 2, { shipmentId: "first" }));
    const between = [await unitsOf(stock), await allocationsOf(productId)];
    await stock.ship(shipmentOf(holdId, 3, { shipmentId: "second" }));

    expect(between).toEqual([[7, 0, 3], [{ holdId, variantId: "v", warehouseId: "BLR", quantity: 3 }]]);
    expect(await unitsOf(stock)).toEqual([4, 0]);
    expect(await allocationsOf(productId)).toEqual([]);
    expect(await stock.audit()).toEqual([]);
  });

  it("leaves what is allocated to other orders", async ({ expect }) => {
    const { productId, stock } = await stockWith(9);
    const [shipped, other] = [await held(stock, reserveRequest(2)), await held(stock, reserveRequest(3))];
    await stock.commit(shipped, other);

    await stock.ship(shipmentOf(shipped, 2));

    expect(await unitsOf(stock)).toEqual([7, 0, 3]);
    expect(await allocationsOf(productId)).toMatchObject([{ holdId: other, quantity: 3 }]);
  });

  it.for([
    ["more units than are allocated", [2, 4]],
    ["more units than stand there", [3, 3]],
  ] as const)("of %s fails and moves nothing", async ([, [blr, mum]], { expect }) => {
    const { productId, stock, holdId } = await sold();
    const other = await held(stock, reserveRequest(1, { ranking: ["MUM"] }));
    await stock.commit(other);
    const lines = [
      { variantId: "v", warehouseId: "BLR", quantity: blr },
      { variantId: "v", warehouseId: "MUM", quantity: mum },
    ];

    expect(await failureOf(productId, (object) => object.ship(shipmentOf(holdId, 0, { lines })))).toMatch(/fewer than \d units/);

    expect([await unitsOf(stock), await unitsOf(stock, MUM)]).toEqual([
      [2, 0, 2],
      [4, 0, 4],
    ]);
    expect(await movementsOf(productId, `${holdId}/ship:${holdId}`)).toEqual([]);
    expect(await stock.audit()).toEqual([]);
  });

  it("records the order's shipment in the ledger, and who sent it", async ({ expect }) => {
    const { productId, stock, holdId } = await sold();

    await stock.ship(shipmentOf(holdId, 2, { actor: "user:7" }));

    const columns =
      "reference_type, actor, delta_on_hand, delta_reserved, delta_allocated, on_hand_after, allocated_after, at_ms";
    expect(await sqlIn(productId, `SELECT ${columns} FROM movements WHERE reference_id = ?`, `${holdId}/ship:${holdId}`)).toEqual(
      [
        {
          reference_type: "shipment",
          actor: "user:7",
          delta_on_hand: -2,
          delta_reserved: 0,
          delta_allocated: -2,
          on_hand_after: 0,
          allocated_after: 0,
          at_ms: Date.now(),
        },
      ],
    );
  });
});
