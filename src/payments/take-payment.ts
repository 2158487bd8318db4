import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { closeAlert, openAlert } from "../events/alert-queries.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { finishHold } from "../orders/placement/record.ts";
import { nextUpdateMs } from "../orders/rules/move.ts";
import type { Order } from "../orders/rules/order.ts";
import { isSettled, isUnpaid } from "../orders/rules/payment-status.ts";
import type { OrderHistory } from "../orders/rules/timeline.ts";
import { type OrderChange, writeOrder } from "../orders/lifecycle/write-order.ts";
import { toMajor } from "../rules/money.ts";
import { findPayment, insertPayment } from "./queries.ts";
import type { Payment, PaymentRow } from "./rules/payment.ts";
import { decidePayment, isUnsettled, type Taken } from "./rules/take.ts";

/** Of two concurrent records of one reference, one is decided again on the result of the other. */
const GUARDS = ["payments.provider"];

/**
 * Takes a payment of an order, once; every payment goes through here. It is in D1 before anything else happens (P0, P1). On time the
 * units leave after the answer, or by the alarms where that is lost. An expired order is only marked paid; the caller or the sweep runs
 * `settleLate`.
 * @throws Refusal `not_found`; `payment_reference_used`; for manual payments `payment_mismatch` with the amount due, `already_paid` and
 *   `payment_not_due`; `unresolved`
 */
export async function takePayment(deps: Deps, keyed: Keyed | undefined, payment: Payment): Promise<Written<OrderHistory>> {
  const paymentId = `PAY${deps.newId()}`;
  const { orderId, provider, reference } = payment;
  const decide = async ({ order }: OrderHistory): Promise<OrderChange | undefined> => {
    const { known } = await deps.db.batch("find payment", { known: findPayment(provider, reference) });
    if (known) return sameOrRefused(known, payment);
    const taken = decidePayment(order, payment, deps.nowMs());
    return changeBy(deps, order, { ...payment, paymentId }, taken);
  };
  const written = await writeOrder(deps, keyed, { orderId }, decide, GUARDS);
  const { order } = written.answer;
  if (order.status === "PENDING" && !isUnpaid(order.paymentStatus)) deps.defer((afterwards) => finishHold(afterwards, order));
  return written;
}

/** A repeated payment changes nothing. */
function sameOrRefused(known: PaymentRow, payment: Payment): undefined {
  const isSame =
    known.orderId === payment.orderId && known.amountMinor === payment.amountMinor && known.currency === payment.currency;
  if (isSame) return undefined;
  const what = known.orderId === payment.orderId ? "this order with another amount" : "another order";
  throw new Refusal("payment_reference_used", `The reference is already recorded for ${what}.`);
}

function changeBy(deps: Deps, order: Order, payment: Payment & { paymentId: string }, taken: Taken): OrderChange {
  const { currencyDecimals: decimals } = deps.config;
  const { orderId, paymentId, reference, amountMinor, currency } = payment;
  if (taken.outcome === "refused") throw paymentRefusal(taken.code, toMajor(taken.dueMinor, decimals), order.currency);
  const atMs = deps.nowMs();
  const also: Query<unknown>[] = [insertPayment(payment, { paymentId, actor: deps.by.actor, atMs })];
  const alert = (kind: Parameters<typeof openAlert>[0]) =>
    also.push(openAlert(kind, orderId, { reference, amount_minor: amountMinor, currency }, atMs));
  if (taken.outcome === "stray") {
    // The subject is the reference, so that a correct payment of the order does not close the alert.
    also.push(openAlert("payment_unknown", reference, { order_id: orderId, amount_minor: amountMinor, currency }, atMs));
    return {
      verb: "pay",
      what: "paid",
      note: `In ${currency}`,
      after: { ...order, updatedAtMs: nextUpdateMs(order, atMs) },
      also,
    };
  }
  const { after, isPaidNow } = taken;
  if (taken.alert) alert(taken.alert);
  else if (isPaidNow) also.push(closeAlert("payment_mismatch", orderId, atMs));
  const change = { verb: "pay", what: "paid" as const, note: null, amountMinor, after, also };
  if (!isPaidNow || !isSettled(after.paymentStatus) || isUnsettled(after)) return change;
  return { ...change, webhook: { type: "order.paid", eventId: `${orderId}:paid` } };
}

function paymentRefusal(code: Extract<Taken, { code: string }>["code"], due: number, currency: string): Refusal {
  if (code === "already_paid") return new Refusal("already_paid", "The order was paid by another payment.");
  if (code === "payment_not_due")
    return new Refusal("payment_not_due", "Everything came back, so nothing is to be paid any more.");
  const detail = `The amount due is ${due} ${currency}; nothing was recorded.`;
  return new Refusal("payment_mismatch", detail, { members: { amount_due: due, currency } });
}
