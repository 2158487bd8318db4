import type { Simulation } from "../clients/client.ts";
import { checkMoney } from "./money.ts";
import { checkOpenings } from "./openings.ts";
import { checkReturns } from "./returns.ts";
import type { Row } from "../platform/sql.ts";
import { checkMoves } from "./moves.ts";

/** Checks that everything acknowledged to clients is in the state exactly once. */
export function checkAcknowledged(sim: Simulation): string[] {
  return [
    ...checkOrders(sim),
    ...checkChanges(sim),
    ...checkStockChanges(sim),
    ...checkCarts(sim),
    ...checkMoney(sim),
    ...checkReturns(sim),
    ...checkOpenings(sim),
  ];
}

export function rowsOf({ d1 }: Simulation, query: string, ...bindings: unknown[]): Row[] {
  return d1.run(query, bindings).rows;
}

function checkOrders(sim: Simulation): string[] {
  const placed = sim.acknowledged.orders.flatMap(({ orderId, holdId, items, totalMinor }) => {
    const [row] = rowsOf(sim, "SELECT hold_id AS holdId, total_minor AS totalMinor FROM orders WHERE order_id = ?", orderId);
    if (!row) return [`${orderId} was answered with 201 and does not exist`];
    const isRevived =
      rowsOf(
        sim,
        "SELECT 1 FROM order_events WHERE order_id = ? AND (from_status = 'EXPIRED' AND to_status = 'PROCESSING' OR what = 'reopened')",
        orderId,
      ).length > 0;
    const lines = rowsOf(
      sim,
      "SELECT variant_id AS variantId, quantity FROM order_items WHERE order_id = ? ORDER BY line_no",
      orderId,
    );
    const acknowledged = items.map(({ variantId, quantity }) => ({ variantId, quantity }));
    return [
      ...(row.holdId === holdId || isRevived
        ? []
        : [`${orderId} was answered with hold ${holdId} and has hold ${String(row.holdId)}`]),
      ...(row.totalMinor === totalMinor
        ? []
        : [`${orderId} was answered with the total ${totalMinor} and has ${String(row.totalMinor)}`]),
      ...(JSON.stringify(lines) === JSON.stringify(acknowledged)
        ? []
        : [`${orderId} has ${JSON.stringify(lines)}, not ${JSON.stringify(acknowledged)}`]),
    ];
  });
  const refused = sim.acknowledged.refusedOrders.filter(
    (orderId) => rowsOf(sim, "SELECT 1 FROM orders WHERE order_id = ?", orderId).length > 0,
  );
  return [...placed, ...refused.map((orderId) => `${orderId} was refused and exists`)];
}

/** Each acknowledged status change, payment, refund and return exists once. */
function checkChanges(sim: Simulation): string[] {
  const { payments, refunds, shipments, cancellations, returns } = sim.acknowledged;
  const existsOnce = (what: string, query: string, ...bindings: unknown[]) => {
    const [row] = rowsOf(sim, query, ...bindings);
    return Number(row?.n) === 1 ? [] : [`${what} was acknowledged and is there ${String(row?.n)} times`];
  };
  return [
    ...checkMoves(sim),
    ...payments.flatMap(({ orderId, reference, amountMinor }) =>
      existsOnce(
        `${reference} of ${orderId}`,
        "SELECT count(*) AS n FROM payments WHERE order_id = ? AND reference = ? AND amount_minor = ?",
        orderId,
        reference,
        amountMinor,
      ),
    ),
    ...refunds.flatMap(({ orderId, refundId, amountMinor }) =>
      existsOnce(
        `${refundId} of ${orderId}`,
        `SELECT count(*) AS n FROM (SELECT sum(amount_minor) AS amount FROM refunds
         WHERE order_id = ? AND (refund_id = ? OR refund_id LIKE ? || '.%')) WHERE amount = ?`,
        orderId,
        refundId,
        refundId,
        amountMinor,
      ),
    ),
    ...shipments.flatMap(({ orderId, shipmentId, units }) =>
      existsOnce(
        `${shipmentId} of ${orderId}`,
        "SELECT count(*) AS n FROM (SELECT sum(quantity) AS units FROM shipment_items WHERE order_id = ? AND shipment_id = ?) WHERE units = ?",
        orderId,
        shipmentId,
        units,
      ),
    ),
    ...cancellations.flatMap(({ orderId, cancellationId, units }) =>
      existsOnce(
        `${cancellationId} of ${orderId}`,
        "SELECT count(*) AS n FROM (SELECT sum(quantity) AS units FROM cancelled_items WHERE order_id = ? AND cancellation_id = ?) WHERE units = ?",
        orderId,
        cancellationId,
        units,
      ),
    ),
    ...returns.flatMap(({ orderId, returnId, units, warehouseId = null }) =>
      existsOnce(
        `${returnId} of ${orderId}`,
        `SELECT count(*) AS n FROM (SELECT sum(quantity) AS units FROM return_items
         WHERE order_id = ?1 AND return_id = ?2 AND (?4 IS NULL OR warehouse_id = ?4)) WHERE units = ?3`,
        orderId,
        returnId,
        units,
        warehouseId,
      ),
    ),
  ];
}

