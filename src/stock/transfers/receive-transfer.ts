import type { Deps } from "../../deps.ts";
import { type FieldError, Refusal, unresolved } from "../../errors.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { type Plan, writeOnce } from "../../writes/write-once.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { runPending } from "../client/run-pending.ts";
import type { WantedItem } from "./create-transfer.ts";
import { findPendingActions, addPendingAction } from "../client/pending-queries.ts";
import { missingOf, type Transfer, type TransferItem } from "../rules/transfer.ts";
import { findTransfer, receiveItems } from "./queries.ts";

/** Receipts of one transfer whose units the objects can owe at once are few. */
const MAX_OWED = 10;

/** The columns whose NOT NULL fails a receipt that comes too late. */
const GUARDS = new Set(["transfer_items.received", "transfers.status"]);

/** What came of a transfer, as it is told. */
export interface ReceiptRequest {
  items: WantedItem[];
  /** Nothing more will come: what is missing is missing for good. */
  isComplete: boolean;
  note: string | null;
}

export interface Received {
  receiptId: string;
  transfer: Transfer;
  /** Whether the units are on hand already; where not, the sweep brings them in within minutes. */
  isBooked: boolean;
  replayed: boolean;
}

/**
 * Receives some or all of a transfer. What came is a fact when D1 has it, never more than was sent; the objects bring it in before
 * the answer, or the sweep does.
 * @throws Refusal `not_found`, `transfer_not_open`, `more_than_sent`; `validation_failed` naming lines that the transfer does not
 *   have; `idempotency_key_reused`; `unresolved`
 */
export async function receiveTransfer(
  deps: Deps,
  keyed: Keyed | undefined,
  transferId: string,
  request: ReceiptRequest,
): Promise<Received> {
  let isOvertaken = false;
  const notice = (error: unknown) => {
    isOvertaken = GUARDS.has(failedConstraint(error) ?? "");
    return undefined;
  };
  const receive = () => writeOnce(deps, keyed, () => plan(deps, transferId, request), notice);
  const { answer, replayed } = await receive().catch((error: unknown) => {
    if (!isOvertaken) throw error;
    // Somebody else received it in between: the second look says what is missing now, and refuses.
    return receive();
  });
  const { transfer, owed } = await deps.db
    .batch("receive transfer", { transfer: findTransfer(transferId), owed: findPendingActions(MAX_OWED, transferId) })
    .catch((error: unknown) => {
      throw unresolved("It is received; whether the units are on hand is not known.", keyed ? "same_key" : "look_first", error);
    });
  if (!transfer) throw new Refusal("not_found", "There is no such transfer.");
  const done = await runPending(deps, owed).catch(() => 0);
  return { receiptId: answer.receiptId, transfer, isBooked: done === owed.length, replayed };
}

async function plan(deps: Deps, transferId: string, request: ReceiptRequest): Promise<Plan<{ receiptId: string }>> {
  const { transfer } = await deps.db.batch("read", { transfer: findTransfer(transferId) });
  if (!transfer) throw new Refusal("not_found", "There is no such transfer.");
  if (transfer.status !== "in_transit") throw notOpen(transfer);
  const lines = linesOf(transfer, request.items);
  requireSent(transfer, lines);
  const receiptId = `RCP${deps.newId()}`;
  const nowMs = deps.nowMs();
  const queries = receiveItems(transferId, lines, request.isComplete, nowMs);
  if (lines.length > 0) queries.push(addPendingAction(arrival(deps, transfer, receiptId, lines, request.note), nowMs));
  const after = { receiptId, lines, isComplete: request.isComplete, note: request.note };
  const change = { action: "transfer.receive", recordType: "transfer", recordId: transferId, after };
  return { queries, changes: [change], answer: { receiptId }, status: 200 };
}

function arrival(deps: Deps, transfer: Transfer, receiptId: string, lines: readonly TransferItem[], note: string | null) {
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

/** The transfer's lines that a receipt names, each with the units that came. */
function linesOf({ items: sent }: Transfer, came: readonly WantedItem[]): TransferItem[] {
  const errors: FieldError[] = [];
  const lines: TransferItem[] = [];
  for (const [index, { productId, variantId, quantity }] of came.entries()) {
    const fitting = sent.filter((item) => item.productId === productId && (variantId ?? item.variantId) === item.variantId);
    const [line, ...others] = fitting;
    const say = (name: string, message: string) => errors.push({ field: `items[${index}].${name}`, message });
    if (!line) say("product_id", "the transfer has no such line");
    else if (others.length > 0) say("variant_id", "the transfer has several variants of the product: name one");
    else if (lines.some(({ lineNo }) => lineNo === line.lineNo)) say("product_id", "another line has this variant");
    else lines.push({ ...line, quantity });
  }
  const [first] = errors;
  if (first) throw new Refusal("validation_failed", `${first.field}: ${first.message}`, { errors });
  return lines;
}

function requireSent({ items: sent }: Transfer, came: readonly TransferItem[]): void {
  const over = sent.filter((item) => came.some(({ lineNo, quantity }) => lineNo === item.lineNo && quantity > missingOf(item)));
  if (over.length === 0) return;
  const lines = over.map((item) => ({
    product_id: item.productId,
    variant_id: item.variantId,
    quantity: item.quantity,
    received: item.received,
    missing: missingOf(item),
  }));
  throw new Refusal("more_than_sent", "Less than that is on the way; nothing was received.", { members: { lines } });
}

function notOpen({ status }: Transfer): Refusal {
  return new Refusal("transfer_not_open", `A transfer that is ${status} takes no receipts.`, { members: { status_now: status } });
}
