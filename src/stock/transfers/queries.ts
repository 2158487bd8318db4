import { type SQL, sql } from "drizzle-orm";
import { type Query, row, rows, write } from "../../db/client.ts";
import { warehouses } from "../../warehouses/tables.ts";
import type { Transfer, TransferDecision, TransferHead, TransferItem } from "../rules/transfer.ts";
import { stockActions, transferItems, transfers } from "../tables.ts";

const HEAD = sql`transfer_id AS "transferId", from_warehouse_id AS "fromWarehouseId", to_warehouse_id AS "toWarehouseId", status, reason,
  reference, actor, created_at_ms AS "createdAtMs", updated_at_ms AS "updatedAtMs"`;

const WHOLE = sql`${HEAD}, dispatch_by_ms AS "dispatchByMs", refusal, (
  SELECT json_group_array(json_object('lineNo', line_no, 'productId', product_id, 'variantId', variant_id, 'quantity', quantity,
    'received', received)) FROM (
    SELECT * FROM ${transferItems} i WHERE i.transfer_id = transfers.transfer_id ORDER BY line_no
  )) AS items`;

type TransferRow = Omit<Transfer, "refusal" | "items"> & { refusal: string | null; items: string };

function toTransfer({ refusal, items, ...head }: TransferRow): Transfer {
  return { ...head, refusal: refusal === null ? null : JSON.parse(refusal), items: JSON.parse(items) as TransferItem[] };
}

/** One transfer with its lines. */
export function findTransfer(transferId: string): Query<Transfer | undefined> {
  const found = row<TransferRow>(sql`SELECT ${WHOLE} FROM ${transfers} WHERE transfer_id = ${transferId}`);
  return {
    statement: found.statement,
    read: (result) => {
      const one = found.read(result);
      return one && toTransfer(one);
    },
  };
}

/** Undecided transfers whose dispatch deadline is before a time; those tried longest ago first. */
export function findUnsettled(beforeMs: number, limit: number): Query<Transfer[]> {
  const found = rows<TransferRow>(sql`
    SELECT ${WHOLE} FROM ${transfers}
    WHERE status = 'dispatching' AND dispatch_by_ms < CAST(${beforeMs} AS INTEGER) ORDER BY updated_at_ms LIMIT ${limit}`);
  return { statement: found.statement, read: (result) => found.read(result).map(toTransfer) };
}

/** Moves transfers that could not be settled to the end of the queue, so that they do not block the others. */
export function postponeTransfers(transferIds: readonly string[], nowMs: number): Query<number> {
  return write(sql`
    UPDATE ${transfers} SET updated_at_ms = ${nowMs}
    WHERE transfer_id IN (SELECT value FROM json_each(${JSON.stringify(transferIds)})) AND status = 'dispatching'`);
}

/**
 * Reads a window of the transfers, newest first; two rows read for each.
 * @param before the key of the last transfer before the window
 */
export function findTransferWindow(before: readonly [number, string] | undefined, size: number): Query<TransferHead[]> {
  const [atMs, transferId] = before ?? [Number.MAX_SAFE_INTEGER, ""];
  return rows(sql`
    SELECT ${HEAD} FROM ${transfers}
    WHERE (created_at_ms, transfer_id) < (CAST(${atMs} AS INTEGER), ${transferId})
    ORDER BY created_at_ms DESC, transfer_id DESC LIMIT ${size}`);
}

/**
 * Writes a transfer before its units leave. A warehouse that is not active becomes NULL, so that NOT NULL fails the whole batch.
 */
