import { type Minor, shareOf } from "../../rules/money.ts";
import type { PricingRule } from "./pricing-rule.ts";

/** A line of which a rule may still take something. */
export interface OpenLine {
  lineNo: number;
  quantity: number;
  unitPriceMinor: Minor;
  /** Unit price × quantity: what every discount is taken from. */
  beforeMinor: Minor;
  /** What the rules before it left. */
  leftMinor: Minor;
}

/** The conditions that make a rule of a type what its type says. */
export type Condition = "minQuantity" | "userTier" | "promoCode" | "startAtMs" | "endAtMs" | "buyQuantity" | "getQuantity";

/** What a type of rules means. */
export interface RuleKind {
  /** Of each list at least one must be set. */
  needs: readonly (readonly Condition[])[];
  /** It is about all lines together: computed anew whenever any of them changes. */
  isOfCart: boolean;
  /**
   * What a rule would take off each of the lines that fulfil its conditions; no more than is left is taken.
   * @param lines in the order of their numbers  @returns one amount for each
   */
  takes: (rule: PricingRule, lines: readonly OpenLine[]) => Minor[];
}

/** Takes a percentage of each line, or an amount once off each. */
export function takeOffEach(rule: PricingRule, lines: readonly OpenLine[]): Minor[] {
  const { discountType, discountValue } = rule;
  return lines.map(({ beforeMinor }) => (discountType === "percent" ? shareOf(beforeMinor, discountValue) : discountValue));
}
