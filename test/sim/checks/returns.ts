import type { Simulation } from "../clients/client.ts";

/** Checks that each acknowledged request is there as staff left it, and that no more came back of an order than had left. */
export function checkReturns({ d1, acknowledged }: Simulation): string[] {
  const requests = acknowledged.requests.flatMap(({ orderId, returnId, received, isRejected }) => {
    const expected = isRejected ? "rejected" : received > 0 ? "received" : "requested";
    const query = `SELECT status, (SELECT coalesce(sum(quantity), 0) FROM return_items r WHERE r.return_id = returns.return_id) AS units
      FROM returns WHERE order_id = ? AND return_id = ?`;
    const found = JSON.stringify(d1.run(query, [orderId, returnId]).rows);
    const due = JSON.stringify([{ status: expected, units: received }]);
    return found === due ? [] : [`${returnId} of ${orderId} was acknowledged as ${due} and is ${found}`];
  });
  const tooMany = d1.run(`SELECT order_id, variant_id, sum(back) AS back, sum(gone) AS gone FROM (
      SELECT order_id, variant_id, quantity AS back, 0 AS gone FROM return_items
      UNION ALL SELECT order_id, variant_id, 0, iif(status IN ('COMPLETED', 'RETURNED'), quantity - cancelled, shipped)
      FROM order_allocations JOIN orders USING (order_id)
    ) GROUP BY 1, 2 HAVING sum(back) > sum(gone)`).rows;
  const headless = d1.run(`SELECT order_id, return_id FROM return_items LEFT JOIN returns USING (order_id, return_id)
    WHERE status IS NOT 'received'`).rows;
  return [
    ...requests,
    ...tooMany.map((row) => `more came back than had left: ${JSON.stringify(row)}`),
    ...headless.map((row) => `came back, but its return was not received: ${JSON.stringify(row)}`),
  ];
}
