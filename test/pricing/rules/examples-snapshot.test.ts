import { it } from "vitest";
import type { Discount } from "../../../src/pricing/rules/pricing-rule.ts";
import { amount, type Example, percent, priceExample } from "../../support/pricing/examples.ts";

function discountOf(ruleId: string, amountMinor: number): Discount {
  return { ruleId, name: "A rule", amountMinor, isOfCart: false, isLimited: false };
}

/** The amounts were computed by hand: each says how. Every line costs 100.00 where nothing is said. */
const EXAMPLES: Example[] = [
  {
    // Snapshot: 30 % of 100.00. Rules of the line do not apply again; the cart-wide 10 % are computed anew.
    says: "31. a snapshot keeps the line's own discounts, and cart-wide ones are computed anew",
    lines: [
      { snapshot: { discounts: [discountOf("gone", 3_000), { ...discountOf("cart", 77), isOfCart: true }], isClosed: false } },
    ],
    rules: [percent(1_000, { ruleId: "cart" }), percent(5_000, { ruleId: "new", type: "bulk_quantity", minQuantity: 1 })],
    off: [{ gone: 3_000, cart: 1_000 }],
  },
  {
    // The snapshot has 95.00 of 100.00, so only 5.00 of the cart-wide 10.00 fit.
    says: "32. discounts of the snapshot count towards the cap of the line",
    lines: [{ snapshot: { discounts: [discountOf("gone", 9_500)], isClosed: false } }],
    rules: [amount(1_000, { ruleId: "cart" })],
    off: [{ gone: 9_500, cart: 500 }],
  },
  {
    // The closed line gets no share: the other one has all 10.00.
    says: "33. a closed snapshot is closed to cart-wide rules too",
    lines: [{ snapshot: { discounts: [discountOf("only", 100)], isClosed: true } }, {}],
    rules: [amount(1_000, { ruleId: "cart" })],
    off: [{ only: 100 }, { cart: 1_000 }],
  },
  {
    // As when it was priced: first the cart-wide 5 %, then 1.00, and nothing after it.
    says: "34. it is closed only to rules after the one that closed it, while that rule exists",
    lines: [{ snapshot: { discounts: [discountOf("only", 100)], isClosed: true } }],
    rules: [
      percent(500, { ruleId: "before", priority: 1 }),
      amount(100, { ruleId: "only", type: "bulk_quantity", minQuantity: 1, priority: 2, stackable: false }),
      percent(500, { ruleId: "after", priority: 3 }),
    ],
    off: [{ only: 100, before: 500 }],
    refused: { after: "not_combinable" },
  },
  {
    // 20 of 20 are used.
    says: "35. a rule whose usage limit is reached",
    lines: [{ promoCode: "DIWALI" }],
    rules: [percent(1_000, { ruleId: "code", promoCode: "DIWALI", usageLimit: 20 })],
    facts: { uses: new Map([["code", { used: 20, usedByCustomer: 0 }]]) },
    off: [{}],
    refused: { code: "used_up" },
  },
  {
    // 19 of 20 are used: 10 % of 100.00.
    says: "36. one use below the limit",
    lines: [{ promoCode: "DIWALI" }],
    rules: [percent(1_000, { ruleId: "code", promoCode: "DIWALI", usageLimit: 20 })],
    facts: { uses: new Map([["code", { used: 19, usedByCustomer: 0 }]]) },
    off: [{ code: 1_000 }],
  },
  {
    says: "37. a limit per customer counts only that customer's uses",
    lines: [{}],
    rules: [
      percent(1_000, { ruleId: "mine", usageLimitPerCustomer: 2 }),
      percent(500, { ruleId: "others", usageLimitPerCustomer: 1 }),
    ],
    facts: {
      customerId: "U1",
      uses: new Map([
        ["mine", { used: 2, usedByCustomer: 2 }],
        ["others", { used: 9, usedByCustomer: 0 }],
      ]),
    },
    // 5 % of 100.00.
    off: [{ others: 500 }],
    refused: { mine: "used_up_by_customer" },
  },
  {
    says: "38. a limit per customer excludes guests",
    lines: [{}],
    rules: [percent(1_000, { ruleId: "mine", usageLimitPerCustomer: 2 })],
    off: [{}],
    refused: { mine: "account_needed" },
  },
  {
    // 1 % of 0.49 = 0.0049 → 0.00: it does not apply, so it ends nothing. 10 % of 0.49 = 0.049 → 0.05.
    says: "39. a discount that rounds to zero does not count as applied",
    lines: [{ unitPriceMinor: 49 }],
    rules: [percent(100, { ruleId: "tiny", priority: 1, stackable: false }), percent(1_000, { ruleId: "ten" })],
    off: [{ ten: 5 }],
    refused: { tiny: "subtotal_too_small" },
  },
  {
    says: "40. a line that costs nothing has no discounts",
    lines: [{ unitPriceMinor: 0 }],
    rules: [amount(100, { ruleId: "cart" }), percent(1_000, { ruleId: "ten" })],
    off: [{}],
    refused: { cart: "not_combinable", ten: "not_combinable" },
  },
];

it.for(EXAMPLES)("$says", (example, { expect }) => {
  const { off, refused, sums } = priceExample(example);

  expect(off).toEqual(example.off);
  expect(refused).toEqual(example.refused ?? {});
  expect(sums.every(({ beforeMinor, discountMinor, afterMinor }) => afterMinor === beforeMinor - discountMinor)).toBe(true);
});
