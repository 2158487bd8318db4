import type { Delivery, DeliveryStatus } from "./endpoint.ts";

/** A delivery is tried for this long, from what happened or from its replay on. */
export const GIVE_UP_AFTER_MS = 86_400_000;

const FIRST_DELAY_MS = 30_000;
const FACTOR = 3;
/** About ten attempts in 24 hours: at once, after 30 s, 1.5 min, 4.5 min … and then every 6 hours. */
const MAX_DELAY_MS = 6 * 3_600_000;
const GONE = 410;

/** How an attempt to deliver ended. */
export interface Attempt {
  /** NULL where no answer came. */
  responseStatus: number | null;
  /** Why it failed; NULL where it did not. */
  error: string | null;
  /** What the receiver asked for by `Retry-After`. */
  retryAfterMs: number;
}

/** What becomes of a delivery after an attempt. */
export interface Verdict {
  status: DeliveryStatus;
  nextAttemptAtMs: number;
  /** The receiver wants no more of anything. */
  isGone: boolean;
}

/**
 * Reads an answer: 2xx alone is success, redirects are not followed.
 * @param retryAfter the header; only seconds are understood
 * Source: Standard Webhooks 1.0.0, delivery success and failure
 */
export function attemptOf(responseStatus: number, retryAfter: string | null): Attempt {
  const isOk = responseStatus >= 200 && responseStatus <= 299;
  const retryAfterMs = /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) * 1_000 : 0;
  return { responseStatus, error: isOk ? null : `the receiver answered ${responseStatus}`, retryAfterMs };
}

/**
 * Decides what comes after an attempt: the delays grow threefold with each, none is longer than 6 hours, and none leads past the
 * time at which the delivery is given up.
 * @param attempts how many there were, this one counted  @param chance 0 to 1, spreads retries over half to one and a half of the delay
 */
export function afterAttempt(
  { responseStatus, error, retryAfterMs }: Attempt,
  { attempts, giveUpAtMs }: Pick<Delivery, "attempts" | "giveUpAtMs">,
  nowMs: number,
  chance: number,
): Verdict {
  if (error === null) return { status: "delivered", nextAttemptAtMs: nowMs, isGone: false };
  const delayMs = Math.min(FIRST_DELAY_MS * FACTOR ** (attempts - 1), MAX_DELAY_MS) * (0.5 + chance);
  const nextAttemptAtMs = Math.round(nowMs + Math.max(delayMs, Math.min(retryAfterMs, MAX_DELAY_MS)));
  const isGone = responseStatus === GONE;
  return { status: isGone || nextAttemptAtMs > giveUpAtMs ? "failed" : "pending", nextAttemptAtMs, isGone };
}
