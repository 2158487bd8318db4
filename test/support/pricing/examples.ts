import type { LineToPrice, PricedLine, PricingFacts, PricingRule } from "../../../src/pricing/rules/pricing-rule.ts";
import { priceLines } from "../../../src/pricing/rules/quote.ts";
import { factsOf, lineOf, ruleOf } from "./pricing.ts";

/** Lines, rules and the discounts that they give, computed by hand. */
export interface Example {
  says: string;
  lines: Partial<LineToPrice>[];
  rules: Partial<PricingRule>[];
  facts?: Partial<PricingFacts>;
  /** The discounts of each line by rule, in minor units. */
  off: Record<string, number>[];
  refused?: Record<string, string>;
}

/** A rule with a percentage off. */
export const percent = (bps: number, more: Partial<PricingRule> = {}): Partial<PricingRule> => ({ discountValue: bps, ...more });
/** A rule with an amount off. */
export const amount = (minor: number, more: Partial<PricingRule> = {}): Partial<PricingRule> => ({
  discountType: "absolute",
  discountValue: minor,
  ...more,
});

/** Prices an example with the real code. */
export function priceExample(example: Example): Pick<Example, "off" | "refused"> & { sums: PricedLine[] } {
  const lines = example.lines.map((line, lineNo) => lineOf({ lineNo, ...line }));
  const priced = priceLines(lines, factsOf(example.rules.map(ruleOf), example.facts));
  const off = priced.lines.map(({ discounts }) => Object.fromEntries(discounts.map((each) => [each.ruleId, each.amountMinor])));
  const refused = priced.refused.map(({ ruleId, promoCode, reason }) => [ruleId ?? promoCode, reason]);
  return { off, refused: Object.fromEntries(refused), sums: priced.lines };
}
