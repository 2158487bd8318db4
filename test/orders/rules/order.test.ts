import { describe, it } from "vitest";
import { resolutionOf, type HoldOrder } from "../../../src/orders/rules/hold-resolution.ts";
import { productIdsOf, soleWarehouse } from "../../../src/orders/rules/order.ts";

const NOW_MS = 1_000_000;

function from(warehouseId: string, productId = "p") {
  return { lineNo: 1, productId, variantId: productId, warehouseId, quantity: 1, shipped: 0, cancelled: 0, short: 0 };
}

describe("the resolution of an expired hold", () => {
  const row: HoldOrder = { orderId: "ORD1", holdId: "ORD1.a", status: "PENDING", paymentStatus: "cod", paymentDueAtMs: null };
  const unpaid = { paymentStatus: "pending", paymentDueAtMs: NOW_MS + 1 } as const;

  it.for([
    ["no order that records it: given back", undefined, { verdict: "release" }],
    ["an order on delivery: sold", {}, { verdict: "commit" }],
    ["a paid order: sold", { paymentStatus: "paid" }, { verdict: "commit" }],
    ["an order whose window is open: kept until it ends", unpaid, { verdict: "keep", untilMs: NOW_MS + 1 }],
    ["an order whose window ends now: given back", { ...unpaid, paymentDueAtMs: NOW_MS }, { verdict: "release" }],
    ["an order in processing: sold", { status: "PROCESSING" }, { verdict: "commit" }],
    ["a completed order: sold", { status: "COMPLETED" }, { verdict: "commit" }],
    ["an order that came back under an id of its own: sold", { status: "RETURNED" }, { verdict: "commit" }],
    ["a cancelled order: given back", { status: "CANCELLED" }, { verdict: "release" }],
    ["an expired order: given back", { ...unpaid, status: "EXPIRED" }, { verdict: "release" }],
  ] as const)("is, for %s", ([, change, fate], { expect }) => {
    expect(resolutionOf("ORD1.a", change && { ...row, ...change }, NOW_MS)).toEqual({ holdId: "ORD1.a", ...fate });
  });
});

describe("the warehouse of an order", () => {
  it("is set when one supplies all, and null when several or none do", ({ expect }) => {
    expect(soleWarehouse([from("BLR"), from("BLR", "q")])).toBe("BLR");
    expect(soleWarehouse([from("BLR"), from("MUM")])).toBeNull();
    expect(soleWarehouse([])).toBeNull();
  });

  it("lists each product's object once", ({ expect }) => {
    expect(productIdsOf([from("BLR", "p"), from("MUM", "p"), from("BLR", "q")])).toEqual(["p", "q"]);
  });
});
