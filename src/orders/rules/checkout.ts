import type { DiscountSnapshot, LineToPrice, PricedLine, PricingFacts } from "../../pricing/rules/pricing-rule.ts";
import { lineTotal } from "../../pricing/rules/quote.ts";
import { useLimitReason } from "../../pricing/rules/refusal.ts";
import type { Minor } from "../../rules/money.ts";
import type { Tier } from "../../rules/rights.ts";
import type { Allocation, StockLine } from "../../stock/rules/allocate.ts";
import type { LineForSale } from "../../pricing/rules/lines.ts";

/** A cart, as far as its checkout goes. */
export interface CartHead {
  cartId: string;
  generation: number;
  /** Of the newest edit that it was read with. */
  editNo: number;
  /** The order that it became. */
  orderId: string | null;
  userId: string | null;
  /** By whose taxes it was shown; null for the shop's. */
  country: string | null;
  /** Normalised. */
  postalCode: string | null;
}

/** A line of a cart, with the price that stands as long as its reservation. */
export interface CartLine {
  productId: string;
  variantId: string;
  quantity: number;
  unitPriceMinor: Minor;
  kept: DiscountSnapshot;
  promoCode: string | null;
  tier: Tier | null;
  /** Null where nothing is reserved, or it was lost. */
  reservedUntilMs: number | null;
}

type SaleLine = LineForSale & LineToPrice;

/** A line to be sold: as its cart has it with the price of that, and as it is to be priced. */
export interface CheckoutLine {
  inCart: SaleLine;
  snapshot: PricedLine;
  line: SaleLine;
}

/**
 * Says what the lines of a checkout are priced by: a line that is reserved by its snapshot, whatever changed since; one that is not, or
 * that counts on a rule which has no use left, afresh.
 * @param lost variants of which the objects had nothing any more  @param tier the buyer's own
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
    const stands = isReserved && kept.kept.discounts.every(({ ruleId }) => hasUse(ruleId, facts));
    const { promoCode } = kept;
    const inCart = { ...item, unitPriceMinor: kept.unitPriceMinor, promoCode, tier: kept.tier, snapshot: kept.kept };
    const line = stands ? inCart : { ...item, promoCode, tier };
    return [{ inCart, snapshot: snapshotOf(inCart), line }];
  });
}

/** A rule that is no longer active takes what it promised off, and is not counted any more. */
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
 * Whether what the objects hold for a checkout is what it was quoted: another checkout of the cart may have asked for other units, or
 * for another address.
 * @param able the warehouses that may supply it
 */
export function isQuoted(
  demand: Iterable<readonly StockLine[]>,
  allocations: readonly Allocation[],
  able: readonly string[],
): boolean {
  if (!allocations.every(({ warehouseId }) => able.includes(warehouseId))) return false;
  const left = new Map<string, number>();
  for (const { variantId, quantity } of [...demand].flat()) left.set(variantId, (left.get(variantId) ?? 0) + quantity);
  for (const { variantId, quantity } of allocations) left.set(variantId, (left.get(variantId) ?? 0) - quantity);
  return [...left.values()].every((quantity) => quantity === 0);
}
