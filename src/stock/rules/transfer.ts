import type { DispatchAnswer } from "./messages.ts";

export const TRANSFER_STATUSES = ["dispatching", "in_transit", "received", "refused"] as const;

/**
 * How far a transfer is: D1 knows of it and its units are leaving; they are on their way; what came is in, and what did not is
 * missing for good; or nothing of it left.
 */
export type TransferStatus = (typeof TRANSFER_STATUSES)[number];

/** A line of a transfer: what was sent of a variant, and what has come of it so far. */
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
  /** Nothing leaves after this time. */
  dispatchByMs: number;
  /** Why nothing left, where it is refused. */
  refusal: TransferRefusal | null;
  items: TransferItem[];
}

/** A line that has fewer free units than were to be sent. */
interface ShortTransferLine {
  productId: string;
  variantId: string;
  quantity: number;
  free: number;
  onHand: number;
}

/** Every short line; none where an object was not reached before the time was over. */
interface TransferRefusal {
  short: ShortTransferLine[];
}

export type TransferDecision = { status: "in_transit" } | { status: "refused"; refusal: TransferRefusal };

/**
 * What the objects' answers make of a transfer: one that refused is enough to refuse it, all have to have let their units out for
 * it to be on its way.
 * @param answers by product; `undefined` where an object did not say
 * @returns `undefined` while nothing is decided
 */
export function decideTransfer(answers: ReadonlyMap<string, DispatchAnswer | undefined>): TransferDecision | undefined {
  const all = [...answers];
  const short = all.flatMap(([productId, answer]) =>
    answer?.outcome === "units_reserved" ? answer.lines.map((line) => ({ productId, ...line })) : [],
  );
  const isOver = all.some(([, answer]) => answer?.outcome === "ended");
  if (short.length > 0 || isOver) return { status: "refused", refusal: { short } };
  return all.every(([, answer]) => answer?.outcome === "dispatched") ? { status: "in_transit" } : undefined;
}

/** Units of a line that were sent and have not come: on their way, or missing for good. */
export function missingOf({ quantity, received }: Pick<TransferItem, "quantity" | "received">): number {
  return quantity - received;
}
