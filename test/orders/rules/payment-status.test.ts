import { describe, it } from "vitest";
import { PAYMENT_STATUSES } from "../../../src/orders/rules/order.ts";
import { isSettled, isUnpaid, paymentStatusOf } from "../../../src/orders/rules/payment-status.ts";
import { ORDER_STATUSES } from "../../../src/orders/rules/statuses.ts";

const TOTAL = 100;

describe("the payment status", () => {
  it.for([
    // status, before, paid, refunded → after
    ["PENDING", "pending", 0, 0, "pending"],
    ["PENDING", "failed", 0, 0, "failed"],
    ["PENDING", "cod", 0, 0, "cod"],
    ["CANCELLED", "pending", 0, 0, "pending"],
    ["PENDING", "pending", 99, 0, "pending"],
    ["PENDING", "pending", 50, 50, "pending"],
    ["PENDING", "pending", 100, 0, "paid"],
    ["PROCESSING", "cod", 150, 0, "paid"],
    ["PROCESSING", "paid", 100, 1, "partially_refunded"],
    ["COMPLETED", "paid", 100, 100, "refunded"],
    ["CANCELLED", "pending", 99, 0, "refund_due"],
    ["CANCELLED", "paid", 100, 0, "refund_due"],
    ["CANCELLED", "refund_due", 100, 99, "refund_due"],
    ["CANCELLED", "refund_due", 100, 100, "refunded"],
    ["RETURNED", "paid", 100, 40, "refund_due"],
    ["EXPIRED", "pending", 1, 0, "refund_due"],
    ["COMPLETED", "refunded", 100, 0, "paid"],
  ] as const)(
    "%s and %s, with %i paid of 100 and %i back: %s",
    ([status, paymentStatus, paidMinor, refundedMinor, after], { expect }) => {
      expect(paymentStatusOf({ status, paymentStatus, totalMinor: TOTAL, creditedMinor: 0, paidMinor, refundedMinor })).toBe(
        after,
      );
    },
  );

  it("is refund_due for all money of a closed order", ({ expect }) => {
    for (const status of ["CANCELLED", "EXPIRED", "RETURNED"] as const)
      for (const paymentStatus of PAYMENT_STATUSES)
        expect(paymentStatusOf({ status, paymentStatus, totalMinor: 3, creditedMinor: 0, paidMinor: 2, refundedMinor: 1 })).toBe(
          "refund_due",
        );
    expect(ORDER_STATUSES).toHaveLength(6);
  });

  it("is unpaid or settled, or neither where money was refunded; never both", ({ expect }) => {
    expect(PAYMENT_STATUSES.filter(isUnpaid)).toEqual(["pending", "failed"]);
    expect(PAYMENT_STATUSES.filter(isSettled)).toEqual(["cod", "paid", "partially_refunded"]);
  });
});
