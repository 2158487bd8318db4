import { MAX_SUM_MINOR, type Minor, roundToStep } from "../../rules/money.ts";
import { buyXGetY } from "./buy-x-get-y.ts";
import { cartTotal } from "./cart-total.ts";
import { freeDeliveryOf } from "./free-delivery.ts";
import type { LineToPrice, PricedLine, PricingFacts, PricingRule, RefusalReason, RefusedRule, RuleType } from "./pricing-rule.ts";
import { bulkQuantity, promoCodePercentage, seasonalPercentage, userTierPercentage } from "./percentage-rules.ts";
import { targetsLine, refusalReason } from "./refusal.ts";
import type { RuleKind } from "./rule-kind.ts";

/** The behaviour of every rule type. */
export const RULE_KINDS: Readonly<Record<RuleType, RuleKind>> = {
  bulk_quantity: bulkQuantity,
  seasonal_percentage: seasonalPercentage,
  user_tier_percentage: userTierPercentage,
  promo_code_percentage: promoCodePercentage,
  buy_x_get_y: buyXGetY,
  cart_total: cartTotal,
};

/**
 * Whether a rule is one of the whole cart: it discounts all lines together, or its conditions are the cart's, so that it is computed anew
 * whenever the cart changes and fixes no price.
 */
function isRuleOfCart({ type, promoCode, minSubtotalMinor }: PricingRule): boolean {
  return RULE_KINDS[type].isOfCart || promoCode !== null || minSubtotalMinor !== null;
}

/** The state of a line while rules are applied one after the other. */
interface PricingLine extends PricedLine {
  line: LineToPrice;
  /** A rule that is not stackable has applied, of the line or of the cart. */
  isStopped: boolean;
  /** The rule that closed the line's snapshot: later rules in the order no longer apply. */
  closedBy: string | undefined;
}

/**
 * Prices lines: rules apply in the order of priority until one that is not stackable has applied. Each discount is computed from the line's
 * whole price, and together they never exceed it. The order of the arguments changes nothing (docs/pricing.md).
 * @param lines with distinct numbers
 * @returns the lines by number, and the rules that target them but took nothing off, and made no delivery free
 */
export function priceLines(lines: readonly LineToPrice[], facts: PricingFacts): { lines: PricedLine[]; refused: RefusedRule[] } {
  const rules = facts.rules.filter(({ isActive }) => isActive).toSorted(byPriority);
  const places = new Map(rules.map(({ ruleId }, place) => [ruleId, place]));
  const ids = new Set(rules.map(({ ruleId }) => ruleId));
  const pricing = lines.toSorted((a, b) => a.lineNo - b.lineNo).map((line) => startPricing(line, ids));
  const subtotalMinor = pricing.reduce((sum, { beforeMinor }) => sum + beforeMinor, 0);
  const marks = pricing.map(({ line }) => freeDeliveryOf(line, rules, facts, subtotalMinor));
  const free = new Set(marks.flat().map(({ ruleId }) => ruleId));
  const refused = rules.flatMap((rule): RefusedRule[] => {
    const reason = applyRule(rule, pricing, (line) => refusalReason(rule, line, facts, subtotalMinor), {
      stepMinor: facts.stepMinor ?? 1,
      isBefore: (ruleId) => (places.get(ruleId) ?? -1) < (places.get(rule.ruleId) ?? 0),
    });
    for (const each of pricing) each.isStopped ||= each.closedBy === rule.ruleId;
    return reason === undefined || free.has(rule.ruleId) ? [] : [{ ruleId: rule.ruleId, promoCode: rule.promoCode, reason }];
  });
  for (const [index, each] of pricing.entries()) each.discounts.push(...(marks[index] ?? []));
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
  // Where the closing rule no longer exists it has no place in the order, so the line is closed to all rules.
  const isDone = isClosed && (closedBy === undefined || !ruleIds.has(closedBy));
  const sumMinor = discounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const discountMinor = Math.min(sumMinor, beforeMinor);
  const afterMinor = beforeMinor - discountMinor;
  return { line, lineNo: line.lineNo, beforeMinor, discountMinor, afterMinor, discounts, isClosed, isStopped: isDone, closedBy };
}

