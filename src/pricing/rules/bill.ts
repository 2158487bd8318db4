import { MAX_SUM_MINOR, type Minor, roundToStep } from "../../rules/money.ts";
import { freeDeliveryRule, isDeliveryFree } from "./free-delivery.ts";
import type { LineToPrice, PricedLine, PricingFacts, PricingRule, RefusedRule } from "./pricing-rule.ts";
import { priceLines, totalsOf } from "./quote.ts";
import { rateFor, type TaxRate, taxOf } from "./tax.ts";

/** What a bill depends on besides its lines. */
export interface BillTerms extends PricingFacts {
  taxes: readonly TaxRate[];
  /** Of the destination. */
  country: string;
  /** Whether prices include their tax; otherwise it is added. */
  taxIncluded: boolean;
  /** What delivery costs where no rule makes it free. */
  deliveryCostMinor: Minor;
  /** Whether delivery is taxed, at the country's default rate; not by default. */
  taxDelivery?: boolean | undefined;
}

/** A priced line with its tax. */
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
  /** Subtotal less discounts, plus delivery, plus the tax where prices do not include it. */
  totalMinor: Minor;
}

/** Lines with their prices, taxes and sums. */
export interface Bill<L> {
  lines: (L & BilledLine)[];
  totals: BillTotals;
  refused: RefusedRule[];
  /** The uses of limited rules that are counted when the bill becomes an order. */
  uses: CountedUse[];
  /** Promo codes of the lines that take nothing off, and make no delivery free that would cost something. */
  unusedCodes: string[];
  /** Whether a rule makes delivery free, whatever it would cost. */
  isDeliveryFree: boolean;
}

/**
 * Prices lines together: discounts, taxes line by line, sums.
 * @param price overrides how the lines are priced
 * @returns `undefined` where a sum exceeds `MAX_SUM_MINOR`, above which it could be inexact
 */
export function billFor<L extends LineToPrice>(
  lines: readonly L[],
  terms: BillTerms,
  price = () => priceLines(lines, terms),
): Bill<L> | undefined {
  const { taxIncluded } = terms;
  const gross = totalsOf(lines, terms.deliveryCostMinor);
  if (!gross) return undefined;
  const { lines: priced, refused } = price();
  const byNo = new Map(priced.map((line) => [line.lineNo, line]));
  const billed = lines.flatMap((line) => {
    const prices = byNo.get(line.lineNo);
    return prices ? [{ ...line, ...prices, ...taxOn(line, prices, terms) }] : [];
  });
  const isFree = isDeliveryFree(billed);
  const deliveryCostMinor = isFree ? 0 : terms.deliveryCostMinor;
  const discountMinor = sum(billed.map((line) => line.discountMinor));
  const taxMinor = sum(billed.map((line) => line.taxMinor)) + deliveryTaxOf(deliveryCostMinor, terms);
  const totalMinor = gross.subtotalMinor + deliveryCostMinor - discountMinor + (taxIncluded ? 0 : taxMinor);
  if (totalMinor > MAX_SUM_MINOR) return undefined;
  return {
    lines: billed,
    totals: { ...gross, deliveryCostMinor, discountMinor, taxMinor, taxIncluded, totalMinor },
    refused,
    uses: usesOf(billed, terms, terms.deliveryCostMinor),
    unusedCodes: unusedCodes(billed, terms),
    isDeliveryFree: isFree,
  };
}

function taxOn({ category }: LineToPrice, { afterMinor }: PricedLine, { taxes, country, taxIncluded, stepMinor }: BillTerms) {
  const taxBps = rateFor(taxes, country, category);
  const taxMinor = taxOf(afterMinor, taxBps, taxIncluded);
  return { taxBps, taxMinor: taxIncluded ? taxMinor : roundToStep(taxMinor, stepMinor ?? 1) };
}

/** The tax of delivery: part of its cost, or added to it. */
export function deliveryTaxOf(
  deliveryCostMinor: Minor,
  { taxes, country, taxIncluded, taxDelivery = false, stepMinor }: Omit<BillTerms, "deliveryCostMinor">,
): Minor {
  const taxMinor = taxDelivery ? taxOf(deliveryCostMinor, rateFor(taxes, country, null), taxIncluded) : 0;
  return taxIncluded ? taxMinor : roundToStep(taxMinor, stepMinor ?? 1);
}

/** The code of a line with a price snapshot is not judged again. */
function unusedCodes(
  lines: readonly (LineToPrice & PricedLine)[],
  { rules, deliveryCostMinor }: Pick<BillTerms, "rules" | "deliveryCostMinor">,
): string[] {
  const named = lines.filter(({ snapshot }) => snapshot === undefined).map(({ promoCode }) => promoCode);
  const effective = lines.flatMap(({ discounts }) => discounts.filter((each) => !each.isFreeDelivery || deliveryCostMinor > 0));
  const applied = new Set(effective.map(({ ruleId }) => ruleId));
  const usedCodes = new Set(rules.filter(({ ruleId }) => applied.has(ruleId)).map(({ promoCode }) => promoCode));
  return [...new Set(named)].filter((code) => code !== null && !usedCodes.has(code)) as string[];
}

function sum(amounts: readonly Minor[]): Minor {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** One use of a limited rule by an order; with the customer where the rule has a limit per customer. */
export interface CountedUse {
  ruleId: string;
  customerId: string | null;
}

type LimitedRule = Pick<PricingRule, "ruleId" | "usageLimit" | "usageLimitPerCustomer">;

/**
 * The active limited rules that an order uses: each once, however many of its lines it discounts. A rule that does no more than to make
 * delivery free is used where delivery would cost something, and no other rule makes it free.
 */
export function usesOf(
  lines: readonly Pick<PricedLine, "discounts">[],
  { rules, customerId }: Pick<PricingFacts, "customerId"> & { rules: readonly LimitedRule[] },
  deliveryCostMinor: Minor,
): CountedUse[] {
  const discounts = lines.flatMap((line) => line.discounts.filter(({ isFreeDelivery }) => !isFreeDelivery));
  const ruleIds = new Set(discounts.map(({ ruleId }) => ruleId));
  // A snapshot says whether the rule was limited when the line was priced; what counts is whether it is now.
  const limited = rules.filter((rule) => rule.usageLimit !== null || rule.usageLimitPerCustomer !== null);
  const isUncounted = (ruleId: string) => ruleIds.has(ruleId) || !limited.some((each) => each.ruleId === ruleId);
  const free = deliveryCostMinor > 0 ? freeDeliveryRule(lines, isUncounted) : undefined;
  if (free !== undefined) ruleIds.add(free);
  return [...ruleIds].flatMap((ruleId) => {
    const rule = limited.find((each) => each.ruleId === ruleId);
    return rule ? [{ ruleId, customerId: rule.usageLimitPerCustomer === null ? null : customerId }] : [];
  });
}
