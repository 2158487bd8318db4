import type { Product } from "./product.ts";

// The quantities of the product files of other shops: the opening stock of variants that had none here.

/** The most units that a file may say of a variant. */
const MAX_UNITS = 1_000_000;

/** How another shop keeps the units of a variant. */
export interface ForeignStock {
  /** The column, and what the file has there. */
  column: string;
  cell: string;
  isTracked: boolean;
  /** The other shop sells more than there is. */
  isOversold: boolean;
}

/** What a file says of the units of a variant: a number, or why there is none to take. */
export interface StatedStock {
  sku: string;
  quantity: number | null;
  isOversold: boolean;
  problem: string | null;
}

/** What becomes of the units that a file says of a variant. */
export interface RowStock {
  sku: string;
  variantId: string | null;
  quantity: number | null;
  /** `opening`: they are received after the answer; `none`: zero; `same`: so many can be ordered here; `kept`: there is other stock already. */
  outcome: "opening" | "none" | "same" | "kept" | "not_taken";
  onHand: number | null;
  message: string | null;
}

/** Units of a variant in a warehouse. A variant that never had a movement there has none. */
export interface KnownUnits {
  onHand: number;
  available: number;
}

const PROBLEMS = {
  untracked: "is not tracked in the other shop, so nothing is received: count it",
  shared: "is shared by all variants in the other shop, so nothing is received: count each",
  negative: "is below zero, so nothing is received: count it",
  fractional: "is not a whole number, so nothing is received: count it",
} as const;

const MESSAGES = {
  bundle: "is a bundle here, which has no stock of its own",
  kept: "has had stock here before, which stays: to set it, import a file of counts (POST /api/v1/inventory/counts/import)",
  oversold: "is sold beyond its stock in the other shop; here it is not",
} as const;

/** Reads what a file says of a variant's units. @returns a text where it cannot be read: what is expected */
export function readStock(sku: string, { cell, isTracked, isOversold }: ForeignStock): StatedStock | string {
  const none = (problem: keyof typeof PROBLEMS) => ({ sku, quantity: null, isOversold, problem: PROBLEMS[problem] });
  if (cell === "parent") return none("shared");
  if (!isTracked) return none("untracked");
  if (/^-\d+([.,]\d+)?$/.test(cell) && !/^-0+([.,]0+)?$/.test(cell)) return none("negative");
  const [, whole, fraction = ""] = /^[+-]?(\d+)(?:[.,](\d+))?$/.exec(cell) ?? [];
  if (whole === undefined || Number(whole) > MAX_UNITS) return `must be a whole number of units, at most ${MAX_UNITS}`;
  if (/[1-9]/.test(fraction)) return none("fractional");
  return { sku, quantity: Number(whole), isOversold, problem: null };
}

/**
 * Decides what becomes of the units that a file says of a product's variants.
 * @param units that variants have in the warehouse; absent for one that never had a movement there
 */
export function decideStock(
  stated: readonly StatedStock[],
  product: Pick<Product, "isBundle" | "variants">,
  units: ReadonlyMap<string, KnownUnits>,
): RowStock[] {
  return stated.map(({ sku, quantity, isOversold, problem }): RowStock => {
    const variantId = product.variants.find((variant) => variant.sku === sku)?.variantId ?? null;
    const known = units.get(variantId ?? "");
    const row = { sku, variantId, quantity, onHand: known?.onHand ?? null, message: null };
    if (quantity === null) return { ...row, outcome: "not_taken", message: problem };
    if (product.isBundle) return { ...row, outcome: "not_taken", message: MESSAGES.bundle };
    if (known)
      return known.available === quantity ? { ...row, outcome: "same" } : { ...row, outcome: "kept", message: MESSAGES.kept };
    return { ...row, outcome: quantity === 0 ? "none" : "opening", message: isOversold ? MESSAGES.oversold : null };
  });
}

/** Whether a file has units to take. */
export function hasUnits(stated: readonly StatedStock[] | undefined): boolean {
  return stated?.some(({ quantity }) => quantity !== null) ?? false;
}
