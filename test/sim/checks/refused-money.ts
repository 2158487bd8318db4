import type { Simulation } from "../clients/client.ts";

/**
 * What was paid and refunded of an order although a client heard that it is refused: an earlier try was still on its way, and came once
 * the order was due again.
 */
export function madeAfterRefusal(sim: Simulation, orderId: string): { paid: number; refunded: number } {
  const { refusedPayments, refusedRefunds } = sim.acknowledged;
  const references = refusedPayments.flatMap((each) => (each.orderId === orderId ? [each.reference] : []));
  const ids = refusedRefunds.flatMap((each) => (each.orderId === orderId ? [each.refundId] : []));
  return {
    paid: totalOf(sim, "payments WHERE order_id = ? AND reference IN", orderId, references),
    // A refund of several payments has a number behind its id for each.
    refunded: totalOf(sim, `refunds WHERE status <> 'failed' AND order_id = ? AND ${OWN_ID} IN`, orderId, ids),
  };
}

const OWN_ID = "substr(refund_id, 1, instr(refund_id || '.', '.') - 1)";

function totalOf({ d1 }: Simulation, from: string, orderId: string, names: readonly string[]): number {
  const text = `SELECT total(amount_minor) AS total FROM ${from} (SELECT value FROM json_each(?))`;
  const [row] = d1.run(text, [orderId, JSON.stringify(names)]).rows;
  return Number(row?.total);
}
