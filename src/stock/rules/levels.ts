/** Units of one variant in one warehouse. Invariant: `0 ≤ reserved ≤ onHand` (DESIGN §4). */
export interface Units {
  onHand: number;
  reserved: number;
}

/** Which level: a product's object holds every variant × warehouse of it. */
export interface Place {
  variantId: string;
  warehouseId: string;
}

/** A level as the object tells it; `version` grows by one with every change, and guards the projection. */
export interface Level extends Place, Units {
  version: number;
}

/** Units that a new reservation could take. */
export function available(units: Units): number {
  return units.onHand - units.reserved;
}
