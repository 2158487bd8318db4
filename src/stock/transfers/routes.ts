import { keyedRequest } from "../../http/idempotency.ts";
import { readCursor, timeAndIdSchema, toCursor } from "../../http/paging.ts";
import { createRouter } from "../../http/router.ts";
import { createTransfer, type WantedItem } from "./create-transfer.ts";
import { listTransfers, showTransfer } from "./list-transfers.ts";
import { recallTransfer } from "./recall-transfer.ts";
import { receiveTransfer } from "./receive-transfer.ts";
import * as contract from "./contract.ts";
import { toRecalledJson, toReceivedJson, toTransferHeadJson, toTransferJson } from "./json.ts";

export const transferRoutes = createRouter()
  .openapi(contract.createTransfer, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { transfer, replayed } = await createTransfer(c.var.deps, keyed, {
      fromWarehouseId: body.from_warehouse_id,
      toWarehouseId: body.to_warehouse_id,
      reason: body.reason ?? null,
      reference: body.reference_id ?? null,
      items: body.items.map(toItem),
    });
    if (replayed) c.header("Idempotency-Replayed", "true");
    c.header("Location", `/api/v1/inventory/transfers/${transfer.transferId}`);
    return c.json(toTransferJson(transfer), 201);
  })
  .openapi(contract.receiveTransfer, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const request = { items: body.items.map(toItem), isComplete: body.complete, note: body.note ?? null };
    const received = await receiveTransfer(c.var.deps, keyed, c.req.valid("param").transfer_id, request);
    if (received.replayed) c.header("Idempotency-Replayed", "true");
    return c.json(toReceivedJson(received), 200);
  })
  .openapi(contract.recallTransfer, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const recalled = await recallTransfer(c.var.deps, keyed, c.req.valid("param").transfer_id, body.reason ?? null);
    if (recalled.replayed) c.header("Idempotency-Replayed", "true");
    return c.json(toRecalledJson(recalled), 200);
  })
  .openapi(contract.listTransfers, async (c) => {
    const { limit, cursor, status, warehouse_id: warehouseId } = c.req.valid("query");
    const before = readCursor(cursor, timeAndIdSchema);
    const { transfers, next } = await listTransfers(c.var.deps, { status, warehouseId }, { before, limit });
    return c.json({ transfers: transfers.map(toTransferHeadJson), next_cursor: next ? toCursor(next) : null }, 200);
  })
  .openapi(contract.showTransfer, async (c) => {
    const transfer = await showTransfer(c.var.deps, c.req.valid("param").transfer_id);
    return c.json(toTransferJson(transfer), 200);
  });

interface ItemBody {
  product_id: string;
  variant_id?: string | undefined;
  quantity: number;
}

function toItem({ product_id: productId, variant_id: variantId, quantity }: ItemBody): WantedItem {
  return { productId, variantId, quantity };
}
