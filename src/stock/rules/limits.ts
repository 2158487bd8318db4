import type { Policy } from "./allocate.ts";
import { available, type Level } from "./levels.ts";

/**
 * What D1 knew at a flush of when lists and alerts change: a limit is the most available units at which something is out of stock or low.
 * Variants are those on sale; a product that is not has none.
 */
export interface Limits {
  /** Of the product: of the sum of its variants. */
  product: number[];
  variants: { variantId: string; limits: number[] }[];
  /** Archived warehouses, whose units cannot be sold. */
  closed: string[];
}

export const NO_LIMITS: Limits = { product: [], variants: [], closed: [] };

/** The limit of a variant that is a component: at it, or below, a bundle of `quantity` of it is available at most `bundles` times. */
export function limitAsComponent(bundles: number, quantity: number): number {
  return quantity * (bundles + 1) - 1;
}

/** Tells for each limit whether it is reached, as one text: another text means that a list or an alert has to change (F3). */
export function reachedLimits({ product, variants, closed }: Limits, levels: readonly Level[], policy: Policy): string {
  const open = levels.filter(({ warehouseId }) => !closed.includes(warehouseId));
  const byVariant = Map.groupBy(open, ({ variantId }) => variantId);
  let sum = 0;
  const ofVariants = variants.map(({ variantId, limits }) => {
    const free = (byVariant.get(variantId) ?? []).map(available);
    const units = policy === "nearest_available" ? free.reduce((all, each) => all + each, 0) : Math.max(0, ...free);
    sum += units;
    return textOf(limits, units);
  });
  return [textOf(product, sum), ...ofVariants].join(" ");
}

function textOf(limits: readonly number[], units: number): string {
  return limits.map((limit) => (units <= limit ? "1" : "0")).join("");
}
