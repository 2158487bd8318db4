/** The merchant's own books, kept on paper: what stands where, what left in parcels, and what money came and went. In minor units. */
export interface Paper {
  /** By `product warehouse`. */
  shelf: Map<string, number>;
  /** Units in parcels, by product. */
  parcels: Map<string, number>;
  takenMinor: number;
  refundedMinor: number;
}

export function newPaper(): Paper {
  return { shelf: new Map(), parcels: new Map(), takenMinor: 0, refundedMinor: 0 };
}

/** Notes units that come to a place, or with a minus that leave it. */
export function note(paper: Paper, productId: string, warehouseId: string, units: number): void {
  const place = `${productId} ${warehouseId}`;
  paper.shelf.set(place, (paper.shelf.get(place) ?? 0) + units);
}

/** Notes a parcel: its units leave the shelf. */
export function noteParcel(paper: Paper, warehouseId: string, items: readonly { product_id: string; quantity: number }[]): void {
  for (const { product_id: productId, quantity } of items) {
    note(paper, productId, warehouseId, -quantity);
    paper.parcels.set(productId, (paper.parcels.get(productId) ?? 0) + quantity);
  }
}
