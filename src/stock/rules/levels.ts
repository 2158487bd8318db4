/**
 * Units of one variant in one warehouse. Invariant: `0 ≤ reserved`, `0 ≤ allocated`, `reserved + allocated ≤ onHand`.
 */
export interface Units {
  /** What stands on the shelf. */
  onHand: number;
  /** Held for a time: for carts, orders that are being placed, and orders that wait for their payment. */
  reserved: number;
  /** Sold and not handed over yet. */
  allocated: number;
  /** What a count found missing and orders have not lost yet (O11); only the object knows it. */
  missing?: number;
}

/** Identifies a level within a product. */
export interface Place {
  variantId: string;
  warehouseId: string;
}

/** A level with its version, which grows by one with every change; D1 accepts only newer versions. */
export interface Level extends Place, Units {
  version: number;
}

/** Units that a new reservation can take. */
export function available(units: Units): number {
  return Math.max(freeUnits(units) - (units.missing ?? 0), 0);
}

/** Units that nobody has, whether they are missing or not. */
export function freeUnits({ onHand, reserved, allocated }: Units): number {
  return onHand - reserved - allocated;
}

/** Completes levels that an object of a release before 0.4.0 answered or wrote: it allocated nothing. */
export function withAllocated<L extends Omit<Units, "allocated"> & { allocated?: number }>(levels: readonly L[]): (L & Units)[] {
  return levels.map((level) => ({ ...level, allocated: level.allocated ?? 0 }));
}
