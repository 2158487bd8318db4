import { it } from "vitest";
import { NOON } from "../../support/pricing/pricing.ts";
import { amount, type Example, percent, priceExample } from "../../support/pricing/examples.ts";

/** The amounts were computed by hand: each says how. 100.00 rupees are 10,000 paise. */
const EXAMPLES: Example[] = [
  {
    // 12 × 150.00 = 1,800.00; 5 % of it = 90.00.
    says: "1. bulk, percent: a dozen has 5 % off",
    lines: [{ quantity: 12, unitPriceMinor: 15_000 }],
    rules: [percent(500, { ruleId: "bulk", type: "bulk_quantity", minQuantity: 12 })],
    off: [{ bulk: 9_000 }],
  },
  {
    // 11 < 12: nothing.
    says: "2. bulk: eleven are no dozen",
    lines: [{ quantity: 11, unitPriceMinor: 15_000 }],
    rules: [percent(500, { ruleId: "bulk", type: "bulk_quantity", minQuantity: 12 })],
    off: [{}],
    refused: { bulk: "quantity_too_small" },
  },
  {
    // 100.00 once for the line, not for each of 20 units.
    says: "3. bulk, absolute: an amount once for the line",
    lines: [{ quantity: 20, unitPriceMinor: 1_000 }],
    rules: [amount(10_000, { ruleId: "bulk", type: "bulk_quantity", minQuantity: 10, maxQuantity: 20 })],
    off: [{ bulk: 10_000 }],
  },
  {
    // 21 > 20: nothing.
    says: "4. bulk: one unit above the most",
    lines: [{ quantity: 21, unitPriceMinor: 1_000 }],
    rules: [amount(10_000, { ruleId: "bulk", type: "bulk_quantity", minQuantity: 10, maxQuantity: 20 })],
    off: [{}],
    refused: { bulk: "quantity_too_large" },
  },
  {
    // 3 × 33.35 = 100.05; 10 % = 10.005 → 10.01, half away from zero.
    says: "5. a half is rounded away from zero, once for the line",
    lines: [{ quantity: 3, unitPriceMinor: 3_335 }],
    rules: [percent(1_000, { ruleId: "sale" })],
    off: [{ sale: 1_001 }],
  },
  {
    // 12.5 % of 1.04 = 0.13; of 1.03 = 0.12875 → 0.13; of 0.99 = 0.12375 → 0.12.
    says: "6. more than a half is rounded up and less down, each line by itself",
    lines: [{ unitPriceMinor: 104 }, { unitPriceMinor: 103 }, { unitPriceMinor: 99 }],
    rules: [percent(1_250, { ruleId: "eighth", type: "seasonal_percentage", startAtMs: 0 })],
    off: [{ eighth: 13 }, { eighth: 13 }, { eighth: 12 }],
  },
  {
    // From 12:00:00.000 on, and it is that.
    says: "7. a season holds from its first millisecond",
    lines: [{}],
    rules: [percent(1_000, { ruleId: "now", type: "seasonal_percentage", startAtMs: NOON })],
    off: [{ now: 1_000 }],
  },
  {
    says: "8. and not one before",
    lines: [{}],
    rules: [percent(1_000, { ruleId: "soon", type: "seasonal_percentage", startAtMs: NOON + 1 })],
    off: [{}],
    refused: { soon: "not_started" },
  },
  {
    // Until just before 12:00:00.001, and it is 12:00:00.000.
    says: "9. it holds until its last millisecond",
    lines: [{}],
    rules: [amount(250, { ruleId: "still", type: "seasonal_percentage", endAtMs: NOON + 1 })],
    off: [{ still: 250 }],
  },
  {
    says: "10. and not at its end",
    lines: [{}],
    rules: [amount(250, { ruleId: "over", type: "seasonal_percentage", endAtMs: NOON })],
    off: [{}],
    refused: { over: "ended" },
  },
  {
    // 25 % of 100.00.
    says: "11. a tier, percent, for who has exactly it",
    lines: [{ tier: "gold" }],
    rules: [
      percent(2_500, { ruleId: "gold", type: "user_tier_percentage", userTier: "gold" }),
      percent(1_000, { ruleId: "silver", type: "user_tier_percentage", userTier: "silver" }),
    ],
    off: [{ gold: 2_500 }],
    refused: { silver: "other_tier" },
  },
  {
    // Nobody's tier matches no rule, not even of the standard tier.
    says: "12. a tier, absolute, and a guest, who has none",
    lines: [{ tier: null }, { tier: "standard" }],
    rules: [amount(500, { ruleId: "known", type: "user_tier_percentage", userTier: "standard" })],
    off: [{}, { known: 500 }],
  },
  {
    // 20 % of 100.00, where the line has the code; the other line has not.
    says: "13. a promo code, percent, is of the line that has it",
    lines: [{ promoCode: "DIWALI" }, {}],
    rules: [percent(2_000, { ruleId: "code", type: "promo_code_percentage", promoCode: "DIWALI" })],
    off: [{ code: 2_000 }, {}],
  },
  {
    // The line costs 100.00: 150.00 cannot be taken off.
    says: "14. a promo code, absolute: at most the line",
    lines: [{ promoCode: "GIFT" }],
    rules: [amount(15_000, { ruleId: "code", type: "promo_code_percentage", promoCode: "GIFT" })],
    off: [{ code: 10_000 }],
  },
  {
    says: "15. a code that no rule has is said to be unknown; a rule with another code is not told of",
    lines: [{ promoCode: "NOPE" }],
    rules: [percent(2_000, { ruleId: "secret", type: "promo_code_percentage", promoCode: "SECRET" })],
    off: [{}],
    refused: { NOPE: "promo_code_unknown" },
  },
  {
    says: "16. a code that is for other products says so",
    lines: [{ promoCode: "OIL", category: "Tea" }],
    rules: [percent(2_000, { ruleId: "oil", type: "promo_code_percentage", promoCode: "OIL", category: "Oil" })],
    off: [{}],
    refused: { oil: "other_products" },
  },
  {
    // 7 units are two groups of 2 + 1: two units free, at 100.00.
    says: "17. buy two get one, percent: one of three is free, and what is left over is paid",
    lines: [{ quantity: 7 }],
    rules: [percent(10_000, { ruleId: "free", type: "buy_x_get_y", buyQuantity: 2, getQuantity: 1 })],
    off: [{ free: 20_000 }],
  },
  {
    // Three groups of 1 + 1 in six: three units at half of 0.33 = 0.495 → 0.50, rounded once.
    says: "18. buy one get one at half the price: rounded once for the line",
    lines: [{ quantity: 6, unitPriceMinor: 33 }],
    rules: [percent(5_000, { ruleId: "half", type: "buy_x_get_y", buyQuantity: 1, getQuantity: 1 })],
    off: [{ half: 50 }],
  },
  {
    // Two groups of 2 + 2 in nine: 30.00 for each.
    says: "19. buy two get two, absolute: an amount for each full group",
    lines: [{ quantity: 9 }],
    rules: [amount(3_000, { ruleId: "pairs", type: "buy_x_get_y", buyQuantity: 2, getQuantity: 2 })],
    off: [{ pairs: 6_000 }],
  },
  {
    says: "20. two units are no group of three",
    lines: [{ quantity: 2 }],
    rules: [percent(10_000, { ruleId: "free", type: "buy_x_get_y", buyQuantity: 2, getQuantity: 1 })],
    off: [{}],
    refused: { free: "quantity_too_small" },
  },
];

it.for(EXAMPLES)("$says", (example, { expect }) => {
  const { off, refused, sums } = priceExample(example);

  expect(off).toEqual(example.off);
  expect(refused).toEqual(example.refused ?? {});
  expect(sums.every(({ beforeMinor, discountMinor, afterMinor }) => afterMinor === beforeMinor - discountMinor)).toBe(true);
});
