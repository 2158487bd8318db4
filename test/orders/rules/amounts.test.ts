import fc from "fast-check";
import { describe, it } from "vitest";
import { amountOfUnits, amountsOf, type CreditedLine, creditedOf } from "../../../src/orders/rules/amounts.ts";
import { PAYMENT_STATUSES } from "../../../src/orders/rules/order.ts";
import type { SummedRow } from "../../../src/orders/rules/payment-status.ts";
import { ORDER_STATUSES } from "../../../src/orders/rules/statuses.ts";

const RUNS = { numRuns: 500 };

/** What an order with these lines and delivery costs. */
function totalOf(lines: readonly CreditedLine[], deliveryMinor: number, taxIncluded: boolean): number {
  return lines.reduce((sum, line) => sum + line.lineTotalMinor + (taxIncluded ? 0 : line.taxMinor), deliveryMinor);
}

function lineWith(quantity: number, lineTotalMinor: number, more: Partial<CreditedLine> = {}): CreditedLine {
  return { quantity, lineTotalMinor, taxMinor: 0, cancelled: 0, returned: 0, ...more };
}

describe("the value of what was cancelled or came back", () => {
  it.for([
    ["nothing", [lineWith(2, 100), lineWith(1, 60)], 0],
    ["one of two lines", [lineWith(1, 100), lineWith(1, 60, { returned: 1 })], 60],
    ["a unit of three", [lineWith(3, 100, { cancelled: 1 }), lineWith(1, 60)], 33],
    [
      "two units of three, one cancelled and one returned",
      [lineWith(3, 100, { cancelled: 1, returned: 1 }), lineWith(1, 60)],
      67,
    ],
    ["a line with its added tax", [lineWith(1, 100), lineWith(1, 60, { returned: 1, taxMinor: 6 })], 66],
    ["everything: with delivery", [lineWith(2, 100, { cancelled: 1, returned: 1 }), lineWith(1, 60, { returned: 1 })], 209],
  ] as const)("of %s", ([, lines, value], { expect }) => {
    const totalMinor = totalOf(lines, 49, false);

    expect(creditedOf({ totalMinor, taxIncluded: false, currency: "INR" }, lines)).toBe(value);
  });

  it("adds up to the total exactly, however the units are cancelled and returned, never falling and never above it", ({
    expect,
  }) => {
    const lineOf = fc.record({
      quantity: fc.integer({ min: 1, max: 12 }),
      lineTotalMinor: fc.nat(99_999),
      taxMinor: fc.nat(9_999),
    });
    const order = fc.record({
      lines: fc.array(lineOf, { minLength: 1, maxLength: 5 }),
      deliveryMinor: fc.nat(9_999),
      taxIncluded: fc.boolean(),
      currency: fc.constantFrom("INR", "KWD", "JPY"),
      seed: fc.infiniteStream(fc.nat()),
    });
    fc.assert(
      fc.property(order, ({ lines: drawn, deliveryMinor, taxIncluded, currency, seed }) => {
        const lines = drawn.map((each) => ({ ...each, cancelled: 0, returned: 0 }));
        const row = { totalMinor: totalOf(lines, deliveryMinor, taxIncluded), taxIncluded, currency };
        let credited = creditedOf(row, lines);
        let sum = credited;
        const isLeft = (each: CreditedLine) => each.cancelled + each.returned < each.quantity;
        while (lines.some(isLeft)) {
          const open = lines.filter(isLeft);
          const [at = 0, how = 0] = [seed.next().value, seed.next().value];
          const chosen = open[at % open.length];
          if (chosen) chosen[how % 2 === 0 ? "cancelled" : "returned"] += 1;
          const next = creditedOf(row, lines);
          expect(next).toBeGreaterThanOrEqual(credited);
          expect(Number.isSafeInteger(next)).toBe(true);
          sum += next - credited;
          credited = next;
        }
        expect([credited, sum]).toEqual([row.totalMinor, row.totalMinor]);
      }),
      RUNS,
    );
  });

  it("is one that Stripe can refund, where the prices are", ({ expect }) => {
    const amounts = fc.tuple(fc.nat(10_000), fc.integer({ min: 1, max: 20 }), fc.nat(20));
    fc.assert(
      fc.property(amounts, ([tens, quantity, units]) => {
        expect(amountOfUnits(tens * 10, Math.min(units, quantity), quantity, "KWD") % 10).toBe(0);
      }),
    );
    expect(amountOfUnits(1_005, 1, 3, "KWD")).toBe(335);
  });
});

