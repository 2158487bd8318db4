import type { Recalled } from "./recall-transfer.ts";
import type { Received } from "./receive-transfer.ts";
import { missingOf, type Transfer, type TransferHead } from "../rules/transfer.ts";

/** Shows a transfer in a list. */
export function toTransferHeadJson(transfer: TransferHead) {
  return {
    transfer_id: transfer.transferId,
    status: transfer.status,
    from_warehouse_id: transfer.fromWarehouseId,
    to_warehouse_id: transfer.toWarehouseId,
    reason: transfer.reason,
    reference_id: transfer.reference,
    actor: transfer.actor,
    created_at: new Date(transfer.createdAtMs).toISOString(),
    updated_at: new Date(transfer.updatedAtMs).toISOString(),
  };
}

/** Shows a transfer with its lines. */
export function toTransferJson(transfer: Transfer) {
  return {
    ...toTransferHeadJson(transfer),
    items: transfer.items.map((item) => ({
      product_id: item.productId,
      variant_id: item.variantId,
      quantity: item.quantity,
      received: item.received,
      missing: transfer.status === "recalled" ? 0 : missingOf(item),
      returned: transfer.status === "recalled" ? missingOf(item) : 0,
    })),
  };
}

/** Shows a transfer after a receipt. */
export function toReceivedJson({ transfer, receiptId, isBooked }: Received) {
  return { ...toTransferJson(transfer), receipt_id: receiptId, booked: isBooked };
}

/** Shows a transfer after its recall. */
export function toRecalledJson({ transfer, isBooked }: Recalled) {
  return { ...toTransferJson(transfer), booked: isBooked };
}
