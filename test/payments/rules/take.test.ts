import { describe, it } from "vitest";
import type { OrderRow } from "../../../src/orders/rules/order.ts";
import type { Provider } from "../../../src/payments/rules/payment.ts";
import { decideFailure, decidePayment, isPayable, isUnsettled } from "../../../src/payments/rules/take.ts";

const NOW_MS = 1_000;

function order(status: OrderRow["status"], paymentStatus: OrderRow["paymentStatus"], more: Partial<OrderRow> = {}): OrderRow {
  const sums = { totalMinor: 100, paidMinor: 0, refundedMinor: 0, creditedMinor: 0, currency: "INR" };
  return { status, paymentStatus, ...sums, updatedAtMs: 1, dueAtMs: 7, paymentDueAtMs: 2_000, ...more } as OrderRow;
}

function take(row: OrderRow, amountMinor: number, provider: Provider = "stripe", currency = "INR") {
  return decidePayment(row, { orderId: "ORD1", provider, reference: "r", amountMinor, currency }, NOW_MS);
}

const PAID = { paidMinor: 100 };

describe("a payment", () => {
  it.for([
    // the order before, the money → how it stands after, whether it is paid by that, and the alert
    ["in time", order("PENDING", "pending"), 100, "paid", true, undefined],
    ["after a failed attempt", order("PENDING", "failed"), 100, "paid", true, undefined],
    ["at the door", order("COMPLETED", "cod"), 100, "paid", true, undefined],
    ["too little", order("PENDING", "pending"), 99, "pending", false, "payment_mismatch"],
    ["the rest", order("PENDING", "pending", { paidMinor: 99 }), 1, "paid", true, undefined],
    [
      "of all of it, after a part came and went back",
      order("PENDING", "pending", { paidMinor: 99, refundedMinor: 99 }),
      100,
      "partially_refunded",
      true,
      undefined,
    ],
    ["too much", order("PENDING", "pending"), 101, "paid", true, "payment_surplus"],
    ["again", order("PENDING", "paid", PAID), 100, "paid", false, "payment_surplus"],
    [
      "again, after a refund",
      order("COMPLETED", "partially_refunded", { ...PAID, refundedMinor: 1 }),
      100,
      "partially_refunded",
      false,
      "payment_surplus",
    ],
    ["for nothing", order("PENDING", "pending", { totalMinor: 0 }), 0, "paid", true, undefined],
    ["after it was cancelled", order("CANCELLED", "pending"), 100, "refund_due", true, undefined],
    ["after it was cancelled, too little", order("CANCELLED", "pending"), 1, "refund_due", false, "payment_mismatch"],
    ["after it came back", order("RETURNED", "cod"), 100, "refund_due", true, undefined],
    ["after it expired", order("EXPIRED", "pending"), 100, "paid", true, undefined],
    ["after it expired, too little", order("EXPIRED", "pending"), 99, "refund_due", false, "payment_mismatch"],
    ["after it expired, the rest", order("EXPIRED", "refund_due", { paidMinor: 99 }), 1, "paid", true, undefined],
    ["late and again", order("EXPIRED", "paid", PAID), 100, "paid", false, "payment_surplus"],
  ] as const)("%s", ([, before, amount, paymentStatus, isPaidNow, alert], { expect }) => {
    const taken = take(before, amount);

    const after = { paymentStatus, paidMinor: before.paidMinor + amount, status: before.status };
    expect(taken).toMatchObject({ outcome: "taken", isPaidNow, after });
    expect("alert" in taken ? taken.alert : null).toBe(alert);
  });

  it("that is late makes the order due in the sweep, after the time that its Worker has", ({ expect }) => {
    const taken = take(order("EXPIRED", "pending", { dueAtMs: null }), 100);

    expect(taken).toMatchObject({ after: { dueAtMs: NOW_MS + 60_000 } });
    expect("after" in taken && isUnsettled(taken.after)).toBe(true);
    expect([order("EXPIRED", "pending"), order("PENDING", "paid"), order("EXPIRED", "refund_due")].map(isUnsettled)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("in another currency does not count", ({ expect }) => {
    expect(take(order("PENDING", "pending"), 100, "stripe", "USD")).toEqual({ outcome: "stray" });
  });
});

describe("a manual payment", () => {
  it.for([
    [order("PENDING", "pending"), 99, "INR", "payment_mismatch"],
    [order("PENDING", "pending"), 101, "INR", "payment_mismatch"],
    [order("PENDING", "pending"), 100, "USD", "payment_mismatch"],
    [order("EXPIRED", "pending"), 99, "INR", "payment_mismatch"],
    [order("CANCELLED", "pending"), 1, "INR", "payment_mismatch"],
    [order("PENDING", "paid", PAID), 100, "INR", "already_paid"],
    [order("PENDING", "refunded", { ...PAID, refundedMinor: 100 }), 100, "INR", "already_paid"],
    [order("PROCESSING", "partially_refunded", { ...PAID, refundedMinor: 1 }), 1, "INR", "already_paid"],
    [order("CANCELLED", "refund_due", PAID), 100, "INR", "already_paid"],
    [order("EXPIRED", "paid", PAID), 100, "INR", "already_paid"],
  ] as const)("is refused where it is not due", ([before, amount, currency, code], { expect }) => {
    expect(take(before, amount, "manual", currency)).toMatchObject({ outcome: "refused", code });
  });
});

describe("a failed payment", () => {
  it("is recorded on an order that waits for payment, and on no other", ({ expect }) => {
    const after = decideFailure(order("PENDING", "pending"), NOW_MS);
    const others = [
      order("PENDING", "failed"),
      order("PENDING", "paid", PAID),
      order("PENDING", "cod"),
      order("EXPIRED", "pending"),
      order("CANCELLED", "pending"),
    ];

    expect(after).toMatchObject({ status: "PENDING", paymentStatus: "failed", updatedAtMs: NOW_MS });
    expect(others.map((each) => decideFailure(each, NOW_MS))).toEqual(others.map(() => undefined));
  });
});

describe("an order that can be paid now", () => {
  it("waits for its payment, and its window is open", ({ expect }) => {
    const payable = [order("PENDING", "pending"), order("PENDING", "failed")];
    const others = [
      order("PENDING", "cod", { paymentDueAtMs: null }),
      order("PENDING", "paid"),
      order("EXPIRED", "pending"),
      order("PENDING", "pending", { paymentDueAtMs: NOW_MS }),
    ];

    expect([...payable, ...others].map((each) => isPayable(each, NOW_MS))).toEqual([true, true, false, false, false, false]);
  });
});
