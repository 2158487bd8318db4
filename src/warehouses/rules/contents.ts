/** Units of a variant in a warehouse. */
interface ContainedUnits {
  productId: string;
  variantId: string;
  onHand: number;
  reserved: number;
  allocated: number;
}

/** What is in a warehouse, goes there, or has to leave it, as D1 knows it. The lists name the first ten of each. */
export interface WarehouseContents {
  onHand: number;
  reserved: number;
  allocated: number;
  /** Transfers from or to it that are not closed. */
  openTransfers: number;
  /** Orders with units that are to leave it. */
  unshippedOrders: number;
  /** Movements there that D1 has decided and the products' objects have not made yet (S1). */
  pendingMovements: number;
  products: ContainedUnits[];
  transfers: string[];
  orders: string[];
}

/** Whether a warehouse may be archived. */
export function isEmpty(contents: WarehouseContents): boolean {
  const { onHand, openTransfers, unshippedOrders, pendingMovements } = contents;
  return onHand + openTransfers + unshippedOrders + pendingMovements === 0;
}
