import type { Row, State } from "./read-state.ts";
import { requestText, requestLines, acknowledged } from "./acknowledged.ts";
import { compareUnits, type LineJson, format, sumBy, stockUnitsOf, unmatched } from "./units.ts";
import { type Entry, textField } from "../clients/workload.ts";

// Every acknowledged order exists once, as requested and with every acknowledged change since, and no other order exists.

const ORDERS = "SELECT order_id, status, payment_status, payment_method, paid_minor, refunded_minor FROM orders";

/** Checks orders, their status and returns. @param isLate an hour has passed, so that no order awaits its payment */
export function checkOrders(log: readonly Entry[], { d1 }: State, isLate: boolean): string[] {
  const orders = d1(ORDERS);
  const placed = acknowledged(log, "order", "checkout");
  const ids = placed.map(({ answer }) => textField(answer.body, "order_id"));
  const items = Map.groupBy(d1("SELECT order_id, product_id, variant_id, quantity FROM order_items"), orderOf);
  const allocations = Map.groupBy(d1("SELECT order_id, variant_id, quantity FROM order_allocations"), orderOf);
  const kept = Map.groupBy(
    d1("SELECT order_id, variant_id, quantity - cancelled AS quantity FROM order_allocations WHERE quantity > cancelled"),
    orderOf,
  );
  return [
    ...unmatched("order", new Set(ids), new Set(orders.map(orderOf))),
    ...[...Map.groupBy(ids, (id) => id)].flatMap(([id, same]) => (same.length > 1 ? [`two keys, one order: ${id}`] : [])),
    ...refusedButPresent(log, new Set(orders.map(orderOf))),
    ...placed.flatMap(({ entry, answer }) => {
      const id = textField(answer.body, "order_id");
      const wanted = (entry.what === "order" ? requestLines(entry) : answer.body["items"]) as LineJson[];
      const stored = (items.get(id) ?? []) as unknown as LineJson[];
      return [
        ...compareUnits(`the items of ${id}`, byVariant(wanted), byVariant(stored)),
        ...compareUnits(
          `the units of ${id}`,
          stockUnitsOf(wanted),
          byVariant((allocations.get(id) ?? []) as unknown as LineJson[]),
        ),
      ];
    }),
    ...orders.flatMap((order) =>
      checkStatus(log, order, byVariant((kept.get(orderOf(order)) ?? []) as unknown as LineJson[]), isLate),
    ),
    ...d1("SELECT order_id, to_status FROM order_events WHERE to_status IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1").map(
      (row) => `${row["order_id"]} became ${row["to_status"]} more than once`,
    ),
    ...checkReturns(
      log,
      d1("SELECT order_id, return_id, variant_id, warehouse_id, quantity, condition, reason FROM return_items"),
    ),
  ];
}

/** A refusal under a key is final: no order with its id may exist. */
function refusedButPresent(log: readonly Entry[], present: ReadonlySet<string>): string[] {
  return log.flatMap(({ what, key, answers }) => {
    const refused = answers.filter(({ status, body }) => status === 409 && body["stock_errors"] !== undefined && what !== "edit");
    return refused
      .filter(({ body }) => present.has(String(body["order_id"])))
      .map(({ body }) => `refused but present: order ${String(body["order_id"])} of key ${key}`);
  });
}

