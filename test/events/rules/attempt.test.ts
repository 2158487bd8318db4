import { describe, it } from "vitest";
import { afterAttempt, attemptOf } from "../../../src/events/rules/attempt.ts";

const NOW = 1_000_000_000_000;
const HOUR = 3_600_000;
const delivery = { attempts: 1, giveUpAtMs: NOW + 24 * HOUR };

function delayAfter(attempts: number, chance: number, retryAfter: string | null = null): number {
  const attempt = attemptOf(503, retryAfter);
  return afterAttempt(attempt, { ...delivery, attempts }, NOW, chance).nextAttemptAtMs - NOW;
}

describe("an attempt to deliver", () => {
  it.for([200, 201, 204, 299])("succeeds with %i", (status, { expect }) => {
    const verdict = afterAttempt(attemptOf(status, null), delivery, NOW, 0.5);

    expect(verdict).toMatchObject({ status: "delivered", isGone: false });
  });

  it.for([100, 199, 300, 302, 304, 400, 404, 429, 500, 503])("fails with %i, and is made again", (status, { expect }) => {
    const attempt = attemptOf(status, null);

    expect(attempt.error).toContain(String(status));
    expect(afterAttempt(attempt, delivery, NOW, 0.5)).toMatchObject({ status: "pending", isGone: false });
  });

  it("is not made again after 410, which ends the endpoint", ({ expect }) => {
    expect(afterAttempt(attemptOf(410, null), delivery, NOW, 0.5)).toMatchObject({ status: "failed", isGone: true });
  });

  it("is made again after delays that grow threefold up to 6 hours", ({ expect }) => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 30].map((attempts) => delayAfter(attempts, 0.5) / 1_000);

    expect(delays).toEqual([30, 90, 270, 810, 2_430, 7_290, 21_600, 21_600, 21_600, 21_600]);
  });

  it("is spread over half to one and a half of its delay", ({ expect }) => {
    expect([delayAfter(1, 0), delayAfter(1, 1)]).toEqual([15_000, 45_000]);
  });

  it("waits as long as the receiver asks, but not for more than 6 hours", ({ expect }) => {
    expect(delayAfter(1, 0.5, "600")).toBe(600_000);
    expect(delayAfter(1, 0.5, "1")).toBe(30_000);
    expect(delayAfter(1, 0.5, "999999999")).toBe(6 * HOUR);
    expect(delayAfter(1, 0.5, "Wed, 21 Oct 2026 07:28:00 GMT")).toBe(30_000);
  });

  it("is the last where the next would be past the time to give up", ({ expect }) => {
    const soon = { attempts: 1, giveUpAtMs: NOW + 29_999 };

    expect(afterAttempt(attemptOf(500, null), soon, NOW, 0.5).status).toBe("failed");
    expect(afterAttempt(attemptOf(500, null), { ...soon, giveUpAtMs: NOW + 30_000 }, NOW, 0.5).status).toBe("pending");
  });

  it("comes to about ten in 24 hours", ({ expect }) => {
    let [attempts, nowMs] = [0, NOW];
    for (let status = "pending"; status === "pending";) {
      attempts += 1;
      const verdict = afterAttempt(attemptOf(500, null), { attempts, giveUpAtMs: NOW + 24 * HOUR }, nowMs, 0.5);
      [status, nowMs] = [verdict.status, verdict.nextAttemptAtMs];
    }

    expect(attempts).toBe(10);
  });
});
