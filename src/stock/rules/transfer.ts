import type { DispatchAnswer, ShelfUnits } from "./messages.ts";

export const TRANSFER_STATUSES = ["dispatching", "in_transit", "received", "recalled", "refused"] as const;

/**
 * `dispatching`: recorded, units are being taken out. `in_transit`: all dispatched. `received`: closed; units not received are missing.
 * `recalled`: closed; units not received are back where they came from. `refused`: not all lines could be dispatched; dispatched units are put back.
 */
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

/** A line of a transfer: `quantity` units sent, of which `received` arrived so far. */
export interface TransferItem {
  lineNo: number;
  productId: string;
  variantId: string;
  quantity: number;
  received: number;
}

/** A transfer as lists show it. */
export interface TransferHead {
  transferId: string;
  fromWarehouseId: string;
  toWarehouseId: string;
  status: TransferStatus;
  reason: string | null;
  /** The client's own number. */
  reference: string | null;
  actor: string;
  createdAtMs: number;
  updatedAtMs: number;
}

export interface Transfer extends TransferHead {
  /** Nothing is dispatched after this time. */
  dispatchByMs: number;
  /** Why it was refused. */
  refusal: TransferRefusal | null;
  items: TransferItem[];
}

/** A line with fewer free units than requested. */
interface ShortTransferLine extends ShelfUnits {
  productId: string;
  variantId: string;
  quantity: number;
}

/** Every short line; empty if an object was not reached before the deadline. */
interface TransferRefusal {
  short: ShortTransferLine[];
}

export type TransferDecision = { status: "in_transit" } | { status: "refused"; refusal: TransferRefusal };

/**
 * Decides a transfer from the objects' answers: one refusal refuses it; it is in transit once all have dispatched.
 * @param answers by product; `undefined` where an object did not answer
 * @returns `undefined` while undecided
 */
export function decideTransfer(answers: ReadonlyMap<string, DispatchAnswer | undefined>): TransferDecision | undefined {
  const all = [...answers];
  const short = all.flatMap(([productId, answer]) =>
    answer?.outcome === "units_reserved" ? answer.lines.map((line) => ({ productId, ...line })) : [],
  );
  const hasEnded = all.some(([, answer]) => answer?.outcome === "ended");
  if (short.length > 0 || hasEnded) return { status: "refused", refusal: { short } };
  return all.every(([, answer]) => answer?.outcome === "dispatched") ? { status: "in_transit" } : undefined;
}

/** Units of a line that were sent and not received: in transit, missing once the transfer is received, or back once it is recalled. */
export function missingOf({ quantity, received }: Pick<TransferItem, "quantity" | "received">): number {
  return quantity - received;
}
