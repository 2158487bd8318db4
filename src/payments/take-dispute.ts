import type { Query } from "../db/client.ts";
import type { Deps } from "../deps.ts";
import { unresolved } from "../errors.ts";
import { closeAlert, openAlert, renewAlert } from "../events/alert-queries.ts";
import { type OrderChange, writeOrder } from "../orders/lifecycle/write-order.ts";
import type { Order, OrderRow } from "../orders/rules/order.ts";
import type { OrderHistory } from "../orders/rules/timeline.ts";
import { type Minor, toMajor } from "../rules/money.ts";
import { findDispute, renewDispute, writeDispute } from "./dispute-queries.ts";
import { findIntent, findMoney, findPayment, insertRefunds } from "./queries.ts";
import { closeSettled } from "./refund-change.ts";
import { updateRefund } from "./refund-queries.ts";
import { afterDispute, decideDispute, type DisputeReport, type DisputeRow, disputeStatusOf, lossOf } from "./rules/dispute.ts";
import { isNotFailed } from "./rules/pay-out.ts";
import { DISPUTE_PREFIX, type Money, type PaymentRow, type RefundRow } from "./rules/payment.ts";
import { fromStripeAmount, type StripeEvent } from "./rules/stripe.ts";

/** A concurrent report of the end that it has. */
const GUARDS = ["disputes.status"];

type DisputeEvent = Extract<StripeEvent, { what: "disputed" }>;

/**
 * Takes a report about a dispute, in any order. While it is open its order is `disputed` and refunds are blocked; where it is lost the money has
 * gone back, as by a refund.
 * @returns whether the payment is one of this shop
 * @throws Refusal `unresolved` where the payment has begun here and is not recorded yet, or others changed the dispute meanwhile: Stripe
 *   reports it again
 */
export async function takeDispute(deps: Deps, event: DisputeEvent): Promise<boolean> {
  const { intentId } = event;
  if (intentId === undefined) return false;
  const { byStripe, byHand, intent } = await deps.db.batch("find disputed payment", {
    byStripe: findPayment("stripe", intentId),
    byHand: findPayment("manual", intentId),
    intent: findIntent(intentId),
  });
  const payment = byStripe ?? byHand;
  if (!payment && intent) throw unresolved("The disputed payment is not recorded yet.", "again");
  if (!payment) return false;
  const report = reportOf(deps, payment, event);
  const decide = async ({ order }: OrderHistory): Promise<OrderChange | undefined> => {
    const { known, money } = await deps.db.batch("read dispute", {
      known: findDispute(report.disputeId),
      money: findMoney(order.orderId),
    });
    const after = decideDispute(known, report, deps.nowMs());
    if (after?.status === known?.status) return after && renew(deps, after);
    return after && changeBy(deps, { order, payment, money }, known, after);
  };
  await writeOrder(deps, undefined, { orderId: payment.orderId }, decide, GUARDS);
  return true;
}

/** The dispute had this end already, so nothing about its order changes. */
async function renew(deps: Deps, dispute: DisputeRow): Promise<undefined> {
  const { renewed } = await deps.db.batch("renew dispute", { renewed: renewDispute(dispute) });
  if (renewed === 0) throw unresolved("Another report of the dispute was handled at the same time.", "again");
}

function reportOf(deps: Deps, payment: PaymentRow, event: DisputeEvent): DisputeReport {
  const { disputeId, reason, createdS: reportedAtS } = event;
  const { orderId, paymentId } = payment;
  const disputed =
    event.currency === payment.currency
      ? fromStripeAmount(event.amount, event.currency, deps.config.currencyDecimals)
      : undefined;
  // An amount that the shop cannot have charged is the bank's conversion of the payment.
  const amountMinor = Math.min(disputed ?? payment.amountMinor, payment.amountMinor);
  return { disputeId, orderId, paymentId, amountMinor, reason, status: disputeStatusOf(event.status), reportedAtS };
}

