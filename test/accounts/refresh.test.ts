import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { purgeRefreshTokens } from "../../src/accounts/session-queries.ts";
import { sweep } from "../../src/cron.ts";
import { appWith } from "../support/http/app.ts";
import { refresh, type SessionBody, sessionOf, signedIn, statusesOf, userOf } from "../support/accounts/accounts.ts";
import { silenceD1 } from "../support/d1-faults.ts";
import { faultyWorker } from "../support/faults.ts";
import { get, post } from "../support/http/requests.ts";

const DAY_MS = 86_400_000;

afterEach(() => {
  vi.useRealTimers();
});

function later(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

async function refreshed(token: string): Promise<SessionBody> {
  const response = await refresh(token);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

describe("a refresh token", () => {
  it("returns a new access token and a successor, which does the same", async ({ expect }) => {
    const { userId, first } = await signedIn();

    const second = await refreshed(first);
    const third = await refreshed(second.refresh_token);

    expect(new Set([first, second.refresh_token, third.refresh_token]).size).toBe(3);
    expect(third).toMatchObject({ token_type: "bearer", expires_in: 900 });
    expect(await (await get("/api/v1/users/me", { token: third.access_token })).json()).toMatchObject({ user_id: userId });
    expect(await statusesOf(userId)).toEqual(["live", "used", "used"]);
  });

  it("that is reused revokes its family at once, and no other", async ({ expect }) => {
    const { userId, first } = await signedIn();
    const other = await signedIn();
    const second = await refreshed(first);

    const again = await refresh(first);

    expect(await again.json()).toMatchObject({ status: 401, code: "invalid_credentials" });
    expect((await refresh(second.refresh_token)).status).toBe(401);
    expect(await statusesOf(userId)).toEqual(["revoked", "used"]);
    expect((await refresh(other.first)).status).toBe(200);
  });

  it("used twice at once gives at most one successor, which is revoked too", async ({ expect }) => {
    const { userId, first } = await signedIn();

    const answers = await Promise.all([refresh(first), refresh(first), refresh(first)]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
    expect(await statusesOf(userId)).toEqual(["revoked", "used"]);
  });

  it("reused after its successor was used revokes the family at once", async ({ expect }) => {
    const { userId, first } = await signedIn();
    const second = await refreshed(first);
    const third = await refreshed(second.refresh_token);

    const again = await refresh(first);

    expect(again.status).toBe(401);
    expect((await refresh(third.refresh_token)).status).toBe(401);
    expect(await statusesOf(userId)).toEqual(["revoked", "used", "used"]);
  });

  it("expires after 30 days", async ({ expect }) => {
    const [near, over] = [await signedIn(), await signedIn()];

    later(30 * DAY_MS - 60_000);
    const inTime = await refresh(near.first);
    later(120_000);
    const late = await refresh(over.first);

    expect([inTime.status, late.status]).toEqual([200, 401]);
    expect(await statusesOf(over.userId)).toEqual(["live"]);
  });

  it("is refused after its user is deleted", async ({ expect }) => {
    const { userId, first } = await signedIn();
    await env.DB.prepare("UPDATE users SET status = 'deleted' WHERE user_id = ?").bind(userId).run();

    expect((await refresh(first)).status).toBe(401);
  });

  it.for([
    ["unknown", "X".repeat(52), 401],
    ["empty", "", 422],
    ["of 10 KB", "x".repeat(10_240), 422],
    ["SQL", "' OR 1=1 --", 401],
  ] as const)("that is %s is refused", async ([, token, status], { expect }) => {
    expect((await refresh(token)).status).toBe(status);
  });

  it("works for a client that also sends its expired access token", async ({ expect }) => {
    const { first } = await signedIn();

    const response = await post("/api/v1/auth/refresh", { refresh_token: first }, { token: "run.out.token" });

    expect(response.status).toBe(200);
  });

  it("stays valid when D1 does not respond", async ({ expect }) => {
    const { first } = await signedIn();
    const end = silenceD1();

    const silent = await refresh(first);
    end();

    expect(silent.status).toBeGreaterThanOrEqual(500);
    expect((await refresh(first)).status).toBe(200);
  });

  it("that is reused is logged with the number of revoked tokens", async ({ expect }) => {
    const { first } = await signedIn();
    await refreshed((await refreshed(first)).refresh_token);
    const log = vi.fn<(event: string, fields: Record<string, unknown>) => void>();
    const ask = appWith({}, { log });
    const headers = { "Content-Type": "application/json" };

    await ask("/api/v1/auth/refresh", { method: "POST", headers, body: JSON.stringify({ refresh_token: first }) });

    expect(log).toHaveBeenCalledWith("refresh_token_reused", { revoked: 1 });
  });
});

describe("signing out", () => {
  const signOut = (token: string) => post("/api/v1/auth/logout", { refresh_token: token });

  it("revokes the family by any of its refresh tokens, and may be repeated", async ({ expect }) => {
    const { userId, first } = await signedIn();
    const second = await refreshed(first);

    const answers = [await signOut(first), await signOut(first), await signOut(second.refresh_token)];

    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await statusesOf(userId)).toEqual(["revoked", "used"]);
    expect([(await refresh(first)).status, (await refresh(second.refresh_token)).status]).toEqual([401, 401]);
  });

  it("ends no other session of the user", async ({ expect }) => {
    const { email } = await userOf();
    const [one, two] = [await sessionOf(email), await sessionOf(email)];

    await signOut(one.refresh_token);

    expect([(await refresh(one.refresh_token)).status, (await refresh(two.refresh_token)).status]).toEqual([401, 200]);
  });

  it("accepts an unknown token, and refuses a value that is not text", async ({ expect }) => {
    expect((await signOut("X".repeat(52))).status).toBe(204);
    expect((await post("/api/v1/auth/logout", { refresh_token: 1 })).status).toBe(422);
  });
});

describe("the sweep", () => {
  it("deletes expired refresh tokens only, a bounded number at once", async ({ expect }) => {
    const [old, live] = [await signedIn(), await signedIn()];
    await env.DB.prepare("UPDATE refresh_tokens SET expires_at_ms = 1 WHERE user_id = ?").bind(old.userId).run();
    const { deps } = faultyWorker();

    const { bounded } = await deps.db.batch("batch", { bounded: purgeRefreshTokens(Date.now(), 0) });
    await sweep(deps);

    expect(bounded).toBe(0);
    expect([await statusesOf(old.userId), await statusesOf(live.userId)]).toEqual([[], ["live"]]);
  });
});
