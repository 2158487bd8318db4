import type { Place } from "./levels.ts";

/** The shop's choice of who supplies a line (DESIGN §7). */
export const POLICIES = ["nearest", "nearest_available", "single"] as const;
export type Policy = (typeof POLICIES)[number];

/** Units of one variant that an order wants of a product; one line per variant. */
export interface StockLine {
  variantId: string;
  quantity: number;
}

/** Which warehouse supplies how many units of a variant. */
export interface Allocation extends Place {
  quantity: number;
}

/** Units free to be taken at a place. */
export type FreeUnits = (variantId: string, warehouseId: string) => number;

/**
 * The most units of a variant that one order could get.
 * @param ranking warehouse ids that may supply, nearest first
 */
export function maxAllocatable(policy: Policy, ranking: readonly string[], variantId: string, free: FreeUnits): number {
  const units = eligibleWarehouses(policy, ranking).map((warehouseId) => free(variantId, warehouseId));
  if (policy === "nearest_available") return units.reduce((sum, each) => sum + each, 0);
  return Math.max(0, ...units);
}

/**
 * Finds the units of one line.
 * @returns the allocations, nearest first, or `undefined` when the policy cannot supply the whole line
 */
export function allocateLine(
  policy: Policy,
  ranking: readonly string[],
  line: StockLine,
  free: FreeUnits,
): Allocation[] | undefined {
  const able = eligibleWarehouses(policy, ranking);
  const whole = able.find((warehouseId) => free(line.variantId, warehouseId) >= line.quantity);
  if (whole !== undefined) return [{ variantId: line.variantId, warehouseId: whole, quantity: line.quantity }];
  return policy === "nearest_available" ? splitAcrossWarehouses(able, line, free) : undefined;
}

function splitAcrossWarehouses(ranking: readonly string[], line: StockLine, free: FreeUnits): Allocation[] | undefined {
  const allocations: Allocation[] = [];
  let missing = line.quantity;
  for (const warehouseId of ranking) {
    const quantity = Math.min(missing, free(line.variantId, warehouseId));
    if (quantity > 0) allocations.push({ variantId: line.variantId, warehouseId, quantity });
    missing -= quantity;
    if (missing <= 0) return allocations;
  }
  return undefined;
}

/** The warehouses that a policy lets supply a line, nearest first. */
export function eligibleWarehouses(policy: Policy, ranking: readonly string[]): readonly string[] {
  return policy === "nearest" ? ranking.slice(0, 1) : ranking;
}
