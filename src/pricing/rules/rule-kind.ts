import type { Minor } from "../../rules/money.ts";
import type { PricingRule } from "./pricing-rule.ts";

/** A line to which a rule applies. */
export interface OpenLine {
  lineNo: number;
  quantity: number;
  unitPriceMinor: Minor;
  /** The base of every percentage: unit price × quantity, or what earlier rules left of it. */
  beforeMinor: Minor;
  /** What earlier rules left of the price. */
  leftMinor: Minor;
}

/** The conditions that a rule type can require. */
export type Condition = "minQuantity" | "userTier" | "promoCode" | "startAtMs" | "endAtMs" | "buyQuantity" | "getQuantity";

/** The behaviour of a rule type. */
export interface RuleKind {
  /** Required conditions: of each list at least one. */
  needs: readonly (readonly Condition[])[];
  /** It discounts all lines together, and is computed anew whenever the cart changes. */
  isOfCart: boolean;
  /**
   * The discount on each line that meets the rule's conditions; the caller caps it at what is left of the line.
   * @param lines in the order of their numbers  @param stepMinor an amount that lines share is shared in multiples of it
   * @returns one amount per line
   */
  discountsFor: (rule: PricingRule, lines: readonly OpenLine[], stepMinor: Minor) => Minor[];
}
