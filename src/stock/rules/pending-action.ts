import type { Allocation } from "./allocate.ts";

/** Units of a product that are to come to a place. */
export interface PendingLine extends Allocation {
  productId: string;
}

interface PendingBase {
  actionId: string;
  /** The order's, or the transfer's. */
  orderId: string;
  /** What the objects know it by: a hold's, a return's, a receipt's or a transfer's id. */
  holdId: string;
}

/** Who caused it and why, for the ledger. */
interface PendingCause {
  actor: string;
  reason: string | null;
}

/**
 * Something that D1 has decided and the objects still have to do (PROTOCOL S1): end a hold whatever its state, take a transfer
 * back, or bring units in.
 */
export type PendingAction =
  | (PendingBase & { kind: "restock" | "transfer_back"; lines: string[]; cause: null })
  | (PendingBase & { kind: "return" | "transfer_in"; lines: PendingLine[]; cause: PendingCause });

/** The lines of each product's object, each place once: two lines of an order may have brought the same units to one place. */
export function byProduct(lines: readonly PendingLine[]): Map<string, Allocation[]> {
  const found = new Map<string, Allocation[]>();
  for (const { productId, ...line } of lines) {
    const own = found.get(productId) ?? [];
    const same = own.find((each) => each.variantId === line.variantId && each.warehouseId === line.warehouseId);
    if (same) same.quantity += line.quantity;
    else own.push({ ...line });
    found.set(productId, own);
  }
  return found;
}
