import { describe, it } from "vitest";
import type { Discount, PricedLine } from "../../../src/pricing/rules/pricing-rule.ts";
import { usesOf } from "../../../src/pricing/rules/bill.ts";
import { ruleOf } from "../../support/pricing/pricing.ts";

function lineWith(...discounts: Partial<Discount>[]): PricedLine {
  const sums = { beforeMinor: 100, discountMinor: 10, afterMinor: 90, isClosed: false };
  const whole = discounts.map((each) => ({ ruleId: "R", name: "R", amountMinor: 10, isOfCart: false, isLimited: true, ...each }));
  return { lineNo: 1, ...sums, discounts: whole };
}

describe("what an order uses of limited rules", () => {
  it("is each rule once, however many lines it is about, and no rule without a limit", ({ expect }) => {
    const lines = [lineWith({ ruleId: "A" }, { ruleId: "B" }), lineWith({ ruleId: "A" }, { ruleId: "C" })];

    const rules = ["A", "B", "C"].map((ruleId) => ruleOf({ ruleId, usageLimit: ruleId === "B" ? null : 9 }));

    expect(usesOf(lines, { rules, customerId: null })).toEqual([
      { ruleId: "A", customerId: null },
      { ruleId: "C", customerId: null },
    ]);
  });

  it("is none of a rule that is no longer active, though a cart still has what it promised", ({ expect }) => {
    expect(usesOf([lineWith({ ruleId: "A" })], { rules: [ruleOf({ ruleId: "B" })], customerId: null })).toEqual([]);
  });

  it("names the customer where the rule is limited for each, and nobody else", ({ expect }) => {
    const rules = [ruleOf({ ruleId: "A", usageLimit: 1 }), ruleOf({ ruleId: "B", usageLimitPerCustomer: 1 })];

    expect(usesOf([lineWith({ ruleId: "A" }, { ruleId: "B" })], { rules, customerId: "asha" })).toEqual([
      { ruleId: "A", customerId: null },
      { ruleId: "B", customerId: "asha" },
    ]);
  });
});
