/** Stripe's answer to the request to end a payment, as far as it decides. */
type Answer =
  | { outcome: "done"; body: Record<string, unknown> }
  | { outcome: "refused" | "unknown"; code: string; intentStatus: unknown };

/** Whether a payment can no longer be made, is being made or has been, or what became of it is unknown. */
type EndOfIntent = "ended" | "processing" | "unknown";

/** The money is on its way, or has come. */
const UNDER_WAY = new Set<unknown>(["processing", "succeeded", "requires_capture"]);

/**
 * Decides what became of a payment that was to be ended. Stripe refuses that where it has ended before, or is being made, and says which.
 * Source: https://docs.stripe.com/api/payment_intents/cancel
 */
export function endOfIntent(answer: Answer): EndOfIntent {
  const status = answer.outcome === "done" ? answer.body.status : answer.intentStatus;
  if (status === "canceled") return "ended";
  if (answer.outcome === "done") return "unknown";
  // A payment of another account, whose secrets the shop had before.
  if (answer.outcome === "refused" && answer.code === "resource_missing") return "ended";
  return answer.outcome === "refused" && UNDER_WAY.has(status) ? "processing" : "unknown";
}
