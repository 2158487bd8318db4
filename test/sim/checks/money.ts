import { render } from "../../../src/db/render.ts";
import { toHeadJson } from "../../../src/orders/rules/event-payload.ts";
import { findRecord } from "../../../src/orders/queries.ts";
import type { Order } from "../../../src/orders/rules/order.ts";
import type { StripePayment } from "../clients/acknowledged.ts";
import type { Simulation } from "../clients/client.ts";
import { madeAfterRefusal } from "./refused-money.ts";
import type { Row } from "../platform/sql.ts";

/** Checks the sums of orders, the uses of limited rules, and what every order shows against the books that are kept here. */
export function checkMoney(sim: Simulation): string[] {
  return [...wrongSums(sim), ...wrongUses(sim), ...ordersOf(sim).flatMap((order) => wrongBooks(sim, order))];
}

function rowsOf({ d1 }: Simulation, query: string, ...bindings: unknown[]): Row[] {
  return d1.run(query, bindings).rows;
}

function wrongSums(sim: Simulation): string[] {
  const wrong = rowsOf(
    sim,
    `SELECT order_id AS orderId, status, payment_status AS paymentStatus FROM orders WHERE
       total_minor <> subtotal_minor - discount_minor + delivery_cost_minor + iif(tax_included, 0, tax_minor)
       OR subtotal_minor - discount_minor <> (SELECT sum(line_total_minor) FROM order_items i WHERE i.order_id = orders.order_id)
       OR paid_minor <> (SELECT total(amount_minor) FROM payments p WHERE p.order_id = orders.order_id)
       OR refunded_minor <> (SELECT total(amount_minor) FROM refunds r WHERE r.order_id = orders.order_id AND r.status <> 'failed')
       OR status IN ('CANCELLED', 'EXPIRED', 'RETURNED') AND paid_minor > refunded_minor AND payment_status <> 'refund_due'
       OR status = 'EXPIRED' AND payment_status = 'paid'`,
  );
  return wrong.map((row) => `money of ${JSON.stringify(row)}`);
}

function wrongUses(sim: Simulation): string[] {
  const used = rowsOf(sim, "SELECT rule_id AS ruleId, used FROM pricing_rules").flatMap(({ ruleId, used: counted }) => {
    const [row] = rowsOf(
      sim,
      "SELECT count(*) AS n FROM orders CROSS JOIN json_each(rules_used) use WHERE use.value->>'ruleId' = ?",
      ruleId,
    );
    return row?.n === counted ? [] : [`a rule counts ${String(counted)} uses; ${String(row?.n)} orders name it`];
  });
  const late = "SELECT DISTINCT to_status AS became FROM order_events WHERE from_status = 'EXPIRED' AND what = 'status_changed'";
  for (const { became } of rowsOf(sim, late))
    sim.scheduler.cover(`late payment: ${became === "PROCESSING" ? "goods" : "refund"}`);
  return used;
}

/** All orders as the API reads them. */
function ordersOf({ d1 }: Simulation): Order[] {
  return d1.run("SELECT order_id AS orderId FROM orders").rows.flatMap(({ orderId }) => {
    const query = findRecord(String(orderId));
    const { text, params } = render(query.statement);
    const { order } = query.read({ results: d1.run(text, params).rows } as unknown as Parameters<typeof query.read>[0]);
    return order ?? [];
  });
}

const CLOSED = new Set(["CANCELLED", "EXPIRED", "RETURNED"]);

/** Compares what an order shows with what clients were told, Stripe reported, and what was cancelled and came back. */
function wrongBooks(sim: Simulation, order: Order): string[] {
  const { orderId, status } = order;
  const ofOrder = <T extends { orderId: string }>(all: readonly T[]) => all.filter((each) => each.orderId === orderId);
  const sumOf = (all: readonly { amountMinor: number }[]) => all.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const byStripe = ofOrder(sim.acknowledged.stripePayments);
  const later = madeAfterRefusal(sim, orderId);
  const paid = sumOf(ofOrder(sim.acknowledged.payments)) + later.paid + sumOf(byStripe);
  const lost = byStripe.reduce((sum, payment) => sum + lossOf(sim, payment), 0);
  const refunded = sumOf(ofOrder(sim.acknowledged.refunds)) + later.refunded + lost;
  const kept = CLOSED.has(status) ? 0 : order.totalMinor - creditOf(sim, order);
  const isPaid = paid > 0;
  if (byStripe.some(isOpen)) sim.scheduler.cover("disputed order");
  if (lost > 0 && CLOSED.has(status)) sim.scheduler.cover("dispute of a closed order");
  if (lost > 0 && refunded > lost) sim.scheduler.cover("lost dispute of a refunded payment");
  const books = {
    paid,
    refunded,
    due: isPaid ? 0 : isAwaiting(order) ? kept : 0,
    refundDue: Math.max(0, paid - refunded - kept),
    payment: byStripe.some(isOpen) ? "disputed" : isPaid ? settledAs(status, paid, refunded) : order.paymentStatus,
  };
  const page = toHeadJson(order, { decimals: 0, iso: String });
  const shown = {
    paid: page.paid_total,
    refunded: page.refunded_total,
    due: page.amount_due,
    refundDue: page.refund_due,
    payment: page.payment_status,
  };
  const differing =
    JSON.stringify(books) === JSON.stringify(shown)
      ? []
      : [`${orderId} is ${status} and shows ${JSON.stringify(shown)}; by the books ${JSON.stringify(books)}`];
  return [...differing, ...wrongAlerts(sim, order, { refundDue: books.refundDue, disputes: byStripe })];
}

