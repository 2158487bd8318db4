import type { Minor } from "../../rules/money.ts";
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
   * The discount on each line that meets the rule's conditions; the caller caps it at what is left of the line.
   * @param lines in the order of their numbers  @returns one amount per line
   */
  discountsFor: (rule: PricingRule, lines: readonly OpenLine[]) => Minor[];
}
