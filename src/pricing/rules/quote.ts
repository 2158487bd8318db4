import { MAX_SUM_MINOR, type Minor } from "../../rules/money.ts";
import { buyXGetY } from "./buy-x-get-y.ts";
import { cartTotal } from "./cart-total.ts";
import type { LineToPrice, PricedLine, PricingFacts, PricingRule, RefusalReason, RefusedRule, RuleType } from "./pricing-rule.ts";
import { bulkQuantity, promoCodePercentage, seasonalPercentage, userTierPercentage } from "./percentage-rules.ts";
import { targetsLine, refusalReason } from "./refusal.ts";
import type { RuleKind } from "./rule-kind.ts";

/** Every type of rules, one line each. */
export const RULE_KINDS: Readonly<Record<RuleType, RuleKind>> = {
  bulk_quantity: bulkQuantity,
  seasonal_percentage: seasonalPercentage,
  user_tier_percentage: userTierPercentage,
  promo_code_percentage: promoCodePercentage,
  buy_x_get_y: buyXGetY,
  cart_total: cartTotal,
};

/** A line while rules are asked, one after the other. */
interface PricingLine extends PricedLine {
  line: LineToPrice;
  /** A rule that is not stackable applied, about the line or the cart. */
  isStopped: boolean;
  /** Of a kept line the rule that closed it: it is done from that rule's place on. */
  closedBy: string | undefined;
}

/**
 * Prices lines by rules: each takes its discount from the line's whole price, in the order of priority, until one that is not stackable
 * applied; together never more than the line costs. The order of rules and lines changes nothing (docs/pricing.md).
 * @param lines each number once
 * @returns the lines in the order of their numbers, and the rules that could have been about them and took nothing off any
 */
export function priceLines(lines: readonly LineToPrice[], facts: PricingFacts): { lines: PricedLine[]; refused: RefusedRule[] } {
  const rules = facts.rules.filter(({ isActive }) => isActive).toSorted(byPriority);
  const ids = new Set(rules.map(({ ruleId }) => ruleId));
  const pricing = lines.toSorted((a, b) => a.lineNo - b.lineNo).map((line) => startPricing(line, ids));
  const subtotalMinor = pricing.reduce((sum, { beforeMinor }) => sum + beforeMinor, 0);
  const refused = rules.flatMap((rule): RefusedRule[] => {
    const reason = applyRule(rule, pricing, (line) => refusalReason(rule, line, facts, subtotalMinor));
    for (const each of pricing) each.isStopped ||= each.closedBy === rule.ruleId;
    return reason === undefined ? [] : [{ ruleId: rule.ruleId, promoCode: rule.promoCode, reason }];
  });
  return { lines: pricing.map(toPriced), refused: [...unknownCodes(pricing, rules), ...refused] };
}

function byPriority(a: PricingRule, b: PricingRule): number {
  return a.priority - b.priority || (a.ruleId < b.ruleId ? -1 : 1);
}

function startPricing(line: LineToPrice, ruleIds: ReadonlySet<string>): PricingLine {
  const beforeMinor = lineTotal(line);
  const discounts = line.snapshot?.discounts.filter(({ isOfCart }) => !isOfCart) ?? [];
  const isClosed = line.snapshot?.isClosed ?? false;
  const closedBy = isClosed ? discounts.at(-1)?.ruleId : undefined;
  // A closing rule that is gone has no place any more among those that are there.
  const isDone = isClosed && (closedBy === undefined || !ruleIds.has(closedBy));
  const sumMinor = discounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const discountMinor = Math.min(sumMinor, beforeMinor);
  const afterMinor = beforeMinor - discountMinor;
  return { line, lineNo: line.lineNo, beforeMinor, discountMinor, afterMinor, discounts, isClosed, isStopped: isDone, closedBy };
}

