import fc from "fast-check";
import { describe, it } from "vitest";
import {
  decideDispute,
  DISPUTE_STATUSES,
  type DisputeReport,
  type DisputeRow,
  disputeStatusOf,
} from "../../../src/payments/rules/dispute.ts";

const NOW_MS = 1_000;

function report(status: DisputeRow["status"], reportedAtS = 1): DisputeReport {
  return { disputeId: "dp_1", orderId: "ORD1", paymentId: "PAY1", amountMinor: 100, reason: "fraudulent", status, reportedAtS };
}

/** The status after reports, in this order. */
function after(reports: readonly DisputeReport[]): string | undefined {
  return reports.reduce<DisputeRow | undefined>((known, each) => decideDispute(known, each, NOW_MS) ?? known, undefined)?.status;
}

describe("a dispute", () => {
  it.for([
    ["warning_needs_response", "inquiry"],
    ["warning_under_review", "inquiry"],
    ["warning_closed", "won"],
    ["needs_response", "open"],
    ["under_review", "open"],
    ["won", "won"],
    ["lost", "lost"],
    ["prevented", "won"],
    ["appeal_under_review", "lost"],
    ["a status of tomorrow", "open"],
  ] as const)("that Stripe calls %s is %s", ([stripe, status], { expect }) => {
    expect(disputeStatusOf(stripe)).toBe(status);
  });

  it.for([
    ["opens", [report("open")], "open"],
    ["grows from an inquiry", [report("inquiry"), report("open", 2)], "open"],
    ["is no inquiry again", [report("open"), report("inquiry", 2)], "open"],
    ["is not opened by an older report", [report("won", 5), report("open", 1)], "won"],
    ["is not opened by a newer one, which was sent before its end was", [report("lost", 5), report("open", 6)], "lost"],
    ["is won by an appeal", [report("lost", 5), report("won", 9)], "won"],
    ["is not lost again by an older report", [report("won", 9), report("lost", 5)], "won"],
    ["that was lost twice is not won by the report between", [report("lost", 5), report("lost", 9), report("won", 7)], "lost"],
  ] as const)("%s", ([, reports, status], { expect }) => {
    expect(after(reports)).toBe(status);
  });

  it.for([
    ["won", ["lost", "won"]],
    ["lost", ["lost", "won", "lost"]],
    ["won", ["won", "lost", "won"]],
  ] as const)("is %s, as its newest end says, in any order and however often reports come: %s", ([status, ends], { expect }) => {
    const opened = [report("inquiry", 1), report("open", 2), report("open", 3)];
    const reports = [...opened, ...ends.map((end, no) => report(end, no + 4))];
    const orders = fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 });
    fc.assert(
      fc.property(orders, (order) => {
        expect(after(order)).toBe(status);
      }),
    );
    expect(DISPUTE_STATUSES).toHaveLength(4);
  });
});
