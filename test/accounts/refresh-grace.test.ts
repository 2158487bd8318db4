import { afterEach, describe, it, vi } from "vitest";
import { type SessionBody, signedIn, statusesOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";

const GRACE_MS = 30_000;

afterEach(() => {
  vi.useRealTimers();
});

function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

describe("with REFRESH_GRACE_SECONDS, a refresh token", () => {
  const ask = appWith({ refreshGraceMs: GRACE_MS });

  async function again(token: string): Promise<Partial<SessionBody> & { status: number }> {
    const body = JSON.stringify({ refresh_token: token });
    const response = await ask("/api/v1/auth/refresh", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    return { ...(await response.json<SessionBody>()), status: response.status };
  }

  it("reused within the grace period returns the same successor and creates nothing", async ({ expect }) => {
    const { userId, first } = await signedIn();

    const answers = [await again(first), await again(first), ...(await Promise.all([again(first), again(first)]))];

    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
    expect(await statusesOf(userId)).toEqual(["live", "used"]);
  });

  it("reused after the grace period, or after its successor was used, revokes the family", async ({ expect }) => {
    const [late, stolen] = [await signedIn(), await signedIn()];
    await again(late.first);
    const { refresh_token: second = "" } = await again(stolen.first);
    await again(second);

    const known = await again(stolen.first);
    later(GRACE_MS + 1_000);

    expect([known.status, (await again(late.first)).status]).toEqual([401, 401]);
    expect(await statusesOf(late.userId)).toEqual(["revoked", "used"]);
    expect(await statusesOf(stolen.userId)).toEqual(["revoked", "used", "used"]);
  });
});