/** @returns the first reason why the rule took nothing off any line; `undefined` where it did, or nobody asked for it */
function applyRule(
  rule: PricingRule,
  pricing: readonly PricingLine[],
  refusal: (line: LineToPrice) => RefusalReason | undefined,
): RefusalReason | undefined {
  const kind = RULE_KINDS[rule.type];
  const asking = pricing.filter(
    ({ line }) => (kind.isOfCart || !line.snapshot) && (rule.promoCode === null || rule.promoCode === line.promoCode),
  );
  const about = asking.filter(({ line }) => targetsLine(rule, line));
  // Nobody who gave no code is told of a rule about other products.
  if (about.length === 0) return asking.length > 0 && rule.promoCode !== null ? "other_products" : undefined;
  const decided = about.map((each) => ({ each, reason: refusal(each.line) ?? stoppedReason(each) }));
  const open = decided.filter(({ reason }) => reason === undefined).map(({ each }) => each);
  const amounts = kind.discountsFor(
    rule,
    open.map(({ line, beforeMinor, afterMinor }) => ({ ...line, beforeMinor, leftMinor: afterMinor })),
  );
  const taken = open.filter((each, index) => applyDiscount(each, rule, amounts[index] ?? 0));
  if (taken.length > 0) return undefined;
  return decided.find(({ reason }) => reason !== undefined)?.reason ?? noEffectReason(rule);
}

function stoppedReason({ isStopped: isDone, afterMinor }: PricingLine): RefusalReason | undefined {
  return isDone || afterMinor === 0 ? "not_combinable" : undefined;
}

/** All conditions hold, and yet there is no full group of units, or what would be taken off rounds to nothing. */
function noEffectReason(rule: PricingRule): RefusalReason {
  return rule.type === "buy_x_get_y" ? "quantity_too_small" : "subtotal_too_small";
}

/** @returns whether there was anything to take off */
function applyDiscount(each: PricingLine, rule: PricingRule, wantedMinor: Minor): boolean {
  const amountMinor = Math.min(wantedMinor, each.afterMinor);
  if (amountMinor <= 0) return false;
  const { isOfCart } = RULE_KINDS[rule.type];
  const isLimited = rule.usageLimit !== null || rule.usageLimitPerCustomer !== null;
  each.discounts.push({ ruleId: rule.ruleId, name: rule.name, amountMinor, isOfCart, isLimited });
  each.discountMinor += amountMinor;
  each.afterMinor -= amountMinor;
  each.isStopped ||= !rule.stackable;
  each.isClosed ||= !rule.stackable && !isOfCart;
  return true;
}

function unknownCodes(pricing: readonly PricingLine[], rules: readonly PricingRule[]): RefusedRule[] {
  const known = new Set(rules.map(({ promoCode }) => promoCode));
  const codes = new Set(pricing.map(({ line }) => line.promoCode));
  return [...codes].flatMap((promoCode) =>
    known.has(promoCode) || promoCode === null ? [] : [{ ruleId: null, promoCode, reason: "promo_code_unknown" as const }],
  );
}

function toPriced({ lineNo, beforeMinor, discountMinor, afterMinor, discounts, isClosed }: PricingLine): PricedLine {
  return { lineNo, beforeMinor, discountMinor, afterMinor, discounts, isClosed };
}

/** What one unit costs, and how many there are. */
interface Units {
  unitPriceMinor: Minor;
  quantity: number;
}

/** The sums of an order, in minor units. */
export interface Totals {
  subtotalMinor: Minor;
  deliveryCostMinor: Minor;
  totalMinor: Minor;
}

/** What a line costs; exact up to `MAX_SUM_MINOR`, which `totalsOf` sees to. */
export function lineTotal(line: Units): Minor {
  return line.unitPriceMinor * line.quantity;
}

/**
 * Adds up an order.
 * @returns `undefined` when the sum passes `MAX_SUM_MINOR`, above which it could be inexact
 */
export function totalsOf(lines: readonly Units[], deliveryCostMinor: Minor): Totals | undefined {
  // A product or sum beyond 2^53 is rounded, but never from above the largest sum to below it.
  const subtotalMinor = lines.reduce((sum, line) => sum + lineTotal(line), 0);
  const totalMinor = subtotalMinor + deliveryCostMinor;
  return totalMinor <= MAX_SUM_MINOR ? { subtotalMinor, deliveryCostMinor, totalMinor } : undefined;
}