/** Each acknowledged adjustment, transfer and receipt exists once. */
function checkStockChanges(sim: Simulation): string[] {
  const { adjustments, transfers, refusedTransfers, receipts, recalls } = sim.acknowledged;
  const adjusted = adjustments.flatMap(({ referenceId, productId, isMoved }) => {
    const found = sim.runtime.hosts.get(productId)?.sql.run("SELECT seq FROM movements WHERE reference_id = ?", [referenceId])
      .rows.length;
    return found === (isMoved ? 1 : 0) ? [] : [`adjustment ${referenceId} is in the ledger ${found} times; moved: ${isMoved}`];
  });
  const statusOf = (transferId: string) =>
    rowsOf(sim, "SELECT status FROM transfers WHERE transfer_id = ?", transferId)[0]?.status;
  const sent = transfers.filter(
    ({ transferId }) => !["in_transit", "received", "recalled"].includes(String(statusOf(transferId))),
  );
  const kept = recalls.filter((transferId) => statusOf(transferId) !== "recalled");
  const unsent = refusedTransfers.filter((transferId) => statusOf(transferId) !== "refused");
  const ids = [...new Set(receipts.map(({ transferId }) => transferId))];
  const received = ids.flatMap((transferId) => {
    const acknowledged = receipts.filter((each) => each.transferId === transferId).reduce((sum, { units }) => sum + units, 0);
    const [row] = rowsOf(sim, "SELECT sum(received) AS units FROM transfer_items WHERE transfer_id = ?", transferId);
    return row?.units === acknowledged
      ? []
      : [`of ${transferId} ${acknowledged} units were acknowledged and ${String(row?.units)} are received`];
  });
  return [
    ...adjusted,
    ...sent.map(({ transferId }) => `${transferId} was acknowledged and is ${String(statusOf(transferId))}`),
    ...kept.map((transferId) => `${transferId} was recalled and is ${String(statusOf(transferId))}`),
    ...unsent.map((transferId) => `${transferId} was refused and is ${String(statusOf(transferId))}`),
    ...received,
  ];
}

/** A cart becomes at most one order: the acknowledged one. */
function checkCarts(sim: Simulation): string[] {
  const checkedOut = sim.acknowledged.checkouts.flatMap(({ cartId, orderId }) => {
    const [row] = rowsOf(sim, "SELECT order_id AS orderId FROM carts WHERE cart_id = ?", cartId);
    return row === undefined || row.orderId === orderId
      ? []
      : [`${cartId} was acknowledged as ${orderId} and is ${String(row.orderId)}`];
  });
  const twice = rowsOf(sim, "SELECT cart_id AS cartId FROM orders WHERE cart_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1");
  return [...checkedOut, ...twice.map(({ cartId }) => `${String(cartId)} became more than one order`)];
}
