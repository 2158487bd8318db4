import type { Allocation } from "./allocate.ts";

/** Units of a product that a warehouse has to receive. */
export interface PendingLine extends Allocation {
  productId: string;
}

interface PendingBase {
  actionId: string;
  /** The order's id, or the transfer's. */
  orderId: string;
  /** What it is about at the objects: the id of a hold, return, receipt or transfer. */
  holdId: string;
}

/** Who caused it and why, for the ledger. */
interface PendingCause {
  actor: string;
  reason: string | null;
}

/**
 * An effect on stock that D1 has decided and the objects have not yet confirmed (S1): cancel a hold or units of it, ship units of it, take a transfer
 * back, or receive units. Releases before 0.4.0 cancel by `restock`. They run what has no cause as `transfer_back`, and fail at kinds
 * that they do not know only where there is a cause: so every new kind has one, and lines.
 */
export type PendingAction =
  | (PendingBase & { kind: "restock" | "transfer_back"; lines: string[]; cause: null })
  | (PendingBase & { kind: "cancel"; lines: PendingLine[]; cause: { actor: string } })
  | (PendingBase & { kind: "cancel_units"; lines: PendingLine[]; cause: { actor: string; cancellationId: string } })
  | (PendingBase & { kind: "ship"; lines: PendingLine[]; cause: { actor: string; shipmentId: string } })
  | (PendingBase & { kind: "return" | "transfer_in"; lines: PendingLine[]; cause: PendingCause });

/** Groups lines by product and sums them per place, because an object expects each place once. */
export function byProduct(lines: readonly PendingLine[]): Map<string, Allocation[]> {
  const grouped = new Map<string, Allocation[]>();
  for (const { productId, ...line } of lines) {
    const own = grouped.get(productId) ?? [];
    const same = own.find((each) => each.variantId === line.variantId && each.warehouseId === line.warehouseId);
    if (same) same.quantity += line.quantity;
    else own.push({ ...line });
    grouped.set(productId, own);
  }
  return grouped;
}