const WHAT = { inquiry: "disputed", open: "disputed", won: "dispute_won", lost: "dispute_lost" } as const;

function changeBy(
  deps: Deps,
  { order, payment, money }: { order: Order; payment: PaymentRow; money: Money },
  before: DisputeRow | undefined,
  after: DisputeRow,
): OrderChange {
  const { disputeId, status, amountMinor } = after;
  const { loss, also } = lossBy(deps, { order, payment, money }, before, after);
  const row = afterDispute(order, before, after, loss, deps.nowMs());
  const what = WHAT[status];
  const details = { dispute_id: disputeId, dispute_status: status, reason: after.reason };
  const told = { ...details, amount: toMajor(amountMinor, deps.config.currencyDecimals) };
  const type = what === "disputed" ? ("order.disputed" as const) : ("order.dispute_closed" as const);
  return {
    verb: "dispute",
    what,
    note: null,
    amountMinor,
    after: row,
    also: [writeDispute(before, after), ...also, ...alertsOf(row, after, told, money), ...(loss > 0 ? closeSettled(row) : [])],
    webhook: { type, eventId: `${disputeId}:${status}:${after.reportedAtS}`, data: told },
  };
}

function alertsOf(
  { orderId, openDisputes, updatedAtMs: atMs }: OrderRow,
  dispute: DisputeRow,
  told: object,
  money: Money,
): Query<unknown>[] {
  const { status } = dispute;
  if (status === "inquiry" || status === "open") return [renewAlert("payment_disputed", orderId, told, atMs)];
  const ended = openDisputes === 0 ? [closeAlert("payment_disputed", orderId, atMs)] : [];
  if (status === "lost") return [...ended, openAlert("dispute_lost", orderId, told, atMs)];
  const own = lossesOf(dispute, money);
  const isOtherLost = money.refunds.some((each) => isLoss(each) && !own.includes(each));
  return isOtherLost ? ended : [...ended, closeAlert("dispute_lost", orderId, atMs)];
}

/** The money that a lost dispute took, as a refund that was made; one that is won after all brings it back. */
function lossBy(
  deps: Deps,
  { order, payment, money }: { order: Order; payment: PaymentRow; money: Money },
  before: DisputeRow | undefined,
  after: DisputeRow,
): { loss: Minor; also: Query<unknown>[] } {
  const own = lossesOf(after, money);
  if (before?.status === "lost") {
    const taken = own.find(isNotFailed);
    const undone = { status: "failed", providerReference: null, dueAtMs: null } as const;
    return taken ? { loss: -taken.amountMinor, also: [updateRefund(taken, undone)] } : { loss: 0, also: [] };
  }
  const loss = after.status === "lost" ? lossOf(after, payment, order, money) : 0;
  if (loss === 0) return { loss, also: [] };
  const { orderId, paymentId } = payment;
  // One that was lost before and then won has its former loss as a refund that failed.
  const refundId = `${DISPUTE_PREFIX}${after.disputeId}${own.length > 0 ? `.${own.length + 1}` : ""}`;
  const made = { reason: "Dispute lost", status: "succeeded", providerReference: null, dueAtMs: null } as const;
  const row: RefundRow = { orderId, refundId, paymentId, amountMinor: loss, ...made, actor: deps.by.actor, atMs: deps.nowMs() };
  return { loss, also: [insertRefunds([row])] };
}

function isLoss(refund: RefundRow): boolean {
  return refund.refundId.startsWith(DISPUTE_PREFIX) && isNotFailed(refund);
}

/** What a dispute took, and what of it was won back. */
function lossesOf({ disputeId }: DisputeRow, { refunds }: Money): RefundRow[] {
  const first = `${DISPUTE_PREFIX}${disputeId}`;
  return refunds.filter(({ refundId }) => refundId === first || refundId.startsWith(`${first}.`));
}