/** @returns the first reason why the rule took nothing off any line; `undefined` where it did, or where it does not concern the lines */
function applyRule(
  rule: PricingRule,
  pricing: readonly PricingLine[],
  refusal: (line: LineToPrice) => RefusalReason | undefined,
  { stepMinor, isBefore }: { stepMinor: Minor; isBefore: (ruleId: string) => boolean },
): RefusalReason | undefined {
  const kind = RULE_KINDS[rule.type];
  const candidates = pricing.filter(
    ({ line, discounts }) =>
      (isRuleOfCart(rule) ? !hasDiscount(discounts, rule) : !line.snapshot) &&
      (rule.promoCode === null || rule.promoCode === line.promoCode),
  );
  const targets = candidates.filter(({ line }) => targetsLine(rule, line));
  // Only a rule with a promo code that a line names is reported as being for other products.
  if (targets.length === 0) return candidates.length > 0 && rule.promoCode !== null ? "other_products" : undefined;
  const decided = targets.map((each) => ({ each, reason: refusal(each.line) ?? stoppedReason(each) }));
  const open = decided.filter(({ reason }) => reason === undefined).map(({ each }) => each);
  const amounts = kind.discountsFor(
    rule,
    open.map((each) => ({ ...each.line, beforeMinor: baseOf(rule, each, isBefore), leftMinor: each.afterMinor })),
    stepMinor,
  );
  const discounted = open.filter((each, index) => applyDiscount(each, rule, amounts[index] ?? 0, stepMinor));
  if (discounted.length > 0) return undefined;
  return decided.find(({ reason }) => reason !== undefined)?.reason ?? noEffectReason(rule);
}

/** Of what a rule takes its percentage. The discounts of a snapshot are there already, but count only where their rules come first. */
function baseOf(
  { appliesTo }: PricingRule,
  { beforeMinor, discounts }: PricingLine,
  isBefore: (ruleId: string) => boolean,
): Minor {
  if (appliesTo === "base") return beforeMinor;
  const earlier = discounts.filter(({ ruleId }) => isBefore(ruleId));
  return Math.max(
    0,
    earlier.reduce((left, { amountMinor }) => left - amountMinor, beforeMinor),
  );
}

/** A snapshot of a release before 0.4.0 fixed the discounts of promo codes. */
function hasDiscount(discounts: PricedLine["discounts"], { ruleId }: PricingRule): boolean {
  return discounts.some((each) => each.ruleId === ruleId);
}

function stoppedReason({ isStopped: isDone, afterMinor }: PricingLine): RefusalReason | undefined {
  return isDone || afterMinor === 0 ? "not_combinable" : undefined;
}

/** All conditions hold, but there is no full group of units, or the discount rounds to zero. */
function noEffectReason(rule: PricingRule): RefusalReason {
  return rule.type === "buy_x_get_y" ? "quantity_too_small" : "subtotal_too_small";
}

/** @returns whether the discount is above zero */
function applyDiscount(each: PricingLine, rule: PricingRule, wantedMinor: Minor, stepMinor: Minor): boolean {
  // What takes all that is left needs no rounding.
  const roundedMinor = wantedMinor < each.afterMinor ? roundToStep(wantedMinor, stepMinor) : wantedMinor;
  const amountMinor = Math.min(roundedMinor, each.afterMinor);
  if (amountMinor <= 0) return false;
  const isOfCart = isRuleOfCart(rule);
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

/** A unit price and a quantity. */
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

/** The price of a line before discounts; exact up to `MAX_SUM_MINOR`, which `totalsOf` checks. */
export function lineTotal(line: Units): Minor {
  return line.unitPriceMinor * line.quantity;
}

/**
 * Sums up an order.
 * @returns `undefined` when the sum exceeds `MAX_SUM_MINOR`, above which it could be inexact
 */
export function totalsOf(lines: readonly Units[], deliveryCostMinor: Minor): Totals | undefined {
  // A product or sum beyond 2^53 is rounded, but never from above the largest sum to below it.
  const subtotalMinor = lines.reduce((sum, line) => sum + lineTotal(line), 0);
  const totalMinor = subtotalMinor + deliveryCostMinor;
  return totalMinor <= MAX_SUM_MINOR ? { subtotalMinor, deliveryCostMinor, totalMinor } : undefined;
}
