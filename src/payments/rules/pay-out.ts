import type { RefundRow } from "./payment.ts";

/** A refund whose outcome is unknown is sent again after this time. */
const RETRY_MS = 5 * 60_000;

/**
 * Stripe keeps the result of a key for at least 24 hours. A refund that is sent later could be made a second time.
 * Source: https://docs.stripe.com/api/idempotent_requests
 */
const KEY_VALID_MS = 23 * 3_600_000;

/** Stripe's answer, as far as it decides a refund. */
type Answer = { outcome: "done"; body: Record<string, unknown> } | { outcome: "refused" | "unknown" };

/** The outcome of a refund. `isGivenUp`: it is unknown, and staff have to find out at Stripe. */
type RefundOutcome = Pick<RefundRow, "status" | "providerReference" | "dueAtMs"> & { isGivenUp: boolean };

/** Whether a refund may be sent to Stripe: only while Stripe keeps the result of its key. */
export function mayAsk({ atMs }: Pick<RefundRow, "atMs">, nowMs: number): boolean {
  return nowMs <= atMs + KEY_VALID_MS;
}

/** Decides the outcome of a refund by Stripe's answer. */
export function outcomeOfRefund(answer: Answer, { atMs }: RefundRow, nowMs: number): RefundOutcome {
  const ended = { providerReference: null, dueAtMs: null, isGivenUp: false };
  if (answer.outcome === "refused") return { ...ended, status: "failed" };
  if (answer.outcome === "done" && typeof answer.body.id === "string") {
    return { ...ended, status: statusOf(answer.body.status), providerReference: answer.body.id };
  }
  const isGivenUp = !mayAsk({ atMs }, nowMs + RETRY_MS);
  return { ...ended, status: "recorded", dueAtMs: isGivenUp ? null : nowMs + RETRY_MS, isGivenUp };
}

/** Our status for Stripe's status of a refund. */
export function statusOf(stripeStatus: unknown): RefundRow["status"] {
  if (stripeStatus === "succeeded") return "succeeded";
  return stripeStatus === "failed" || stripeStatus === "canceled" ? "failed" : "pending";
}

/** Whether a refund counts as made or on its way. */
export function isNotFailed({ status }: RefundRow): boolean {
  return status !== "failed";
}
