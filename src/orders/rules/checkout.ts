import type { DiscountSnapshot, LineToPrice, PricedLine, PricingFacts } from "../../pricing/rules/pricing-rule.ts";
import { lineTotal } from "../../pricing/rules/quote.ts";
import { useLimitReason } from "../../pricing/rules/refusal.ts";
import type { Minor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { Allocation, StockLine } from "../../stock/rules/allocate.ts";
import type { LineForSale } from "../../pricing/rules/lines.ts";

/** A cart as its checkout needs it. */
export interface CartHead {
  cartId: string;
  generation: number;
  /** Of the newest edit. */
  editNo: number;
  /** The order that it became. */
  orderId: string | null;
  userId: string | null;
  /** Whose taxes it was shown with; null for the shop's. */
  country: string | null;
  /** Normalised. */
  postalCode: string | null;
  /** As of `CartRow`. */
  promoCode: string | null;
}

/** A line of a cart, with the price that is fixed while it is reserved. */
export interface CartLine {
  productId: string;
  variantId: string;
  quantity: number;
  unitPriceMinor: Minor;
  kept: DiscountSnapshot;
  promoCode: string | null;
  tier: Tier | null;
  /** Null where nothing is reserved any more. */
  reservedUntilMs: number | null;
}

type SaleLine = LineForSale & LineToPrice;

/** A line to be sold: as the cart has it, its snapshot price, and as it is priced now. */
export interface CheckoutLine {
  inCart: SaleLine;
  snapshot: PricedLine;
  line: SaleLine;
}

/**
 * The prices of a checkout's lines: a reserved line has its snapshot, whatever changed since; a line that is not reserved, or whose
 * discount uses a rule that has no use left, is priced again.
 * @param lost variants of which the objects had no units any more  @param tier the buyer's own
 */
export function checkoutLines(
  forSale: readonly LineForSale[],
  cart: readonly CartLine[],
  facts: PricingFacts,
  { tier, lost }: { tier: Tier | null; lost: ReadonlySet<string> },
): CheckoutLine[] {
  return forSale.flatMap((item) => {
    const kept = cart.find(({ variantId }) => variantId === item.variantId);
    if (!kept) return [];
    const isReserved = (kept.reservedUntilMs ?? 0) > facts.nowMs && !lost.has(item.variantId);
    // Rules of the whole cart are computed anew anyhow.
    const isFixed = isReserved && kept.kept.discounts.every(({ ruleId, isOfCart }) => isOfCart || hasUse(ruleId, facts));
    const { promoCode } = kept;
    const inCart = { ...item, unitPriceMinor: kept.unitPriceMinor, promoCode, tier: kept.tier, snapshot: kept.kept };
    const line = isFixed ? inCart : { ...item, promoCode, tier };
    return [{ inCart, snapshot: snapshotOf(inCart), line }];
  });
}

/** A rule that is no longer active still gives the discount of the snapshot, without counting a use. */
function hasUse(ruleId: string, facts: PricingFacts): boolean {
  const rule = facts.rules.find((each) => each.ruleId === ruleId);
  return rule === undefined || useLimitReason(rule, facts) === undefined;
}

function snapshotOf({ snapshot, ...line }: LineForSale & LineToPrice & { snapshot: DiscountSnapshot }): PricedLine {
  const beforeMinor = lineTotal(line);
  const sumMinor = snapshot.discounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const discountMinor = Math.min(sumMinor, beforeMinor);
  return { lineNo: line.lineNo, beforeMinor, discountMinor, afterMinor: beforeMinor - discountMinor, ...snapshot };
}

/**
 * Whether the objects hold for a checkout what was quoted: another checkout of the cart may have asked for other units, or for
 * another address.
 * @param eligible the warehouses that may supply it
 */
export function isQuoted(
  demand: Iterable<readonly StockLine[]>,
  allocations: readonly Allocation[],
  eligible: readonly string[],
): boolean {
  if (!allocations.every(({ warehouseId }) => eligible.includes(warehouseId))) return false;
  const left = new Map<string, number>();
  for (const { variantId, quantity } of [...demand].flat()) left.set(variantId, (left.get(variantId) ?? 0) + quantity);
  for (const { variantId, quantity } of allocations) left.set(variantId, (left.get(variantId) ?? 0) - quantity);
  return [...left.values()].every((quantity) => quantity === 0);
}
