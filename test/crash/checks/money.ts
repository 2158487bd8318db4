import { PROMO } from "../clients/shop.ts";
import type { OrderPage } from "./read-pages.ts";
import type { State } from "./read-state.ts";
import { requestText, requestNumber, acknowledged } from "./acknowledged.ts";
import { add, sumBy, type Units, unmatched } from "./units.ts";
import { type Entry, textField } from "../clients/workload.ts";

// The amounts of every order's page add up and equal the acknowledged ones.

const ENDED = new Set(["CANCELLED", "EXPIRED", "RETURNED"]);

/** Checks prices, payments and refunds. */
export function checkMoney(log: readonly Entry[], { d1 }: State, pages: readonly OrderPage[]): string[] {
  const totals = new Map(
    acknowledged(log, "order", "checkout").map(({ answer }) => [textField(answer.body, "order_id"), minor(answer.body["total"])]),
  );
  const paid: Units = new Map();
  for (const { entry, subjectId } of acknowledged(log, "payment")) add(paid, subjectId, minor(requestNumber(entry, "amount")));
  const refunded: Units = new Map();
  for (const { entry, subjectId } of acknowledged(log, "refund")) add(refunded, subjectId, minor(requestNumber(entry, "amount")));
  const valuesOf = (kind: string) =>
    d1(`SELECT DISTINCT ${kind} AS value FROM ${kind === "reference" ? "payments" : "refunds"}`).map((row) =>
      String(row["value"]),
    );
  return [
    ...pages.flatMap((page) => [
      ...wrongSums(page),
      ...same(page, "total", minor(page.total), totals.get(page.order_id) ?? 0),
      ...same(page, "paid_total", minor(page.paid_total), paid.get(page.order_id) ?? 0),
      ...same(page, "refunded_total", minor(page.refunded_total), refunded.get(page.order_id) ?? 0),
      ...(ENDED.has(page.status) && page.paid_total > page.refunded_total && page.payment_status !== "refund_due"
        ? [`payment kept without an order or refund: ${page.order_id} is ${page.status} and ${page.payment_status}`]
        : []),
    ]),
    ...unmatched("payment", requestedIn(log, "payment", "payment_reference"), new Set(valuesOf("reference"))),
    ...unmatched("refund", requestedIn(log, "refund", "reason"), new Set(valuesOf("reason"))),
    ...checkUses({ d1 }),
  ];
}

function requestedIn(log: readonly Entry[], what: "payment" | "refund", field: string): Set<string> {
  return new Set(acknowledged(log, what).map(({ entry }) => requestText(entry, field)));
}

function wrongSums(page: OrderPage): string[] {
  const sum = (of: (item: OrderPage["items"][number]) => number) => page.items.reduce((units, item) => units + of(item), 0);
  const tax = page.prices_include_tax ? 0 : minor(page.tax_total);
  return [
    ...page.items.flatMap((item) => [
      ...same(page, "line_total", minor(item.line_total), minor(item.unit_price) * item.quantity - minor(item.discount)),
      ...same(
        page,
        "applied_rules",
        item.applied_rules.reduce((units, rule) => units + minor(rule.amount), 0),
        minor(item.discount),
      ),
      ...same(page, "tax", minor(item.tax), taxIn(minor(item.line_total), item.tax_rate_bps, page.prices_include_tax)),
    ]),
    ...same(
      page,
      "subtotal",
      minor(page.subtotal),
      sum((item) => minor(item.unit_price) * item.quantity),
    ),
    ...same(
      page,
      "discount_total",
      minor(page.discount_total),
      sum((item) => minor(item.discount)),
    ),
    ...same(
      page,
      "tax_total",
      minor(page.tax_total),
      sum((item) => minor(item.tax)),
    ),
    ...same(page, "sum", minor(page.total), minor(page.subtotal) - minor(page.discount_total) + minor(page.delivery_cost) + tax),
  ];
}

/** Half a minor unit is rounded away from zero. */
function taxIn(amountMinor: number, rateBps: number, isIncluded: boolean): number {
  const whole = isIncluded ? 10_000 + rateBps : 10_000;
  return Math.floor((2 * amountMinor * rateBps + whole) / (2 * whole));
}

/** A limited rule counts one use per order that names it, up to its limit. */
function checkUses({ d1 }: Pick<State, "d1">): string[] {
  const [rule] = d1(`SELECT rule_id, used FROM pricing_rules WHERE promo_code = '${PROMO.code}'`);
  const named = d1(`SELECT use.value->>'ruleId' AS rule_id FROM orders CROSS JOIN json_each(rules_used) use`);
  const uses =
    sumBy(
      named,
      (row) => String(row["rule_id"]),
      () => 1,
    ).get(String(rule?.["rule_id"])) ?? 0;
  const isRight = rule?.["used"] === uses && uses <= PROMO.limit;
  return isRight ? [] : [`the limited code counts ${rule?.["used"]} uses; ${uses} orders name it; its limit is ${PROMO.limit}`];
}

function same({ order_id: orderId }: OrderPage, what: string, found: number, expected: number): string[] {
  return found === expected ? [] : [`${what} of ${orderId} is ${found}; its parts or the acknowledged amounts give ${expected}`];
}

function minor(major: unknown): number {
  return Math.round(Number(major) * 100);
}
