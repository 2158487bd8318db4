/** Units of one variant in one warehouse. Invariant: `0 ≤ reserved ≤ onHand`. */
export interface Units {
  onHand: number;
  reserved: number;
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
  return units.onHand - units.reserved;
}
