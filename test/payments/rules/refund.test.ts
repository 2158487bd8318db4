import fc from "fast-check";
import { describe, it } from "vitest";
import { heldOf } from "../../../src/orders/rules/payment-status.ts";
import type { OrderRow } from "../../../src/orders/rules/order.ts";
import type { Money, PaymentRow, RefundRow } from "../../../src/payments/rules/payment.ts";
import { afterRefund, leftOf, partsOf, unrecordedRefund } from "../../../src/payments/rules/refund.ts";

const NOW_MS = 1_000;

function payment(paymentId: string, amountMinor: number, currency = "INR"): PaymentRow {
  return { paymentId, amountMinor, currency } as PaymentRow;
}

function refund(paymentId: string, amountMinor: number, status: RefundRow["status"] = "succeeded"): RefundRow {
  return { refundId: `REF${paymentId}`, paymentId, amountMinor, status } as RefundRow;
}

function order(more: Partial<OrderRow>): OrderRow {
  const sums = { totalMinor: 100, paidMinor: 100, refundedMinor: 0, creditedMinor: 0, currency: "INR" };
  return { status: "COMPLETED", paymentStatus: "paid", ...sums, updatedAtMs: 1, dueAtMs: null, ...more } as OrderRow;
}

describe("the parts of a refund", () => {
  it("are of the oldest payments first, never more than is left of each, and not in another currency", ({ expect }) => {
    const money: Money = {
      payments: [payment("a", 100), payment("b", 50, "USD"), payment("c", 30), payment("d", 30)],
      refunds: [refund("a", 90), refund("c", 30, "failed")],
    };

    const parts = partsOf(order({}), money, 50);

    expect(parts.map(({ payment: { paymentId }, amountMinor }) => [paymentId, amountMinor])).toEqual([
      ["a", 10],
      ["c", 30],
      ["d", 10],
    ]);
  });

  it("add up to it exactly, for any payments and refunds before", ({ expect }) => {
    const amounts = fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { maxLength: 8 });
    fc.assert(
      fc.property(amounts, fc.nat(10_000), (pairs, wish) => {
        const money: Money = {
          payments: pairs.map(([paid], index) => payment(String(index), paid)),
          refunds: pairs.map(([paid, back], index) => refund(String(index), Math.min(paid, back))),
        };
        const held = money.payments.reduce((sum, each) => sum + leftOf(each, money), 0);
        const amount = Math.min(wish, held);

        const parts = partsOf(order({}), money, amount);

        expect(parts.reduce((sum, part) => sum + part.amountMinor, 0)).toBe(amount);
        expect(parts.every((part) => part.amountMinor > 0 && part.amountMinor <= leftOf(part.payment, money))).toBe(true);
      }),
    );
  });
});

describe("the total that a provider has refunded", () => {
  it.for([
    [0, [], 0],
    [40, [], 40],
    [40, [refund("a", 40)], 0],
    [40, [refund("a", 10, "recorded"), refund("a", 10, "pending")], 20],
    [40, [refund("a", 40, "failed")], 0],
    [40, [refund("a", 70)], 0],
    [40, [refund("b", 40)], 40],
    [400, [], 100],
    [40, [{ ...refund("a", 30), refundId: "DSPdp_1" }], 40],
    [90, [{ ...refund("a", 30), refundId: "DSPdp_1" }], 70],
  ] as const)("%i, with recorded refunds, leaves so much unrecorded", ([back, refunds, unknown], { expect }) => {
    expect(unrecordedRefund(payment("a", 100), { payments: [], refunds: [...refunds] }, back)).toBe(unknown);
  });
});

describe("an order after a refund", () => {
  it.for([
    ["COMPLETED", "paid", 0, 40, "partially_refunded"],
    ["COMPLETED", "partially_refunded", 40, 60, "refunded"],
    ["COMPLETED", "refunded", 100, -100, "paid"],
    ["CANCELLED", "refund_due", 0, 99, "refund_due"],
    ["CANCELLED", "refund_due", 99, 1, "refunded"],
    ["CANCELLED", "refunded", 100, -1, "refund_due"],
    ["EXPIRED", "paid", 0, 1, "refund_due"],
    ["EXPIRED", "paid", 0, 100, "refunded"],
  ] as const)(
    "%s and %s, with %i back and %i more: %s",
    ([status, paymentStatus, refundedMinor, amount, becomes], { expect }) => {
      const after = afterRefund(order({ status, paymentStatus, refundedMinor, dueAtMs: 5 }), amount, NOW_MS);

      expect(after).toMatchObject({ paymentStatus: becomes, refundedMinor: refundedMinor + amount, updatedAtMs: NOW_MS });
      expect(after.dueAtMs).toBe(status === "EXPIRED" ? null : 5);
    },
  );

  it("that was paid late and too much is still settled with units when the surplus was refunded", ({ expect }) => {
    const late = order({ status: "EXPIRED", paidMinor: 150, dueAtMs: 5 });

    expect(afterRefund(late, 50, NOW_MS)).toMatchObject({ paymentStatus: "paid", dueAtMs: 5 });
    expect(heldOf(afterRefund(late, 50, NOW_MS))).toBe(100);
  });
});