function checkStatus(log: readonly Entry[], order: Row, units: Map<string, number>, isLate: boolean): string[] {
  const orderId = orderOf(order);
  const changes = changesByOrder(log).get(orderId) ?? [];
  const has = (...whats: string[]) => changes.some(({ entry }) => whats.includes(entry.what));
  const moved = (to: string) => changes.some(({ entry }) => entry.what === "move" && requestText(entry, "status") === to);
  const returned = changes.filter(({ entry }) => entry.what === "return").flatMap(({ entry }) => requestLines(entry));
  const isFullyReturned = returned.length > 0 && format(stockUnitsOf(returned)) === format(units);
  const cancelledTo = (to: string) =>
    changes.some(({ entry, answer }) => entry.what === "cancel" && answer.body["status"] === to);
  const isAllShipped = changes.some(({ answer }) => answer.body["order_status"] === "COMPLETED");
  const expected = (() => {
    if (cancelledTo("CANCELLED") || moved("CANCELLED")) return ["CANCELLED"];
    if (isFullyReturned) return ["RETURNED"];
    if (moved("COMPLETED") || isAllShipped || cancelledTo("COMPLETED")) return ["COMPLETED"];
    if (moved("PROCESSING") || has("shipment")) return ["PROCESSING"];
    if (has("payment")) return ["PENDING", "PROCESSING", "CANCELLED"];
    if (order["payment_method"] === "cod") return ["PENDING"];
    return isLate ? ["EXPIRED"] : ["PENDING", "EXPIRED"];
  })();
  // Without a request, only a late payment cancels an order, and then a refund is due.
  const isCancelledByPayment = order["status"] === "CANCELLED" && !has("cancel") && !moved("CANCELLED");
  const isRefundDue = order["payment_status"] === "refund_due" || order["payment_status"] === "refunded";
  const findings = expected.includes(String(order["status"]))
    ? []
    : [`${orderId} is ${order["status"]}; the acknowledged changes make it ${expected.join(" or ")}`];
  return isCancelledByPayment && !isRefundDue ? [...findings, `${orderId} was cancelled without a request`] : findings;
}

const cache = new WeakMap<readonly Entry[], Map<string, ReturnType<typeof acknowledged>>>();

/** The acknowledged changes by order; grouped once per log, which is complete when the checks run. */
function changesByOrder(log: readonly Entry[]): Map<string, ReturnType<typeof acknowledged>> {
  const grouped =
    cache.get(log) ??
    Map.groupBy(acknowledged(log, "cancel", "move", "shipment", "return", "payment"), ({ subjectId }) => subjectId);
  cache.set(log, grouped);
  return grouped;
}

/** Each acknowledged return exists once, with its units, their condition and the warehouse that it names. */
function checkReturns(log: readonly Entry[], rows: Row[]): string[] {
  const returns = acknowledged(log, "return");
  const byReason = Map.groupBy(rows, (row) => String(row["reason"]));
  const reasons = returns.map(({ entry }) => requestText(entry, "reason"));
  return [
    ...unmatched("return", new Set(reasons), new Set(byReason.keys())),
    ...returns.flatMap(({ entry, subjectId }) => {
      const reason = requestText(entry, "reason");
      const stored = byReason.get(reason) ?? [];
      const lines = requestLines(entry) as (LineJson & { condition: string })[];
      const ids = new Set(stored.map((row) => `${row["order_id"]} ${row["return_id"]}`));
      const named = (entry.body as { warehouse_id?: string }).warehouse_id;
      return [
        ...stored
          .filter((row) => named !== undefined && row["warehouse_id"] !== named)
          .map((row) => `${reason} was brought to ${named} and is in ${row["warehouse_id"]}`),
        ...(ids.size > 1 || stored.some((row) => row["order_id"] !== subjectId)
          ? [`returned more than once: ${[...ids].join(", ")}`]
          : []),
        ...["sellable", "damaged"].flatMap((condition) =>
          compareUnits(
            `${condition} units of ${reason} of ${subjectId}`,
            stockUnitsOf(lines.filter((line) => line.condition === condition)),
            byVariant(stored.filter((row) => row["condition"] === condition) as unknown as LineJson[]),
          ),
        ),
      ];
    }),
  ];
}

function byVariant(lines: readonly LineJson[]) {
  return sumBy(
    lines,
    (line) => line.variant_id,
    (line) => line.quantity,
  );
}

function orderOf(row: Row): string {
  return String(row["order_id"]);
}
