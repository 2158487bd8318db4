import type { Deps } from "../../deps.ts";
import { type FieldError, Refusal, unresolved } from "../../errors.ts";
import { writeGuarded } from "../../writes/write-guarded.ts";
import type { Plan } from "../../writes/write-once.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { runPending } from "../client/run-pending.ts";
import type { WantedItem } from "./create-transfer.ts";
import { findPendingActions, addPendingAction } from "../client/pending-queries.ts";
import { missingOf, type Transfer, type TransferItem } from "../rules/transfer.ts";
import { findTransfer, receiveItems } from "./queries.ts";

/** A transfer rarely has more receipts at once whose units are not on hand yet; the sweep books the rest. */
const MAX_PENDING = 10;

/** The columns that `receiveItems` sets to NULL where another receipt came first. */
const GUARDS = ["transfer_items.received", "transfers.status"] as const;

/** The units of a transfer that have arrived. */
export interface ReceiptRequest {
  items: WantedItem[];
  /** Nothing more is expected: missing units count as lost. */
  isComplete: boolean;
  note: string | null;
}

export interface Received {
  receiptId: string;
  transfer: Transfer;
  /** Whether the units are on hand already; if not, the sweep books them within minutes. */
  isBooked: boolean;
  replayed: boolean;
}

/**
 * Receives some or all of a transfer. D1 records the receipt, never of more than was sent; then the objects book the units, before the
 * answer or by the sweep.
 * @throws Refusal `not_found`, `transfer_not_open`, `more_than_sent`; `validation_failed` naming each line that does not match one of
 *   the transfer; `idempotency_key_reused`; `unresolved`
 */
export async function receiveTransfer(
  deps: Deps,
  keyed: Keyed | undefined,
  transferId: string,
  request: ReceiptRequest,
): Promise<Received> {
  const { answer, replayed } = await writeGuarded(deps, keyed, GUARDS, () => plan(deps, transferId, request));
  const { transfer, pending } = await deps.db
    .batch("read receipt", { transfer: findTransfer(transferId), pending: findPendingActions(MAX_PENDING, transferId) })
    .catch((error: unknown) => {
      const detail = "The receipt is recorded; it is not known whether its units are on hand.";
      throw unresolved(detail, keyed ? "same_key" : "look_first", error);
    });
  if (!transfer) throw new Refusal("not_found", "There is no such transfer.");
  const done = await runPending(deps, pending).catch(() => 0);
  return { receiptId: answer.receiptId, transfer, isBooked: done === pending.length, replayed };
}

async function plan(deps: Deps, transferId: string, request: ReceiptRequest): Promise<Plan<{ receiptId: string }>> {
  const { transfer } = await deps.db.batch("read transfer", { transfer: findTransfer(transferId) });
  if (!transfer) throw new Refusal("not_found", "There is no such transfer.");
  if (transfer.status !== "in_transit") throw notOpen(transfer);
  const lines = linesOf(transfer, request.items);
  requireSent(transfer, lines);
  const receiptId = `RCP${deps.newId()}`;
  const nowMs = deps.nowMs();
  const queries = receiveItems(transferId, lines, request.isComplete, nowMs);
  if (lines.length > 0) queries.push(addPendingAction(bookingOf(deps, transfer, receiptId, lines, request.note), nowMs));
  const after = { receiptId, lines, isComplete: request.isComplete, note: request.note };
  const change = { action: "transfer.receive", recordType: "transfer", recordId: transferId, after };
  return { queries, changes: [change], answer: { receiptId }, status: 200 };
}

/** The objects' part of a receipt: to book its units in the receiving warehouse. */
function bookingOf(deps: Deps, transfer: Transfer, receiptId: string, lines: readonly TransferItem[], note: string | null) {
  const { transferId: orderId, toWarehouseId: warehouseId } = transfer;
  return {
    actionId: `receipt:${receiptId}`,
    orderId,
    holdId: receiptId,
    kind: "transfer_in" as const,
    lines: lines.map(({ productId, variantId, quantity }) => ({ productId, variantId, warehouseId, quantity })),
    cause: { actor: deps.by.actor, reason: note ?? transfer.reason },
  };
}

/** The transfer's lines that a receipt names, each with the units that arrived. */
function linesOf({ items: sent }: Transfer, arrived: readonly WantedItem[]): TransferItem[] {
  const errors: FieldError[] = [];
  const lines: TransferItem[] = [];
  for (const [index, { productId, variantId, quantity }] of arrived.entries()) {
    const matching = sent.filter((item) => item.productId === productId && (variantId ?? item.variantId) === item.variantId);
    const [line, ...others] = matching;
    const addError = (name: string, message: string) => errors.push({ field: `items[${index}].${name}`, message });
    if (!line) addError("product_id", "the transfer has no such line");
    else if (others.length > 0) addError("variant_id", "the transfer has several variants of this product; name one");
    else if (lines.some(({ lineNo }) => lineNo === line.lineNo)) addError("product_id", "another line has this variant");
    else lines.push({ ...line, quantity });
  }
  const [first] = errors;
  if (first) throw new Refusal("validation_failed", `${first.field}: ${first.message}`, { errors });
  return lines;
}

function requireSent({ items: sent }: Transfer, arrived: readonly TransferItem[]): void {
  const over = sent.filter((item) =>
    arrived.some(({ lineNo, quantity }) => lineNo === item.lineNo && quantity > missingOf(item)),
  );
  if (over.length === 0) return;
  const lines = over.map((item) => ({
    product_id: item.productId,
    variant_id: item.variantId,
    quantity: item.quantity,
    received: item.received,
    missing: missingOf(item),
  }));
  throw new Refusal("more_than_sent", "Fewer units than that are in transit; nothing was received.", { members: { lines } });
}

function notOpen({ status }: Transfer): Refusal {
  return new Refusal("transfer_not_open", `A transfer with the status ${status} cannot be received.`, {
    members: { status_now: status },
  });
}
