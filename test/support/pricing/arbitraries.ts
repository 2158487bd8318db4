import fc from "fast-check";
import {
  APPLIES_TO,
  DISCOUNT_TYPES,
  type LineToPrice,
  type PricingFacts,
  type PricingRule,
  RULE_TYPES,
} from "../../../src/pricing/rules/pricing-rule.ts";
import { TIERS } from "../../../src/rules/rights.ts";
import { NOON, ruleOf } from "./pricing.ts";

/** Few values of each kind, so that rules often match lines. */
const [PRODUCTS, CATEGORIES, CODES] = [
  ["p0", "p1", "p2"],
  ["Tea", "Oil"],
  ["A", "B"],
];

/** Mostly null, so that few of the many conditions are set. */
function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

const minor = fc.oneof(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 10_000_000_000 }));
const units = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 10_000 }));
const aroundNoon = fc.integer({ min: NOON - 1, max: NOON + 1 });

const conditions = {
  productId: rarely(fc.constantFrom(...PRODUCTS)),
  variantId: rarely(fc.constantFrom("v0", "v1")),
  category: rarely(fc.constantFrom(...CATEGORIES)),
  minQuantity: rarely(units),
  maxQuantity: rarely(units),
  userTier: rarely(fc.constantFrom(...TIERS)),
  promoCode: rarely(fc.constantFrom(...CODES)),
  startAtMs: rarely(aroundNoon),
  endAtMs: rarely(aroundNoon),
  minSubtotalMinor: rarely(minor),
  usageLimit: rarely(fc.integer({ min: 1, max: 3 })),
  usageLimitPerCustomer: rarely(fc.integer({ min: 1, max: 3 })),
};

function withId(rule: Partial<PricingRule>, index: number): PricingRule {
  return ruleOf({ ...rule, ruleId: `R${index}`, name: `Rule ${index}` });
}

/** Rules of all types with any conditions and distinct ids. */
const rulesArbitrary: fc.Arbitrary<PricingRule[]> = fc
  .array(
    fc.record({
      ...conditions,
      type: fc.constantFrom(...RULE_TYPES),
      discountType: fc.constantFrom(...DISCOUNT_TYPES),
      discountValue: fc.integer({ min: 1, max: 10_000 }),
      buyQuantity: fc.integer({ min: 1, max: 3 }),
      getQuantity: fc.integer({ min: 1, max: 3 }),
      appliesTo: fc.constantFrom(...APPLIES_TO),
      priority: fc.integer({ min: 0, max: 3 }),
      stackable: fc.boolean(),
      isActive: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
    }),
    { maxLength: 12 },
  )
  .map((rules) => rules.map(withId));

/** Lines with distinct numbers, cheap and expensive. */
export const linesArbitrary: fc.Arbitrary<LineToPrice[]> = fc
  .array(
    fc.record({
      productId: fc.constantFrom(...PRODUCTS),
      variantId: fc.constantFrom("v0", "v1"),
      category: fc.constantFrom(null, ...CATEGORIES),
      quantity: units,
      unitPriceMinor: minor,
      promoCode: fc.constantFrom(null, ...CODES, "C"),
      tier: fc.constantFrom(null, ...TIERS),
    }),
    { maxLength: 8 },
  )
  .map((lines) => lines.map((line, lineNo) => ({ ...line, lineNo })));

/** Pricing facts, for a customer or a guest. */
export const factsArbitrary: fc.Arbitrary<PricingFacts> = fc.record({
  rules: rulesArbitrary,
  customerId: fc.option(fc.constant("U1"), { nil: null }),
  nowMs: fc.constant(NOON),
  uses: fc
    .dictionary(
      fc.constantFrom("R0", "R1", "R2", "R3"),
      fc.record({ used: fc.integer({ min: 0, max: 3 }), usedByCustomer: fc.integer({ min: 0, max: 3 }) }),
    )
    .map((uses) => new Map(Object.entries(uses))),
});
