// What an object holds, against what D1 says of orders and carts.

export interface Place {
  variantId: string;
  warehouseId: string;
}

export interface Hold extends Place {
  holdId: string;
  purpose: string;
  units: number;
  untilMs: number;
}

export interface Claim {
  productId: string;
  cartId: string;
  variantId: string;
  units: number;
  untilMs: number;
}

/** Holds that stand in the object without an order that records them, or a line of their cart that needs the variant. */
export function strangeHolds(
  holds: readonly Hold[],
  recorded: readonly { holdId: string }[],
  needed: readonly { cartId: string; variantId: string }[],
): string[] {
  const isOwned = (hold: Hold) =>
    recorded.some(({ holdId }) => holdId === hold.holdId) ||
    needed.some((line) => line.cartId === hold.holdId && line.variantId === hold.variantId);
  return holds.filter((hold) => !isOwned(hold)).map(({ holdId }) => holdId);
}

/** Lines that D1 shows as reserved with more units, or for longer, than the object holds for them. */
export function unbacked(holds: readonly Hold[], claims: readonly Claim[]): string[] {
  const isBacked = (line: Claim) => {
    const held = holds.filter(({ holdId, variantId }) => holdId === line.cartId && variantId === line.variantId);
    return total(held, "units") >= line.units && held.every(({ untilMs }) => untilMs >= line.untilMs) && held.length > 0;
  };
  return claims.filter((line) => !isBacked(line)).map(({ cartId, variantId }) => `${cartId} ${variantId}`);
}

/** The sum of a member of rows. */
export function total<K extends string>(rows: readonly Record<K, number>[], what: K): number {
  return rows.reduce((sum, row) => sum + row[what], 0);
}