export function insertTransfer(transfer: Transfer, requestId: string): Query<number>[] {
  const { transferId, createdAtMs } = transfer;
  return [
    write(sql`
      INSERT INTO ${transfers} (transfer_id, from_warehouse_id, to_warehouse_id, status, reason, reference, actor, request_id, refusal,
        dispatch_by_ms, created_at_ms, updated_at_ms)
      VALUES (${transferId}, ${activeOrNull(transfer.fromWarehouseId)}, ${activeOrNull(transfer.toWarehouseId)}, 'dispatching', ${transfer.reason},
        ${transfer.reference}, ${transfer.actor}, ${requestId}, NULL, ${transfer.dispatchByMs}, ${createdAtMs}, ${createdAtMs})`),
    write(sql`
      INSERT INTO ${transferItems} (transfer_id, line_no, product_id, variant_id, quantity, received)
      SELECT ${transferId}, value->>'lineNo', value->>'productId', value->>'variantId', value->>'quantity', 0
      FROM json_each(${JSON.stringify(transfer.items)})`),
  ];
}

function activeOrNull(warehouseId: string): SQL {
  return sql`(SELECT warehouse_id FROM ${warehouses} WHERE warehouse_id = ${warehouseId} AND status = 'active')`;
}

/**
 * Records a decision, unless there is one already. A refusal also adds, in the same batch, the pending action that returns the units
 * that have left.
 */
export function recordDecision(transferId: string, decision: TransferDecision, nowMs: number) {
  const isOpen = sql`transfer_id = ${transferId} AND status = 'dispatching'`;
  const refusal = decision.status === "refused" ? JSON.stringify(decision.refusal) : null;
  return [
    write(sql`
      INSERT OR IGNORE INTO ${stockActions} (action_id, order_id, hold_id, kind, lines, at_ms)
      SELECT 'transfer_back:' || transfer_id, transfer_id, transfer_id, 'transfer_back',
        (SELECT json_group_array(DISTINCT product_id) FROM ${transferItems} i WHERE i.transfer_id = transfers.transfer_id),
        CAST(${nowMs} AS INTEGER)
      FROM ${transfers} WHERE ${isOpen} AND ${decision.status} = 'refused'`),
    write(sql`
      UPDATE ${transfers} SET status = ${decision.status}, refusal = ${refusal}, updated_at_ms = ${nowMs} WHERE ${isOpen}`),
  ] as const;
}

/**
 * Adds units to those received. `received` becomes NULL where it would exceed what was sent, and so does the status of a transfer that
 * is not in transit, so that NOT NULL fails the whole batch. With its last unit, or when nothing more is expected, it is received.
 */
export function receiveItems(
  transferId: string,
  lines: readonly Pick<TransferItem, "lineNo" | "quantity">[],
  isComplete: boolean,
  nowMs: number,
): Query<number>[] {
  return [
    write(sql`
      UPDATE ${transferItems} SET received = iif(received + (arrived.value->>'quantity') <= quantity, received + (arrived.value->>'quantity'), NULL)
      FROM json_each(${JSON.stringify(lines)}) AS arrived
      WHERE transfer_id = ${transferId} AND line_no = arrived.value->>'lineNo'`),
    write(sql`
      UPDATE ${transfers} SET updated_at_ms = ${nowMs}, status = CASE
        WHEN status <> 'in_transit' THEN NULL
        WHEN ${isComplete ? 1 : 0} OR NOT EXISTS (
          SELECT 1 FROM ${transferItems} i WHERE i.transfer_id = transfers.transfer_id AND i.received < i.quantity
        ) THEN 'received' ELSE 'in_transit' END
      WHERE transfer_id = ${transferId}`),
  ];
}

/**
 * Closes a transfer of which nothing more is to be received. Its status becomes NULL where it is not in transit, or where units were received
 * since it was read, so that NOT NULL fails the whole batch.
 */
export function recallUnreceived({ transferId, items }: Transfer, nowMs: number): Query<number> {
  const received = items.reduce((sum, item) => sum + item.received, 0);
  return write(sql`
    UPDATE ${transfers} SET updated_at_ms = ${nowMs}, status = iif(status = 'in_transit' AND ${received} = (
      SELECT sum(received) FROM ${transferItems} i WHERE i.transfer_id = transfers.transfer_id), 'recalled', NULL)
    WHERE transfer_id = ${transferId}`);
}
