import fc from "fast-check";
import { describe, it } from "vitest";
import {
  afterCancellation,
  decideCancellation,
  isWhole,
  type WantedCancellation,
} from "../../../src/orders/rules/cancellation.ts";
import type { LineAllocation, Order, OrderItem } from "../../../src/orders/rules/order.ts";
import { needsOf, shareAgain } from "../../../src/orders/rules/share.ts";
import { afterShipment, decideShipment, unshippedUnits } from "../../../src/orders/rules/shipping.ts";

function item(lineNo: number, productId: string, quantity: number, rule?: string): OrderItem {
  const discounts = rule === undefined ? [] : [{ ruleId: rule, name: rule, discountMinor: 1 }];
  const price = { unitPriceMinor: 100, discountMinor: discounts.length, taxMinor: 7, taxBps: 0, discounts };
  const lineTotalMinor = 100 * quantity - discounts.length;
  const names = { productId, variantId: productId, sku: productId, name: productId };
  return { lineNo, ...names, quantity, cancelled: 0, ...price, lineTotalMinor } as unknown as OrderItem;
}

function from(lineNo: number, variantId: string, warehouseId: string, quantity: number): LineAllocation {
  return { lineNo, productId: variantId, variantId, warehouseId, quantity, shipped: 0, cancelled: 0, short: 0 };
}

const TOTAL = 299 + 200 + 49 + 14;
/** Three cups of two warehouses, with a limited rule; two tents of three poles and one sheet each. */
const ORDER = {
  status: "PENDING",
  paymentStatus: "paid",
  fulfillmentStatus: null,
  items: [item(1, "cup", 3, "rule"), item(2, "tent", 2)],
  allocations: [from(1, "cup", "BLR", 2), from(1, "cup", "MUM", 1), from(2, "pole", "BLR", 6), from(2, "sheet", "DEL", 2)],
  taxIncluded: false,
  currency: "INR",
  totalMinor: TOTAL,
  paidMinor: TOTAL,
  refundedMinor: 0,
  creditedMinor: 0,
  rulesUsed: [{ ruleId: "rule", customerId: null }],
  updatedAtMs: 1,
} as unknown as Order;

function cancelled(order: Order, wanted?: WantedCancellation[]): Order {
  const decided = decideCancellation(order, wanted);
  if ("refused" in decided) throw new Error(JSON.stringify(decided.refused));
  return afterCancellation(order, decided, [], 1);
}

function shipped(order: Order, warehouseId: string): Order {
  const decided = decideShipment(order, warehouseId, undefined);
  if ("refused" in decided) throw new Error("nothing left");
  return afterShipment(order, decided.units, 1);
}

const unitsOf = (order: Order, wanted?: WantedCancellation[]) => {
  const decided = decideCancellation(order, wanted);
  return "refused" in decided ? decided : decided.units.map((each) => `${each.quantity} ${each.variantId} ${each.warehouseId}`);
};

