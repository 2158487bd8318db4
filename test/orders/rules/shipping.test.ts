import fc from "fast-check";
import { describe, it } from "vitest";
import type { LineAllocation, Order, OrderItem } from "../../../src/orders/rules/order.ts";
import {
  afterShipment,
  decideShipment,
  fulfillmentStatusOf,
  type ShippedUnits,
  unshippedUnits,
  type WantedShipment,
} from "../../../src/orders/rules/shipping.ts";

function item(lineNo: number, productId: string, quantity: number): OrderItem {
  const price = { unitPriceMinor: 1, discountMinor: 0, lineTotalMinor: quantity, taxMinor: 0, taxBps: 0, discounts: [] };
  return { lineNo, productId, variantId: productId, sku: productId, name: productId, quantity, cancelled: 0, ...price };
}

function from(lineNo: number, variantId: string, warehouseId: string, quantity: number): LineAllocation {
  return { lineNo, productId: variantId, variantId, warehouseId, quantity, shipped: 0, cancelled: 0, short: 0 };
}

/** Three cups from two warehouses; two beds of four slats and one board each, the boards from another; and five slats by themselves. */
const LINES = {
  items: [item(1, "cup", 3), item(2, "bed", 2), item(3, "slat", 5), item(4, "tent", 2)],
  allocations: [
    from(1, "cup", "BLR", 2),
    from(1, "cup", "MUM", 1),
    from(2, "slat", "BLR", 8),
    from(2, "board", "DEL", 2),
    from(3, "slat", "BLR", 5),
    from(4, "pole", "BLR", 6),
    from(4, "sheet", "BLR", 2),
  ],
};
const ORDER = {
  ...LINES,
  status: "PROCESSING",
  paymentStatus: "cod",
  fulfillmentStatus: null,
  updatedAtMs: 1,
} as unknown as Order;

const textOf = (units: readonly ShippedUnits[]) => units.map((each) => `${each.quantity} ${each.variantId} of ${each.lineNo}`);

function shipped(order: Order, warehouseId: string, wanted?: WantedShipment[]): Order {
  const decided = decideShipment(order, warehouseId, wanted);
  if ("refused" in decided) throw new Error(JSON.stringify(decided.refused));
  return afterShipment(order, decided.units, 1);
}

describe("a shipment", () => {
  it.for([
    ["of all that a warehouse supplies", "MUM", undefined, ["1 cup of 1"]],
    ["of a part of a line", "BLR", [{ lineNo: 1, quantity: 1 }], ["1 cup of 1"]],
    [
      "of a line that is named twice",
      "BLR",
      [
        { lineNo: 3, quantity: 2 },
        { lineNo: 3, quantity: 3 },
      ],
      ["5 slat of 3"],
    ],
    ["of a whole bundle", "BLR", [{ lineNo: 4, quantity: 1 }], ["3 pole of 4", "1 sheet of 4"]],
    ["of a component of a bundle", "BLR", [{ lineNo: 2, variantId: "slat", quantity: 3 }], ["3 slat of 2"]],
  ] as const)("%s", ([, warehouseId, wanted, units], { expect }) => {
    const decided = decideShipment(ORDER, warehouseId, wanted);

    expect("units" in decided ? textOf(decided.units) : decided).toEqual(units);
  });

  it.for([
    ["more than the warehouse supplies", "MUM", { lineNo: 1, quantity: 2 }, 1],
    ["a bundle of which another warehouse has a component", "BLR", { lineNo: 2, quantity: 1 }, 0],
    ["a line that the order does not have", "BLR", { lineNo: 9, quantity: 1 }, 0],
    ["a variant that the line does not have", "BLR", { lineNo: 1, variantId: "slat", quantity: 1 }, 0],
    ["a line that another warehouse supplies", "DEL", { lineNo: 1, quantity: 1 }, 0],
  ] as const)("of %s is refused with what can be shipped", ([, warehouseId, want, shippable], { expect }) => {
    const refused = [{ index: 1, requested: want.quantity, shippable }];
    const other =
      warehouseId === "DEL"
        ? { lineNo: 2, variantId: "board", quantity: 1 }
        : { lineNo: 1, quantity: warehouseId === "MUM" ? 0 : 1 };

    expect(decideShipment(ORDER, warehouseId, [other, want])).toEqual({ refused });
  });

  it("of a warehouse that has nothing left is refused", ({ expect }) => {
    const order = shipped(ORDER, "MUM");

    expect(decideShipment(order, "MUM", undefined)).toEqual({ refused: [] });
    expect(decideShipment(order, "HYD", undefined)).toEqual({ refused: [] });
  });

  it("leaves out what was cancelled", ({ expect }) => {
    const [cups] = LINES.allocations;
    const order = { ...ORDER, allocations: [{ ...from(1, "cup", "BLR", 2), ...cups, cancelled: 1 }] };

    expect(decideShipment(order, "BLR", [{ lineNo: 1, quantity: 2 }])).toEqual({
      refused: [{ index: 0, requested: 2, shippable: 1 }],
    });
  });

  it("makes the order partly fulfilled, and the last one completes it", ({ expect }) => {
    const first = shipped(ORDER, "BLR");
    const second = shipped(first, "MUM");
    const last = shipped(second, "DEL");

    expect([first, second, last].map((order) => [order.status, fulfillmentStatusOf(order)])).toEqual([
      ["PROCESSING", "partially_fulfilled"],
      ["PROCESSING", "partially_fulfilled"],
      ["COMPLETED", "fulfilled"],
    ]);
    expect(unshippedUnits(last)).toEqual([]);
  });

  it("never takes more than was allocated to a warehouse, in any steps", ({ expect }) => {
    const wanted = fc.array(
      fc.record({
        lineNo: fc.integer({ min: 1, max: 5 }),
        variantId: fc.constantFrom(undefined, "cup", "slat", "pole"),
        quantity: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    const step = fc.record({ warehouseId: fc.constantFrom("BLR", "MUM", "DEL"), wanted: fc.option(wanted, { nil: undefined }) });
    const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let order = ORDER;
      for (const each of steps) {
        const before = unshippedUnits(order).reduce((sum, { quantity }) => sum + quantity, 0);
        const decided = decideShipment(order, each.warehouseId, each.wanted);
        if ("refused" in decided) continue;
        order = afterShipment(order, decided.units, 1);
        const taken = decided.units.reduce((sum, { quantity }) => sum + quantity, 0);
        expect(taken).toBeGreaterThan(0);
        expect(unshippedUnits({ ...order, status: "PROCESSING" }).reduce((sum, { quantity }) => sum + quantity, 0)).toBe(
          before - taken,
        );
        for (const { shipped: left, quantity } of order.allocations) expect(left).toBeLessThanOrEqual(quantity);
      }
    });
    fc.assert(property);
  });
});
