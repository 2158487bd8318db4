import { describe, it } from "vitest";
import type { Order } from "../../../src/orders/rules/order.ts";
import { decideReopening } from "../../../src/orders/rules/reopening.ts";

const NOW_MS = 1_000_000;
const TERMS = { nowMs: NOW_MS, paymentWindowMs: 30, orderExpiryMs: 60 };
const PLACE = { lineNo: 1, productId: "p", variantId: "v", warehouseId: "BLR", quantity: 2, shipped: 0, cancelled: 0 };

/** A cancelled cash order of 100, of which nothing was paid. */
function ended(more: Partial<Order>): Order {
  const money = { totalMinor: 100, creditedMinor: 0, paidMinor: 0, refundedMinor: 0, openDisputes: 0 };
  const state = { status: "CANCELLED", paymentMethod: "cod", paymentStatus: "cod", deletedAtMs: null, fulfillmentStatus: null };
  const times = { createdAtMs: 10, estimatedDeliveryAtMs: 15, updatedAtMs: 20, paymentDueAtMs: 12, dueAtMs: null };
  return { ...money, ...state, ...times, allocations: [PLACE], ...more } as Order;
}

const decide = (more: Partial<Order>, returns = 0) =>
  decideReopening({ order: ended(more), returns: Array.from({ length: returns }) }, TERMS);

describe("an order that ended", () => {
  it("is PENDING again, with new times", ({ expect }) => {
    expect(decide({})).toMatchObject({
      status: "PENDING",
      paymentStatus: "cod",
      paymentDueAtMs: null,
      dueAtMs: NOW_MS + 60,
      estimatedDeliveryAtMs: NOW_MS + 5,
      updatedAtMs: NOW_MS,
    });
  });

  it.for([
    ["cod", { paymentStatus: "cod" }, "cod"],
    ["unpaid", { paymentMethod: "card", paymentStatus: "pending" }, "pending"],
    ["unpaid after a failure", { paymentMethod: "card", paymentStatus: "failed", status: "EXPIRED" }, "pending"],
    ["free", { paymentMethod: "card", paymentStatus: "paid", totalMinor: 0 }, "paid"],
    ["paid", { paymentMethod: "card", paymentStatus: "refund_due", paidMinor: 100 }, "paid"],
    ["paid by more than what is kept of it", { paymentStatus: "refund_due", paidMinor: 100, creditedMinor: 40 }, "paid"],
    ["paid in part", { paymentMethod: "card", paymentStatus: "refund_due", paidMinor: 60 }, "pending"],
    ["paid in part, the rest in cash", { paymentStatus: "refund_due", paidMinor: 60 }, "cod"],
    ["paid in part, the rest cancelled", { paymentStatus: "refund_due", paidMinor: 60, creditedMinor: 40 }, "paid"],
  ] as const)("%s waits for what is missing", ([, more, paymentStatus], { expect }) => {
    expect(decide(more)).toMatchObject({
      status: "PENDING",
      paymentStatus,
      paymentDueAtMs: paymentStatus === "pending" ? NOW_MS + 30 : null,
    });
  });

  it.for([
    ["hidden", { deletedAtMs: 5 }],
    ["being_supplied", { status: "EXPIRED", paymentStatus: "paid", paidMinor: 100 }],
    ["refunded", { paymentStatus: "refunded", paidMinor: 100, refundedMinor: 100 }],
    ["refunded", { paymentStatus: "refund_due", paidMinor: 100, refundedMinor: 1 }],
    ["disputed", { paymentStatus: "refund_due", paidMinor: 100, openDisputes: 1 }],
    ["nothing_left", { allocations: [{ ...PLACE, cancelled: 2 }] }],
    ["nothing_left", { fulfillmentStatus: "partially_fulfilled" }],
  ] as const)("is not reopened where it is %s: %j", ([obstacle, more], { expect }) => {
    expect(decide(more as Partial<Order>)).toEqual({ obstacle });
  });

  it("is not reopened where something came back, nor where it has not ended", ({ expect }) => {
    expect(decide({}, 1)).toEqual({ obstacle: "nothing_left" });
    for (const status of ["PENDING", "PROCESSING", "COMPLETED", "RETURNED"] as const) expect(decide({ status })).toBeUndefined();
  });
});
