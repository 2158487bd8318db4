import type { RefundRow } from "./payment.ts";

/** A refund whose outcome is unknown is told again after this time. */
const RETRY_MS = 5 * 60_000;

/**
 * Stripe keeps what it did under a key for 24 hours at least. Told later than that, it might do it a second time.
 * Source: https://docs.stripe.com/api/idempotent_requests
 */
const KEY_COUNTS_MS = 23 * 3_600_000;

/** What Stripe said, as far as it decides a refund. */
type Answer = { outcome: "done"; body: Record<string, unknown> } | { outcome: "refused" | "unknown" };

/** What becomes of a refund. `isGivenUp`: whether it went back is for somebody to find out. */
type RefundOutcome = Pick<RefundRow, "status" | "providerReference" | "dueAtMs"> & { isGivenUp: boolean };

/** Whether Stripe may be asked for a refund: as long as it remembers what it did under the key. */
export function mayAsk({ atMs }: Pick<RefundRow, "atMs">, nowMs: number): boolean {
  return nowMs <= atMs + KEY_COUNTS_MS;
}

/** Decides what an answer of Stripe makes of a refund. */
export function outcomeOfRefund(answer: Answer, { atMs }: RefundRow, nowMs: number): RefundOutcome {
  const ended = { providerReference: null, dueAtMs: null, isGivenUp: false };
  if (answer.outcome === "refused") return { ...ended, status: "failed" };
  if (answer.outcome === "done" && typeof answer.body.id === "string") {
    return { ...ended, status: statusOf(answer.body.status), providerReference: answer.body.id };
  }
  const isGivenUp = !mayAsk({ atMs }, nowMs + RETRY_MS);
  return { ...ended, status: "recorded", dueAtMs: isGivenUp ? null : nowMs + RETRY_MS, isGivenUp };
}

/** How a refund of Stripe's stands, in our words. */
export function statusOf(stripeStatus: unknown): RefundRow["status"] {
  if (stripeStatus === "succeeded") return "succeeded";
  return stripeStatus === "failed" || stripeStatus === "canceled" ? "failed" : "pending";
}

/** Whether a refund still counts as gone, or going, back. */
export function isStillOpen({ status }: RefundRow): boolean {
  return status !== "failed";
}
