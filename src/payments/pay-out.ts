import type { Deps } from "../deps.ts";
import { openAlert } from "../events/alert-queries.ts";
import { writeOrder } from "../orders/lifecycle/write-order.ts";
import { findMoney } from "./queries.ts";
import { findOwedRefunds, type OwedRefund, updateRefund } from "./refund-queries.ts";
import { isNotFailed, mayAsk, outcomeOfRefund } from "./rules/pay-out.ts";
import type { RefundRow } from "./rules/payment.ts";
import { afterRefund } from "./rules/refund.ts";
import { toStripeAmount } from "./rules/stripe.ts";
import { askStripe } from "./stripe-api.ts";

/** Sends an order's due refunds to Stripe. Where that fails the sweep does it. */
export async function payOutOrder(deps: Deps, orderId: string): Promise<void> {
  const { due } = await deps.db.batch("find due refunds", { due: findOwedRefunds({ orderId }) });
  await payOut(deps, due);
}

/**
 * Sends refunds to Stripe, one after the other, each under its own id as the key, so that Stripe makes a repeated one once. A refund
 * that Stripe finally refuses has failed; one without an answer stays due while Stripe keeps its key.
 */
export async function payOut(deps: Deps, due: readonly OwedRefund[]): Promise<void> {
  const { secretKey } = deps.config.stripe;
  if (secretKey === undefined) return;
  for (const refund of due) await payOne(deps, secretKey, refund);
}

async function payOne(deps: Deps, secretKey: string, refund: OwedRefund): Promise<void> {
  const { orderId, refundId, reference, amountMinor, currency } = refund;
  const form = {
    payment_intent: reference,
    amount: String(toStripeAmount(amountMinor, currency, deps.config.currencyDecimals)),
    "metadata[order_id]": orderId,
    "metadata[refund_id]": refundId,
  };
  const answer = mayAsk(refund, deps.nowMs())
    ? await askStripe(deps, secretKey, { path: "/v1/refunds", form, key: refundId })
    : { outcome: "unknown" as const, error: "its key has expired", code: "", intentStatus: undefined };
  const outcome = outcomeOfRefund(answer, refund, deps.nowMs());
  if (answer.outcome !== "done") deps.log("refund_unpaid", { order_id: orderId, refund_id: refundId, error: answer.error });
  if (outcome.status === "failed") return failRefund(deps, refund, outcome.providerReference);
  const details = { refund_id: refundId, amount_minor: amountMinor };
  const alerts = outcome.isGivenUp ? [openAlert("refund_failed", orderId, details, deps.nowMs())] : [];
  await deps.db.batch("write refund outcome", { refund: updateRefund(refund, outcome), alerts });
}

/** A refund has failed: its amount is the shop's again, and an alert asks staff to look at it. A repeat does nothing. */
export async function failRefund(deps: Deps, refund: RefundRow, providerReference: string | null): Promise<void> {
  const { orderId, refundId, amountMinor } = refund;
  await writeOrder(deps, undefined, { orderId }, async ({ order }) => {
    const {
      money: { refunds },
    } = await deps.db.batch("read refunds", { money: findMoney(orderId) });
    if (!refunds.some((each) => each.refundId === refundId && isNotFailed(each))) return undefined;
    const after = afterRefund(order, -amountMinor, deps.nowMs());
    const details = { refund_id: refundId, amount_minor: amountMinor };
    const also = [
      updateRefund(refund, { status: "failed", providerReference, dueAtMs: null }),
      openAlert("refund_failed", orderId, details, after.updatedAtMs),
    ];
    return { verb: "refund_failed", what: "refund_failed", note: null, amountMinor, after, also };
  });
}
