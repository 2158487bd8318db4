import { describe, it } from "vitest";
import type { PricingRule } from "../../../src/pricing/rules/pricing-rule.ts";
import { priceLines } from "../../../src/pricing/rules/quote.ts";
import { factsOf, lineOf, ruleOf } from "../../support/pricing/pricing.ts";

/** Ten per cent first, and then a rule. */
function priced(more: Partial<PricingRule>, line = {}) {
  const rules = [
    ruleOf({ ruleId: "first", priority: 1 }),
    ruleOf({ ruleId: "second", priority: 2, discountValue: 2_000, ...more }),
  ];
  return priceLines([lineOf(line)], factsOf(rules)).lines[0]?.discounts.map(({ amountMinor }) => amountMinor);
}

describe("a rule after another", () => {
  it.for([
    ["of the whole price, by default", {}, {}, [1_000, 2_000]],
    ["of what is left", { appliesTo: "discounted" }, {}, [1_000, 1_800]],
    ["an amount, which has no base", { appliesTo: "discounted", discountType: "absolute" }, {}, [1_000, 2_000]],
    [
      "of the units that are free, at what is left of their price",
      { appliesTo: "discounted", type: "buy_x_get_y", buyQuantity: 1, getQuantity: 1, discountValue: 10_000 },
      { quantity: 2 },
      [2_000, 9_000],
    ],
  ] as const)("takes its percentage %s", ([, more, line, amounts], { expect }) => {
    expect(priced(more, line)).toEqual(amounts);
  });

  it("does so by the order of the rules, also where a snapshot fixed the discount of a later one", ({ expect }) => {
    const snapshot = {
      discounts: [{ ruleId: "later", name: "", amountMinor: 3_000, isOfCart: false, isLimited: false }],
      isClosed: false,
    };
    const rules = [
      ruleOf({ ruleId: "cart", priority: 1, appliesTo: "discounted" }),
      ruleOf({ ruleId: "later", priority: 2, type: "bulk_quantity", minQuantity: 1 }),
    ];

    const [line] = priceLines([lineOf({ snapshot })], factsOf(rules)).lines;

    expect(line?.discounts.map(({ ruleId, amountMinor }) => [ruleId, amountMinor])).toEqual([
      ["later", 3_000],
      ["cart", 1_000],
    ]);
  });
});