describe("a cancellation of a part", () => {
  it("takes units of the warehouse that was preferred last first", ({ expect }) => {
    expect(unitsOf(ORDER, [{ lineNo: 1, quantity: 2 }])).toEqual(["1 cup MUM", "1 cup BLR"]);
  });

  it("of a bundle is of all its components", ({ expect }) => {
    expect(unitsOf(ORDER, [{ lineNo: 2, quantity: 1 }])).toEqual(["3 pole BLR", "1 sheet DEL"]);
  });

  it("without items is of all that has not left, and of no bundle that has left in part", ({ expect }) => {
    const afterBlr = shipped(ORDER, "BLR");

    expect(unitsOf(afterBlr)).toEqual(["1 cup MUM"]);
    expect(unitsOf(shipped(afterBlr, "MUM"))).toEqual({ refused: [] });
  });

  it.for([
    ["more than was ordered", ORDER, { lineNo: 1, quantity: 4 }, 3],
    ["what has left", shipped(ORDER, "BLR"), { lineNo: 1, quantity: 2 }, 1],
    ["what was cancelled", cancelled(ORDER, [{ lineNo: 1, quantity: 2 }]), { lineNo: 1, quantity: 2 }, 1],
    ["a bundle of which a component has left", shipped(ORDER, "DEL"), { lineNo: 2, quantity: 1 }, 0],
    ["a line that the order does not have", ORDER, { lineNo: 3, quantity: 1 }, 0],
  ] as const)("of %s is refused with what can be cancelled", ([, order, want, cancellable], { expect }) => {
    const refused = [{ index: 0, requested: want.quantity, cancellable }];

    expect(decideCancellation(order, [want])).toEqual({ refused });
  });

  it("is not to be paid: its share of the line, with its tax, and delivery only where nothing is kept", ({ expect }) => {
    const one = cancelled(ORDER, [{ lineNo: 1, quantity: 1 }]);
    const two = cancelled(one, [{ lineNo: 1, quantity: 1 }]);
    const three = cancelled(two, [{ lineNo: 1, quantity: 1 }]);

    expect(three.creditedMinor).toBe(299 + 7);
    expect([one.creditedMinor, two.creditedMinor]).toEqual([102, 204]);
    expect(cancelled(three).creditedMinor).toBe(TOTAL);
  });

  it("returns a rule's use with the last unit that it discounts", ({ expect }) => {
    const two = cancelled(ORDER, [{ lineNo: 1, quantity: 2 }]);

    expect([two.rulesUsed.length, cancelled(two, [{ lineNo: 1, quantity: 1 }]).rulesUsed]).toEqual([1, []]);
    expect(cancelled(ORDER, [{ lineNo: 2, quantity: 2 }]).rulesUsed).toHaveLength(1);
  });

  it("of the rest completes an order of which the others have left", ({ expect }) => {
    const order = shipped(ORDER, "BLR");
    const decided = decideCancellation({ ...order, allocations: order.allocations.slice(0, 2) }, undefined);
    if ("refused" in decided) throw new Error("refused");
    const after = afterCancellation({ ...order, allocations: order.allocations.slice(0, 2) }, decided, [], 1);

    expect([after.status, after.fulfillmentStatus]).toEqual(["COMPLETED", "fulfilled"]);
  });

  it("is the whole order where nothing has left and nothing remains", ({ expect }) => {
    const all = decideCancellation(ORDER, undefined);
    const rest = decideCancellation(cancelled(ORDER, [{ lineNo: 1, quantity: 1 }]), undefined);
    const part = decideCancellation(ORDER, [{ lineNo: 1, quantity: 3 }]);

    expect("items" in all && isWhole(ORDER, all)).toBe(true);
    expect("items" in rest && isWhole(cancelled(ORDER, [{ lineNo: 1, quantity: 1 }]), rest)).toBe(true);
    expect("items" in part && isWhole(ORDER, part)).toBe(false);
  });

  it("with shipments in any order never exceeds what was allocated, and credits exactly what was cancelled", ({ expect }) => {
    const step = fc.oneof(
      fc.record({ ship: fc.constantFrom("BLR", "MUM", "DEL") }),
      fc.record({ cancel: fc.record({ lineNo: fc.integer({ min: 1, max: 2 }), quantity: fc.integer({ min: 1, max: 2 }) }) }),
    );
    const property = fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      let order = ORDER;
      for (const each of steps) {
        if ("ship" in each) {
          const decided = decideShipment(order, each.ship, undefined);
          if ("units" in decided) order = afterShipment(order, decided.units, 1);
        } else {
          const decided = unshippedUnits(order).length > 0 ? decideCancellation(order, [each.cancel]) : { refused: [] };
          if ("items" in decided && !isWhole(order, decided)) order = afterCancellation(order, decided, [], 1);
        }
        for (const { quantity, shipped: left, cancelled: gone } of order.allocations)
          expect(left + gone).toBeLessThanOrEqual(quantity);
        const shares = order.items.map(({ lineTotalMinor, taxMinor, cancelled: gone, quantity }) => {
          return gone === quantity ? lineTotalMinor + taxMinor : Math.round(((lineTotalMinor + taxMinor) * gone) / quantity);
        });
        expect(order.creditedMinor).toBe(shares.reduce((sum, share) => sum + share, 0));
      }
      const stillOwed = needsOf(order.allocations).reduce((sum, { quantity }) => sum + quantity, 0);
      expect(stillOwed).toBe(order.allocations.reduce((sum, each) => sum + each.quantity - each.cancelled, 0));
    });
    fc.assert(property);
  });
});

describe("allocations that an order gets again", () => {
  it("cover what was not cancelled, and keep what was as a part of their lines", ({ expect }) => {
    const order = cancelled(ORDER, [
      { lineNo: 1, quantity: 1 },
      { lineNo: 2, quantity: 2 },
    ]);

    const again = shareAgain(order.allocations, [{ variantId: "cup", warehouseId: "DEL", quantity: 2 }]);

    expect(again).toEqual([
      { ...from(1, "cup", "DEL", 3), cancelled: 1 },
      { ...from(2, "pole", "BLR", 6), cancelled: 6 },
      { ...from(2, "sheet", "DEL", 2), cancelled: 2 },
    ]);
  });
});
