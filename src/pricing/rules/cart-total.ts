import { type Minor, roundToStep } from "../../rules/money.ts";
import { discountEachLine } from "./percentage-rules.ts";
import type { OpenLine, RuleKind } from "./rule-kind.ts";

/** Discounts all lines together: a percentage of each, or one amount that they share. */
export const cartTotal: RuleKind = {
  needs: [],
  isOfCart: true,
  discountsFor: (rule, lines, stepMinor) =>
    rule.discountType === "percent"
      ? discountEachLine(rule, lines)
      : shareAmount(roundToStep(rule.discountValue, stepMinor), lines, stepMinor),
};

/**
 * Splits an amount over lines in proportion to their prices, exactly. What exceeds the rest of a line goes to the other lines, in the same
 * proportion; what exceeds the rest of all lines is dropped.
 */
function shareAmount(amountMinor: Minor, lines: readonly OpenLine[], stepMinor: Minor): Minor[] {
  const shares = lines.map(() => 0);
  const restOf = (at: number) => (lines[at]?.leftMinor ?? 0) - (shares[at] ?? 0);
  let left = amountMinor;
  let open = [...lines.keys()].filter((at) => restOf(at) > 0);
  // Each round distributes all that is left, or exhausts a line.
  while (left >= stepMinor && open.length > 0) {
    const parts = splitProportionally(
      Math.floor(left / stepMinor),
      open.map((at) => lines[at]?.beforeMinor ?? 0),
    );
    for (const [index, at] of open.entries()) {
      const share = Math.min((parts[index] ?? 0) * stepMinor, restOf(at));
      shares[at] = (shares[at] ?? 0) + share;
      left -= share;
    }
    open = open.filter((at) => restOf(at) > 0);
  }
  return shares;
}

/** Splits a number in proportion to weights by the largest remainder; of equal remainders the first gets the unit. */
function splitProportionally(amount: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  const parts = weights.map((weight, index) => {
    const product = BigInt(amount) * BigInt(weight);
    return { index, share: Number(product / sum), remainder: product % sum };
  });
  const undistributed = amount - parts.reduce((total, { share }) => total + share, 0);
  const byRemainder = parts.toSorted((a, b) => Number(b.remainder - a.remainder) || a.index - b.index);
  for (const part of byRemainder.slice(0, undistributed)) part.share += 1;
  return parts.map(({ share }) => share);
}
