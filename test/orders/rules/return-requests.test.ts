import fc from "fast-check";
import { describe, it } from "vitest";
import { decideReceipt, decideRequest, headsOf } from "../../../src/orders/rules/return-requests.ts";
import { byVariant, decideReturn, returnableOf, unitsOf } from "../../../src/orders/rules/returns.ts";
import type { ReturnedUnits, ReturnHead, ReturnItem } from "../../../src/orders/rules/timeline.ts";

const PRICE = {
  unitPriceMinor: 1,
  discountMinor: 0,
  lineTotalMinor: 1,
  taxMinor: 0,
  taxBps: 0,
  discounts: [],
  cancelled: 0,
  short: 0,
};
const item = (lineNo: number, id: string, quantity: number) => {
  return { ...PRICE, lineNo, productId: id, variantId: id, sku: `SKU-${id}`, name: `The ${id}`, quantity };
};
const from = (lineNo: number, id: string, warehouseId: string, quantity: number) => {
  return { lineNo, productId: id, variantId: id, warehouseId, quantity, shipped: quantity, cancelled: 0, short: 0 };
};

/** Three cups from two warehouses; two beds of four slats and a board each; and two slats by themselves. */
const ORDER = {
  status: "COMPLETED" as const,
  items: [item(1, "cup", 3), item(2, "bed", 2), item(3, "slat", 2)],
  allocations: [
    from(1, "cup", "BLR", 2),
    from(1, "cup", "MUM", 1),
    from(2, "slat", "BLR", 8),
    from(2, "board", "DEL", 2),
    from(3, "slat", "BLR", 2),
  ],
};
const NONE = { heads: [], items: [] };

/** The returns of the order as staff and its customer make them. */
class Returns {
  heads: ReturnHead[] = [];
  items: ReturnItem[] = [];

  #add(returnId: string, units: readonly ReturnedUnits[]): void {
    this.items.push(...units.map((unit, lineNo) => ({ ...unit, returnId, lineNo, reason: "", actor: "a", atMs: 1 })));
  }

  request(productId: string, quantity: number): boolean {
    const decided = decideRequest(ORDER, this, [{ productId, quantity }]);
    if ("refused" in decided) return false;
    const whole = { requested: decided.requested, reason: null, actor: "c", atMs: 1, decidedAtMs: null, rejection: null };
    this.heads.push({ ...whole, returnId: `R${this.heads.length}`, status: "requested" });
    return true;
  }

  receive(index: number, wanted: { productId: string; quantity: number } | undefined, to?: string): boolean {
    const head = this.heads[index];
    if (!head || head.status === "rejected") return false;
    const items = wanted && [{ ...wanted, condition: "sellable" as const }];
    const decided = decideReceipt(ORDER, { head, items: this.items }, items, to);
    if (!decided || "refused" in decided) return false;
    this.heads[index] = { ...head, status: "received" };
    this.#add(head.returnId, decided.units);
    return true;
  }

  accept(productId: string, quantity: number): boolean {
    const decided = decideReturn(ORDER, this.items, [{ productId, quantity, condition: "damaged" }]);
    if ("refused" in decided) return false;
    this.#add(`direct ${this.items.length}`, decided.units);
    return true;
  }
}

describe("a requested return", () => {
  it("names each line with its variant, and what the order calls it; a component of a bundle has no name", ({ expect }) => {
    const wanted = [
      { productId: "bed", quantity: 1 },
      { productId: "board", quantity: 1 },
    ];

    expect(decideRequest(ORDER, NONE, wanted)).toEqual({
      requested: [
        { productId: "bed", variantId: "bed", sku: "SKU-bed", name: "The bed", quantity: 1 },
        { productId: "board", variantId: "board", sku: null, name: null, quantity: 1 },
      ],
    });
  });

  it("leaves what it names to nobody else, in parts of bundles too, until it was received or rejected", ({ expect }) => {
    const returns = new Returns();
    returns.request("bed", 1);

    expect([returns.request("board", 2), returns.request("slat", 7), returns.request("slat", 6)]).toEqual([false, false, true]);
    returns.receive(0, { productId: "slat", quantity: 1 });
    expect([returns.request("board", 2), returns.request("slat", 4), returns.request("slat", 3)]).toEqual([true, false, true]);
  });

  it("is received as far as it goes: not more than it names, nor than staff have left of it", ({ expect }) => {
    const returns = new Returns();
    returns.request("cup", 3);
    returns.accept("cup", 2);

    expect([returns.receive(0, undefined), returns.receive(0, { productId: "cup", quantity: 1 }, "CHN")]).toEqual([false, true]);
    expect(returns.items.at(-1)).toMatchObject({ quantity: 1, warehouseId: "CHN" });
    expect(returns.receive(0, { productId: "bed", quantity: 1 })).toBe(false);
  });

  it("is over where all that it names was received", ({ expect }) => {
    const returns = new Returns();
    returns.request("bed", 2);
    returns.receive(0, undefined);
    const [head] = returns.heads;

    expect(byVariant(returns.items)).toEqual(unitsOf(ORDER, [{ productId: "bed", quantity: 2 }]));
    expect(head && decideReceipt(ORDER, { head, items: returns.items }, undefined, undefined)).toBeUndefined();
  });

  it("never promises or brings back more than has left, whatever is done in which order", ({ expect }) => {
    const productId = fc.constantFrom("cup", "bed", "slat", "board");
    const quantity = fc.integer({ min: 1, max: 6 });
    const step = fc.oneof(
      fc.record({ verb: fc.constant("request" as const), productId, quantity }),
      fc.record({ verb: fc.constant("accept" as const), productId, quantity }),
      fc.record({ verb: fc.constant("receive" as const), productId, quantity, index: fc.nat(4), isAll: fc.boolean() }),
    );
    const property = fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const returns = new Returns();
      for (const each of steps) {
        if (each.verb === "receive") returns.receive(each.index, each.isAll ? undefined : each, "CHN");
        if (each.verb === "accept") returns.accept(each.productId, each.quantity);
        if (each.verb !== "request" || !returns.request(each.productId, each.quantity)) continue;
        const waiting = returns.heads.filter(({ status }) => status === "requested").flatMap(({ requested }) => requested ?? []);
        const [left, promised] = [returnableOf(ORDER, returns.items), unitsOf(ORDER, waiting)];
        for (const variantId of unitsOf(ORDER, [each]).keys())
          expect(promised.get(variantId)).toBeLessThanOrEqual(left.get(variantId) ?? 0);
      }
      const sold = byVariant(ORDER.allocations);
      for (const [variantId, units] of byVariant(returns.items)) expect(units).toBeLessThanOrEqual(sold.get(variantId) ?? 0);
      for (const head of returns.heads) {
        const named = unitsOf(ORDER, head.requested ?? []);
        const came = byVariant(returns.items.filter(({ returnId }) => returnId === head.returnId));
        for (const [variantId, units] of came) expect(units).toBeLessThanOrEqual(named.get(variantId) ?? 0);
      }
    });

    fc.assert(property);
  });
});

describe("a return of an older answer", () => {
  it("is one that was received as it came", ({ expect }) => {
    const row = { productId: "cup", variantId: "cup", warehouseId: "BLR", quantity: 1, condition: "sellable" as const };
    const cause = { reason: "Torn", actor: "admin", atMs: 5 };
    const items = [0, 1].map((lineNo) => ({ ...row, ...cause, returnId: "RET1", lineNo }));

    expect(headsOf(items)).toEqual([
      { ...cause, returnId: "RET1", status: "received", requested: null, decidedAtMs: 5, rejection: null },
    ]);
  });
});
