import type { Minor } from "../../rules/money.ts";
import { discountEachLine } from "./percentage-rules.ts";
import type { OpenLine, RuleKind } from "./rule-kind.ts";

/** Off all lines together: a percentage of each, or one amount that they share. */
export const cartTotal: RuleKind = {
  needs: [],
  isOfCart: true,
  discountsFor: (rule, lines) =>
    rule.discountType === "percent" ? discountEachLine(rule, lines) : shareAmount(rule.discountValue, lines),
};

/**
 * Shares an amount out over lines in proportion to what they cost, exactly. What a line has no room for goes to the others, in the
 * same proportion; what none has room for is not taken.
 */
function shareAmount(amountMinor: Minor, lines: readonly OpenLine[]): Minor[] {
  const taken = lines.map(() => 0);
  const roomOf = (at: number) => (lines[at]?.leftMinor ?? 0) - (taken[at] ?? 0);
  let left = amountMinor;
  let open = [...lines.keys()].filter((at) => roomOf(at) > 0);
  // Each round places all that is left, or fills a line.
  while (left > 0 && open.length > 0) {
    const shares = splitProportionally(
      left,
      open.map((at) => lines[at]?.beforeMinor ?? 0),
    );
    for (const [index, at] of open.entries()) {
      const share = Math.min(shares[index] ?? 0, roomOf(at));
      taken[at] = (taken[at] ?? 0) + share;
      left -= share;
    }
    open = open.filter((at) => roomOf(at) > 0);
  }
  return taken;
}

/** Cuts an amount in proportion to weights, by the largest remainder: of equal remainders the first gets the unit. */
function splitProportionally(amountMinor: Minor, weights: readonly number[]): Minor[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  const parts = weights.map((weight, index) => {
    const product = BigInt(amountMinor) * BigInt(weight);
    return { index, share: Number(product / sum), remainder: product % sum };
  });
  const missing = amountMinor - parts.reduce((total, { share }) => total + share, 0);
  const byRemainder = parts.toSorted((a, b) => Number(b.remainder - a.remainder) || a.index - b.index);
  for (const part of byRemainder.slice(0, missing)) part.share += 1;
  return parts.map(({ share }) => share);
}