describe("what an order's customer and its shop owe", () => {
  const row = (status: SummedRow["status"], paymentStatus: SummedRow["paymentStatus"], more: Partial<SummedRow> = {}) => {
    return { status, paymentStatus, totalMinor: 160, creditedMinor: 0, paidMinor: 0, refundedMinor: 0, ...more };
  };

  it.for([
    ["cash, nothing paid", row("PENDING", "cod"), 160, 0],
    ["cash, a part came back at the door", row("PROCESSING", "cod", { creditedMinor: 60 }), 100, 0],
    ["cash, and that was confirmed", row("PROCESSING", "paid", { creditedMinor: 60, paidMinor: 100 }), 0, 0],
    ["a card, waiting", row("PENDING", "pending"), 160, 0],
    ["a card, paid in part", row("PENDING", "failed", { paidMinor: 60 }), 100, 0],
    ["a card, paid in part and refunded", row("PENDING", "pending", { paidMinor: 60, refundedMinor: 60 }), 160, 0],
    ["paid", row("COMPLETED", "paid", { paidMinor: 160 }), 0, 0],
    ["paid, and a part came back", row("COMPLETED", "paid", { paidMinor: 160, creditedMinor: 60 }), 0, 60],
    ["and was refunded", row("COMPLETED", "partially_refunded", { paidMinor: 160, creditedMinor: 60, refundedMinor: 60 }), 0, 0],
    [
      "paid, and a part refunded for nothing",
      row("COMPLETED", "partially_refunded", { paidMinor: 160, refundedMinor: 10 }),
      0,
      0,
    ],
    ["paid twice", row("PROCESSING", "paid", { paidMinor: 320 }), 0, 160],
    ["cancelled, not paid", row("CANCELLED", "pending"), 0, 0],
    ["cancelled, paid", row("CANCELLED", "refund_due", { paidMinor: 160 }), 0, 160],
    ["expired, paid in part", row("EXPIRED", "refund_due", { paidMinor: 60 }), 0, 60],
    ["expired, and paid late: it may still be supplied", row("EXPIRED", "paid", { paidMinor: 160 }), 0, 0],
    ["wholly returned, not paid", row("RETURNED", "cod", { creditedMinor: 160 }), 0, 0],
    ["wholly returned, paid", row("RETURNED", "refund_due", { paidMinor: 160, creditedMinor: 160 }), 0, 160],
  ] as const)("%s", ([, order, amountDueMinor, refundDueMinor], { expect }) => {
    expect(amountsOf(order)).toEqual({ amountDueMinor, refundDueMinor });
  });

  it("is never both, and never negative", ({ expect }) => {
    const orders = fc.record({
      status: fc.constantFrom(...ORDER_STATUSES),
      paymentStatus: fc.constantFrom(...PAYMENT_STATUSES),
      totalMinor: fc.nat(300),
      creditedMinor: fc.nat(300),
      paidMinor: fc.nat(300),
      refundedMinor: fc.nat(300),
    });
    fc.assert(
      fc.property(orders, (drawn) => {
        const creditedMinor = Math.min(drawn.creditedMinor, drawn.totalMinor);
        const refundedMinor = Math.min(drawn.refundedMinor, drawn.paidMinor);
        const { amountDueMinor, refundDueMinor } = amountsOf({ ...drawn, creditedMinor, refundedMinor });

        expect(Math.min(amountDueMinor, refundDueMinor)).toBe(0);
        expect(refundDueMinor).toBeLessThanOrEqual(drawn.paidMinor - refundedMinor);
        expect(amountDueMinor).toBeLessThanOrEqual(drawn.totalMinor);
      }),
      RUNS,
    );
  });
});
