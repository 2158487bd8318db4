import { describe, it } from "vitest";
import type { Discount, PricedLine } from "../../../src/pricing/rules/pricing-rule.ts";
import { usesOf } from "../../../src/pricing/rules/bill.ts";
import { ruleOf } from "../../support/pricing/pricing.ts";

function lineWith(...discounts: Partial<Discount>[]): PricedLine {
  const sums = { beforeMinor: 100, discountMinor: 10, afterMinor: 90, isClosed: false };
  const whole = discounts.map((each) => ({ ruleId: "R", name: "R", amountMinor: 10, isOfCart: false, isLimited: true, ...each }));
  return { lineNo: 1, ...sums, discounts: whole };
}

describe("the uses of limited rules by an order", () => {
  it("count each limited rule once, however many lines it discounts", ({ expect }) => {
    const lines = [lineWith({ ruleId: "A" }, { ruleId: "B" }), lineWith({ ruleId: "A" }, { ruleId: "C" })];

    const rules = ["A", "B", "C"].map((ruleId) => ruleOf({ ruleId, usageLimit: ruleId === "B" ? null : 9 }));

    expect(usesOf(lines, { rules, customerId: null }, 0)).toEqual([
      { ruleId: "A", customerId: null },
      { ruleId: "C", customerId: null },
    ]);
  });

  it("do not count a rule that is no longer active, even if a cart still has its discount", ({ expect }) => {
    expect(usesOf([lineWith({ ruleId: "A" })], { rules: [ruleOf({ ruleId: "B" })], customerId: null }, 0)).toEqual([]);
  });

  it("name the customer only for rules with a limit per customer", ({ expect }) => {
    const rules = [ruleOf({ ruleId: "A", usageLimit: 1 }), ruleOf({ ruleId: "B", usageLimitPerCustomer: 1 })];

    expect(usesOf([lineWith({ ruleId: "A" }, { ruleId: "B" })], { rules, customerId: "asha" }, 0)).toEqual([
      { ruleId: "A", customerId: null },
      { ruleId: "B", customerId: "asha" },
    ]);
  });
});
