import { describe, it } from "vitest";
import { decideMove } from "../../../src/orders/rules/move.ts";
import type { OrderRow } from "../../../src/orders/rules/order.ts";
import { isOpen, movesFrom, ORDER_STATUSES, type OrderStatus } from "../../../src/orders/rules/statuses.ts";

const NOW_MS = 1_000;
const FACTS = { hasReturns: false, nowMs: NOW_MS };

function order(change: Partial<OrderRow>): OrderRow {
  return { status: "PENDING", paymentStatus: "cod", updatedAtMs: 1, dueAtMs: 5, fulfillmentStatus: null, ...change } as OrderRow;
}

describe("the table of moves", () => {
  it("has exactly the shop's moves, each by its cause", ({ expect }) => {
    const all = (cause: Parameters<typeof movesFrom>[1]) =>
      ORDER_STATUSES.flatMap((from) => movesFrom(from, cause).map((to) => `${from} ${to}`));

    expect(all("hand")).toEqual(["PENDING PROCESSING", "PENDING CANCELLED", "PROCESSING COMPLETED", "PROCESSING CANCELLED"]);
    expect(all("shipment")).toEqual(["PENDING COMPLETED"]);
    expect(all("return")).toEqual(["PROCESSING RETURNED", "COMPLETED RETURNED"]);
    expect(all("time")).toEqual(["PENDING EXPIRED"]);
    expect(all("late_money")).toEqual(["EXPIRED PROCESSING", "EXPIRED CANCELLED"]);
  });

  it("counts orders as open that can be cancelled", ({ expect }) => {
    expect(ORDER_STATUSES.filter(isOpen)).toEqual(["PENDING", "PROCESSING"]);
  });
});

describe("a manual move", () => {
  it.for(ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to): [OrderStatus, OrderStatus] => [from, to])))(
    "from %s to %s is allowed only where the table has it",
    ([from, to], { expect }) => {
      const decided = decideMove(order({ status: from }), to, FACTS);

      expect("after" in decided).toBe(movesFrom(from, "hand").includes(to));
    },
  );

  it("to CANCELLED is refused once a part of the order has left", ({ expect }) => {
    const decided = decideMove(order({ status: "PROCESSING", fulfillmentStatus: "partially_fulfilled" }), "CANCELLED", FACTS);

    expect(decided).toMatchObject({ refused: expect.stringContaining("has left"), possible: ["COMPLETED"] });
  });

  it.for([
    ["pending", false],
    ["failed", false],
    ["refund_due", false],
    ["cod", true],
    ["paid", true],
    ["partially_refunded", true],
    ["refunded", false],
  ] as const)("to PROCESSING of an order whose payment is %s: %s", ([paymentStatus, allowed], { expect }) => {
    const decided = decideMove(order({ paymentStatus }), "PROCESSING", FACTS);

    expect("after" in decided).toBe(allowed);
    if (!allowed) expect(decided).toMatchObject({ possible: ["CANCELLED"] });
  });

  it("to CANCELLED is refused after a return, with the possible statuses", ({ expect }) => {
    const decided = decideMove(order({ status: "PROCESSING" }), "CANCELLED", { ...FACTS, hasReturns: true });

    expect(decided).toMatchObject({ possible: ["COMPLETED"] });
  });

  it.for([
    ["paid", 1, "refund_due"],
    ["partially_refunded", 1, "refund_due"],
    ["cod", 0, "cod"],
    ["pending", 0, "pending"],
    ["failed", 0, "failed"],
  ] as const)("to CANCELLED leaves a payment that is %s, with %i paid, as %s", ([before, paidMinor, after], { expect }) => {
    const paid = { paymentStatus: before, paidMinor, refundedMinor: 0, totalMinor: 1 };

    expect(decideMove(order(paid), "CANCELLED", FACTS)).toMatchObject({
      after: { paymentStatus: after },
    });
  });

  it("clears what the sweep would handle, and is later than the change before, even within one millisecond", ({ expect }) => {
    expect(decideMove(order({}), "PROCESSING", FACTS)).toMatchObject({ after: { dueAtMs: null, updatedAtMs: NOW_MS } });
    expect(decideMove(order({ updatedAtMs: NOW_MS }), "PROCESSING", FACTS)).toMatchObject({
      after: { updatedAtMs: NOW_MS + 1 },
    });
  });
});
