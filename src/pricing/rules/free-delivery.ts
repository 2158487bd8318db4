import type { Minor } from "../../rules/money.ts";
import type { Discount, LineToPrice, PricedLine, PricingFacts, PricingRule } from "./pricing-rule.ts";
import { refusalReason, targetsLine } from "./refusal.ts";

/**
 * The rules by which a line makes delivery free, as discounts of nothing. Delivery is of the whole cart: it is decided anew whenever the
 * cart changes, for reserved lines too, and rules that are not stackable keep only discounts of lines from each other.
 * @param rules in their order  @param subtotalMinor of all lines, before discounts
 */
export function freeDeliveryOf(
  line: LineToPrice,
  rules: readonly PricingRule[],
  facts: PricingFacts,
  subtotalMinor: Minor,
): Discount[] {
  return rules
    .filter((rule) => rule.freeDelivery && concerns(rule, line) && refusalReason(rule, line, facts, subtotalMinor) === undefined)
    .map(({ ruleId, name, usageLimit, usageLimitPerCustomer }) => {
      const isLimited = usageLimit !== null || usageLimitPerCustomer !== null;
      return { ruleId, name, amountMinor: 0, isOfCart: true, isLimited, isFreeDelivery: true };
    });
}

function concerns(rule: PricingRule, line: LineToPrice): boolean {
  const hasGroup = rule.type !== "buy_x_get_y" || line.quantity >= (rule.buyQuantity ?? 0) + (rule.getQuantity ?? 0);
  return targetsLine(rule, line) && hasGroup && (rule.promoCode === null || rule.promoCode === line.promoCode);
}

type Priced = Pick<PricedLine, "discounts">;

/** Whether any line makes delivery free. */
export function isDeliveryFree(lines: readonly Priced[]): boolean {
  return lines.some(({ discounts }) => discounts.some(({ isFreeDelivery }) => isFreeDelivery));
}

/**
 * The one rule whose use makes delivery free: one that is used anyway, else one without a limit, else the first.
 * @param isFree whether a use of the rule costs nothing
 */
export function freeDeliveryRule(lines: readonly Priced[], isFree: (ruleId: string) => boolean): string | undefined {
  const marks = lines.flatMap(({ discounts }) => discounts.filter(({ isFreeDelivery }) => isFreeDelivery));
  const ruleIds = marks.map(({ ruleId }) => ruleId);
  return ruleIds.find(isFree) ?? ruleIds[0];
}
