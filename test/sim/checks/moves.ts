import type { Simulation } from "../clients/client.ts";
import { rowsOf } from "./acknowledged.ts";

/** Each acknowledged move exists, once unless the order was reopened in between; and each reopening exists once. */
export function checkMoves(sim: Simulation): string[] {
  const { moves, reopenings } = sim.acknowledged;
  const found = (orderId: string, what: string, to: string) =>
    Number(
      rowsOf(
        sim,
        "SELECT count(*) AS n FROM order_events WHERE order_id = ? AND what = ? AND to_status = ?",
        orderId,
        what,
        to,
      )[0]?.n,
    );
  const moved = moves.flatMap(({ orderId, to }) => {
    const least = moves.filter((each) => each.orderId === orderId && each.to === to).length;
    const times = found(orderId, "status_changed", to);
    const most = 1 + found(orderId, "reopened", "PENDING");
    return least <= times && times <= most
      ? []
      : [`${to} of ${orderId} was acknowledged ${least} times and is there ${times} times`];
  });
  const orderIds = new Set([
    ...reopenings.map(({ orderId }) => orderId),
    ...rowsOf(sim, "SELECT order_id AS id FROM order_events WHERE what = 'reopened'").map(({ id }) => String(id)),
  ]);
  const reopened = [...orderIds].flatMap((orderId) => {
    const acknowledged = reopenings.filter((each) => each.orderId === orderId).length;
    const times = found(orderId, "reopened", "PENDING");
    return times === acknowledged ? [] : [`${orderId} was reopened ${times} times; ${acknowledged} were acknowledged`];
  });
  return [...moved, ...reopened];
}
