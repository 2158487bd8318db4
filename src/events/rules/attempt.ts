import type { Delivery, DeliveryStatus } from "./endpoint.ts";

/** A delivery is tried for this long after its event or replay. */
export const GIVE_UP_AFTER_MS = 86_400_000;

const FIRST_DELAY_MS = 30_000;
const FACTOR = 3;
/** About ten attempts in 24 hours: immediately, after 30 s, 1.5 min, 4.5 min … and then every 6 hours. */
const MAX_DELAY_MS = 6 * 3_600_000;
const GONE = 410;

/** The result of an attempt to deliver. */
export interface Attempt {
  /** Null without an answer. */
  responseStatus: number | null;
  /** Why the attempt failed; null if it succeeded. */
  error: string | null;
  /** The receiver's `Retry-After`; 0 without one. */
  retryAfterMs: number;
}

/** The state of a delivery after an attempt. */
export interface Verdict {
  status: DeliveryStatus;
  nextAttemptAtMs: number;
  /** The receiver answered 410 and wants no more events. */
  isGone: boolean;
}

/**
 * Interprets an answer: only 2xx is success; redirects are not followed.
 * @param retryAfter the header in seconds; a date is ignored
 * Source: Standard Webhooks 1.0.0, delivery success and failure
 */
export function attemptOf(responseStatus: number, retryAfter: string | null): Attempt {
  const isOk = responseStatus >= 200 && responseStatus <= 299;
  const retryAfterMs = /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) * 1_000 : 0;
  return { responseStatus, error: isOk ? null : `the receiver answered ${responseStatus}`, retryAfterMs };
}

/**
 * Decides the next attempt: each delay is three times the previous one and at most 6 hours; a delivery whose next attempt would be after
 * `giveUpAtMs` has failed.
 * @param attempts including this one  @param chance 0 to 1: spreads the delay from 50 % to 150 %
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
