import { MAX_SUM_MINOR, type Minor } from "../../rules/money.ts";
import type { LineToPrice, PricedLine, PricingFacts, RefusedRule } from "./pricing-rule.ts";
import { priceLines, totalsOf } from "./quote.ts";
import { rateFor, type TaxRate, taxOf } from "./tax.ts";

/** What a bill depends on beside its lines. */
export interface BillTerms extends PricingFacts {
  taxes: readonly TaxRate[];
  /** Where the goods go. */
  country: string;
  /** Whether prices have their tax in them; else it is added to them. */
  taxIncluded: boolean;
  /** Delivery is not taxed. */
  deliveryCostMinor: Minor;
}

/** A line with what it costs, and the tax on that. */
export interface BilledLine extends PricedLine {
  taxMinor: Minor;
  taxBps: number;
}

/** The sums of a bill, in minor units. */
export interface BillTotals {
  /** Unit price × quantity of all lines, before discounts. */
  subtotalMinor: Minor;
  discountMinor: Minor;
  taxMinor: Minor;
  taxIncluded: boolean;
  deliveryCostMinor: Minor;
  /** Subtotal less discounts, with delivery, and with the tax where prices do not include it. */
  totalMinor: Minor;
}

/** What lines cost together. */
export interface Bill<L> {
  lines: (L & BilledLine)[];
  totals: BillTotals;
  refused: RefusedRule[];
  /** What is counted when the bill becomes an order. */
  uses: CountedUse[];
  /** Promo codes that were named and take nothing off. */
  unusedCodes: string[];
}

/**
 * Prices lines together: rules, taxes line by line, sums.
 * @param price the prices of the lines, where they stand already
 * @returns `undefined` where a sum passes `MAX_SUM_MINOR`, above which it could be inexact
 */
export function billFor<L extends LineToPrice>(
  lines: readonly L[],
  terms: BillTerms,
  price = () => priceLines(lines, terms),
): Bill<L> | undefined {
  const { deliveryCostMinor, taxIncluded, rules } = terms;
  const gross = totalsOf(lines, deliveryCostMinor);
  if (!gross) return undefined;
  const { lines: priced, refused } = price();
  const byNo = new Map(priced.map((line) => [line.lineNo, line]));
  const billed = lines.flatMap((line) => {
    const found = byNo.get(line.lineNo);
    return found ? [{ ...line, ...found, ...taxOn(line, found, terms) }] : [];
  });
  const discountMinor = sum(billed.map((line) => line.discountMinor));
  const taxMinor = sum(billed.map((line) => line.taxMinor));
  const totalMinor = gross.totalMinor - discountMinor + (taxIncluded ? 0 : taxMinor);
  if (totalMinor > MAX_SUM_MINOR) return undefined;
  return {
    lines: billed,
    totals: { ...gross, discountMinor, taxMinor, taxIncluded, totalMinor },
    refused,
    uses: usesOf(billed, terms),
    unusedCodes: unusedCodes(billed, rules),
  };
}

function taxOn({ category }: LineToPrice, { afterMinor }: PricedLine, { taxes, country, taxIncluded }: BillTerms) {
  const taxBps = rateFor(taxes, country, category);
  return { taxBps, taxMinor: taxOf(afterMinor, taxBps, taxIncluded) };
}

/** A line whose price is kept is not asked again whether its code takes something off. */
function unusedCodes(lines: readonly (LineToPrice & PricedLine)[], rules: BillTerms["rules"]): string[] {
  const asked = lines.filter(({ snapshot }) => snapshot === undefined).map(({ promoCode }) => promoCode);
  const applied = new Set(lines.flatMap(({ discounts }) => discounts.map(({ ruleId }) => ruleId)));
  const atWork = new Set(rules.filter(({ ruleId }) => applied.has(ruleId)).map(({ promoCode }) => promoCode));
  return [...new Set(asked)].filter((code) => code !== null && !atWork.has(code)) as string[];
}

function sum(amounts: readonly Minor[]): Minor {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** One use of a limited rule by an order; by which customer, where the rule is limited for each. */
export interface CountedUse {
  ruleId: string;
  customerId: string | null;
}

/** What an order uses of limited rules that are active: each once, however many lines it is about. */
export function usesOf(
  lines: readonly PricedLine[],
  { rules, customerId }: Pick<PricingFacts, "rules" | "customerId">,
): CountedUse[] {
  const ruleIds = new Set(lines.flatMap(({ discounts }) => discounts.map(({ ruleId }) => ruleId)));
  // What a cart has kept of a rule may be older than its limit.
  const limited = rules.filter((rule) => rule.usageLimit !== null || rule.usageLimitPerCustomer !== null);
  return [...ruleIds].flatMap((ruleId) => {
    const rule = limited.find((each) => each.ruleId === ruleId);
    return rule ? [{ ruleId, customerId: rule.usageLimitPerCustomer === null ? null : customerId }] : [];
  });
}