/** Nothing was paid yet, and the order goes on. */
function isAwaiting({ status, paymentMethod, paymentStatus }: Order): boolean {
  return !CLOSED.has(status) && (paymentMethod === "cod" || paymentStatus === "pending" || paymentStatus === "failed");
}

/** Every payment here covers what was due, so that one pays an order. */
function settledAs(status: string, paid: number, refunded: number): string {
  if (CLOSED.has(status)) return paid === refunded ? "refunded" : "refund_due";
  if (refunded === 0) return "paid";
  return paid === refunded ? "refunded" : "partially_refunded";
}

/**
 * The value of the units that were cancelled or came back; of all of them it is the total. Prices include their tax here. Which line a
 * unit came back from is not always plain: of such an order the value is taken as it is shown.
 */
function creditOf(sim: Simulation, { orderId, items, totalMinor, creditedMinor }: Order): number {
  const supplied = rowsOf(
    sim,
    `SELECT line_no AS lineNo, sum(a.quantity) AS units,
       (SELECT total(quantity) FROM return_items r WHERE r.order_id = a.order_id AND r.variant_id = a.variant_id) AS returned
     FROM order_allocations a WHERE order_id = ? GROUP BY line_no, variant_id`,
    orderId,
  );
  const variants = rowsOf(sim, "SELECT DISTINCT variant_id FROM order_allocations WHERE order_id = ?", orderId);
  if (variants.length < supplied.length) return creditedMinor;
  const cancelled = rowsOf(sim, "SELECT line_no AS lineNo, quantity FROM cancelled_items WHERE order_id = ?", orderId);
  const lines = items.map(({ lineNo, quantity, lineTotalMinor: value }) => {
    // A bundle has come back when all of its parts have.
    const parts = supplied.filter((part) => part.lineNo === lineNo);
    const returned = parts.map((part) => Math.floor((Number(part.returned) * quantity) / Number(part.units)));
    const ofLine = cancelled.filter((each) => each.lineNo === lineNo);
    const back = ofLine.reduce((sum, each) => sum + Number(each.quantity), Math.min(...returned));
    return { value, quantity, back };
  });
  if (lines.every(({ quantity, back }) => back === quantity)) return totalMinor;
  return lines.reduce((sum, { value, quantity, back }) => sum + Math.floor((2 * value * back + quantity) / (2 * quantity)), 0);
}

/**
 * What a lost dispute took: at most what is left of its payment. What is left cannot be refunded while the dispute is open, and
 * once the dispute has taken all of it nothing can be refunded, so that the order of both does not matter.
 */
function lossOf(sim: Simulation, { orderId, intentId, amountMinor, dispute }: StripePayment): number {
  if (dispute?.status !== "lost") return 0;
  const [row] = rowsOf(
    sim,
    `SELECT total(amount_minor) AS refunded FROM refunds WHERE order_id = ? AND status <> 'failed' AND reason <> 'Dispute lost'
       AND payment_id = (SELECT payment_id FROM payments WHERE reference = ?)`,
    orderId,
    intentId,
  );
  return Math.min(dispute.amountMinor, amountMinor - Number(row?.refunded));
}

function isOpen({ dispute }: StripePayment): boolean {
  return dispute?.status === "needs_response" || dispute?.status === "under_review";
}

/**
 * Alerts stand while their cause does. A refund that is due has one, or the surplus that it is part of. Where none is due there is neither, unless
 * a payment came for nothing: nothing is owed of it where as much had gone back before.
 */
function wrongAlerts(
  sim: Simulation,
  { orderId }: Order,
  { refundDue, disputes }: { refundDue: number; disputes: readonly StripePayment[] },
): string[] {
  const open = rowsOf(sim, "SELECT kind FROM alerts WHERE subject = ? AND closed_at_ms IS NULL", orderId).map(({ kind }) => kind);
  const isSurplus = open.includes("payment_surplus");
  const isRefundTold = refundDue > 0 ? open.includes("refund_due") || isSurplus : !open.includes("refund_due");
  const isSurplusTold = refundDue > 0 || isSurplus === cameForNothing(sim, orderId);
  const isAsked = disputes.some((each) => isOpen(each) || each.dispute?.status === "warning_needs_response");
  const isLost = disputes.some(({ dispute }) => dispute?.status === "lost");
  const wrong = [
    ...(isRefundTold ? [] : [`a refund of ${refundDue}`]),
    ...(isSurplusTold ? [] : [`a newest payment that was ${isSurplus ? "due" : "not due"}`]),
    ...(isAsked === open.includes("payment_disputed") ? [] : [`a dispute that is ${isAsked ? "open" : "not open"}`]),
    ...(isLost && !open.includes("dispute_lost") ? ["a lost dispute"] : []),
  ];
  return wrong.map((cause) => `${orderId} has the alerts ${JSON.stringify(open)}, and ${cause}`);
}

/**
 * Whether the newest payment of an order came when another had paid it, and nothing went back since. One that came after the order had expired, and
 * what had been paid was back, pays it.
 */
function cameForNothing(sim: Simulation, orderId: string): boolean {
  const found = rowsOf(
    sim,
    `SELECT 1 FROM payments p WHERE order_id = ? AND at_ms = (SELECT max(at_ms) FROM payments WHERE order_id = p.order_id)
       AND (SELECT count(*) FROM payments WHERE order_id = p.order_id) > 1
       AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = p.order_id AND r.at_ms >= p.at_ms)
       AND NOT EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = p.order_id AND e.from_status = 'EXPIRED' AND e.at_ms >= p.at_ms)`,
    orderId,
  );
  if (found.length > 0) sim.scheduler.cover("payment for nothing after a refund");
  return found.length > 0;
}
