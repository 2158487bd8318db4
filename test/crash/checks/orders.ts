import type { Row, State } from "./read-state.ts";
import { asked, linesOf, toldOf } from "./acknowledged.ts";
import { differing, type LineJson, said, sumBy, takenBy, unlike } from "./units.ts";
import { type Entry, textIn } from "../clients/workload.ts";

// Every order that was acknowledged is there, once, as it was asked for and with what was done to it since; no other is.

const ORDERS = "SELECT order_id, status, payment_status, payment_method, paid_minor, refunded_minor FROM orders";

/** Findings about orders, returns and what was done to them. @param isLate an hour has passed: nothing waits for its payment */
export function checkOrders(log: readonly Entry[], { d1 }: State, isLate: boolean): string[] {
  const orders = d1(ORDERS);
  const placed = toldOf(log, "order", "checkout");
  const ids = placed.map(({ answer }) => textIn(answer.body, "order_id"));
  const items = Map.groupBy(d1("SELECT order_id, product_id, variant_id, quantity FROM order_items"), orderOf);
  const allocations = Map.groupBy(d1("SELECT order_id, variant_id, quantity FROM order_allocations"), orderOf);
  return [
    ...unlike("order", new Set(ids), new Set(orders.map(orderOf))),
    ...[...Map.groupBy(ids, (id) => id)].flatMap(([id, same]) => (same.length > 1 ? [`two keys, one order: ${id}`] : [])),
    ...refusedAndThere(log, new Set(orders.map(orderOf))),
    ...placed.flatMap(({ entry, answer }) => {
      const id = textIn(answer.body, "order_id");
      const wanted = (entry.what === "order" ? linesOf(entry) : answer.body["items"]) as LineJson[];
      const stored = (items.get(id) ?? []) as unknown as LineJson[];
      return [
        ...differing(`the items of ${id}`, byVariant(wanted), byVariant(stored)),
        ...differing(`the units of ${id}`, takenBy(wanted), byVariant((allocations.get(id) ?? []) as unknown as LineJson[])),
      ];
    }),
    ...orders.flatMap((order) =>
      checkStatus(log, order, takenBy((items.get(orderOf(order)) ?? []) as unknown as LineJson[]), isLate),
    ),
    ...d1("SELECT order_id, to_status FROM order_events WHERE to_status IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1").map(
      (row) => `${row["order_id"]} became ${row["to_status"]} more than once`,
    ),
    ...checkReturns(log, d1("SELECT order_id, return_id, variant_id, quantity, condition, reason FROM return_items")),
  ];
}

/** A refusal under a key is for good. */
function refusedAndThere(log: readonly Entry[], there: ReadonlySet<string>): string[] {
  return log.flatMap(({ what, key, answers }) => {
    const refused = answers.filter(({ status, body }) => status === 409 && body["stock_errors"] !== undefined && what !== "edit");
    return refused
      .filter(({ body }) => there.has(String(body["order_id"])))
      .map(({ body }) => `refused and there: order ${String(body["order_id"])} of key ${key}`);
  });
}

function checkStatus(log: readonly Entry[], order: Row, units: Map<string, number>, isLate: boolean): string[] {
  const orderId = orderOf(order);
  const about = toldAbout(log).get(orderId) ?? [];
  const has = (...whats: string[]) => about.some(({ entry }) => whats.includes(entry.what));
  const moved = (to: string) => about.some(({ entry }) => entry.what === "move" && asked(entry, "status") === to);
  const back = about.filter(({ entry }) => entry.what === "return").flatMap(({ entry }) => linesOf(entry));
  const isAllBack = back.length > 0 && said(takenBy(back)) === said(units);
  const expected = (() => {
    if (has("cancel") || moved("CANCELLED")) return ["CANCELLED"];
    if (isAllBack) return ["RETURNED"];
    if (moved("COMPLETED")) return ["COMPLETED"];
    if (moved("PROCESSING")) return ["PROCESSING"];
    if (has("payment")) return ["PENDING", "PROCESSING", "CANCELLED"];
    if (order["payment_method"] === "cod") return ["PENDING"];
    return isLate ? ["EXPIRED"] : ["PENDING", "EXPIRED"];
  })();
  // Only money that came late ends an order without anybody's word, and then it is owed back.
  const isEndedByMoney = order["status"] === "CANCELLED" && !has("cancel") && !moved("CANCELLED");
  const isOwed = order["payment_status"] === "refund_due" || order["payment_status"] === "refunded";
  const findings = expected.includes(String(order["status"]))
    ? []
    : [`${orderId} is ${order["status"]}; by what was acknowledged it is ${expected.join(" or ")}`];
  return isEndedByMoney && !isOwed ? [...findings, `${orderId} was ended by nobody`] : findings;
}

const remembered = new WeakMap<readonly Entry[], Map<string, ReturnType<typeof toldOf>>>();

/** What was done to each order; grouped once for a log, which is complete when it is looked at. */
function toldAbout(log: readonly Entry[]): Map<string, ReturnType<typeof toldOf>> {
  const known = remembered.get(log) ?? Map.groupBy(toldOf(log, "cancel", "move", "return", "payment"), ({ of }) => of);
  remembered.set(log, known);
  return known;
}

/** Each return once, with what came and in what condition. */
function checkReturns(log: readonly Entry[], rows: Row[]): string[] {
  const told = toldOf(log, "return");
  const byReason = Map.groupBy(rows, (row) => String(row["reason"]));
  const reasons = told.map(({ entry }) => asked(entry, "reason"));
  return [
    ...unlike("return", new Set(reasons), new Set(byReason.keys())),
    ...told.flatMap(({ entry, of }) => {
      const reason = asked(entry, "reason");
      const stored = byReason.get(reason) ?? [];
      const lines = linesOf(entry) as (LineJson & { condition: string })[];
      const ids = new Set(stored.map((row) => `${row["order_id"]} ${row["return_id"]}`));
      return [
        ...(ids.size > 1 || stored.some((row) => row["order_id"] !== of)
          ? [`returned more than once: ${[...ids].join(", ")}`]
          : []),
        ...["sellable", "damaged"].flatMap((condition) =>
          differing(
            `${condition} units of ${reason} of ${of}`,
            takenBy(lines.filter((line) => line.condition === condition)),
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
