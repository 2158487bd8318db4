import type { Place } from "./levels.ts";

/** How the shop chooses the warehouses of a line: the nearest only, split from the nearest outward, or any single one. */
export const POLICIES = ["nearest", "nearest_available", "single"] as const;
export type Policy = (typeof POLICIES)[number];

/** Units of one variant that an order needs; one line per variant. */
export interface StockLine {
  variantId: string;
  quantity: number;
}

/** Which warehouse supplies how many units of a variant. */
export interface Allocation extends Place {
  quantity: number;
}

/** The units of a variant that are free in a warehouse. */
export type FreeUnits = (variantId: string, warehouseId: string) => number;

/**
 * The most units of a variant that one order can get.
 * @param ranking warehouse ids that may supply, nearest first
 */
export function maxAllocatable(policy: Policy, ranking: readonly string[], variantId: string, free: FreeUnits): number {
  const units = eligibleWarehouses(policy, ranking).map((warehouseId) => free(variantId, warehouseId));
  if (policy === "nearest_available") return units.reduce((sum, each) => sum + each, 0);
  return Math.max(0, ...units);
}

/**
 * Allocates one line to warehouses.
 * @returns the allocations, nearest first, or `undefined` when the policy cannot supply the whole line
 */
export function allocateLine(
  policy: Policy,
  ranking: readonly string[],
  line: StockLine,
  free: FreeUnits,
): Allocation[] | undefined {
  const eligible = eligibleWarehouses(policy, ranking);
  const single = eligible.find((warehouseId) => free(line.variantId, warehouseId) >= line.quantity);
  if (single !== undefined) return [{ variantId: line.variantId, warehouseId: single, quantity: line.quantity }];
  return policy === "nearest_available" ? splitAcrossWarehouses(eligible, line, free) : undefined;
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

/** The warehouses that may supply a line under a policy, nearest first. */
export function eligibleWarehouses(policy: Policy, ranking: readonly string[]): readonly string[] {
  return policy === "nearest" ? ranking.slice(0, 1) : ranking;
}

/** The ceiling on what one client may hold without having paid. */
export interface HoldShare {
  /** An account, or the hash of an address. */
  client: string;
  /** Of the free units of a variant, those that the client holds included. */
  percent: number;
  /** By variant: what one unit of an order's lines needs, several for a bundle. Default: one. */
  least?: Record<string, number>;
}

/**
 * The most units of a variant that one hold of a client may have: what the ceiling leaves beside the client's other holds. A client with no
 * other may have the least that makes sense.
 * @param free by nobody held  @param own of this hold already  @param elsewhere of the client's other holds
 */
export function mostOfClient(
  percent: number,
  { free, own, elsewhere, least }: Record<"free" | "own" | "elsewhere" | "least", number>,
): number {
  const ceiling = Math.floor(((free + own + elsewhere) * percent) / 100) - elsewhere;
  return Math.max(own, elsewhere === 0 ? least : 0, ceiling);
}
