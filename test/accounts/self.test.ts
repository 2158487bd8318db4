import { describe, it, vi } from "vitest";
import { PASSWORD, refresh, sessionOf, signIn, userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { get, put } from "../support/http/requests.ts";

const USERS = "/api/v1/users";
const ADMIN = { admin: true };

describe("a user's own account", () => {
  it("is read with the user's token; ADMIN_TOKEN has no account", async ({ expect }) => {
    const { userId, email, token } = await userOf("staff");

    const own = await get(`${USERS}/me`, { token });

    expect(own.status).toBe(200);
    expect(await own.json()).toMatchObject({ user_id: userId, email, role: "staff", tier: "standard", status: "active" });
    expect((await get(`${USERS}/me`)).status).toBe(401);
    expect((await get(`${USERS}/me`, ADMIN)).status).toBe(404);
  });

  it("is signed out everywhere by a new password", async ({ expect }) => {
    const { email, token } = await userOf();
    const session = await sessionOf(email);

    const body = { current_password: PASSWORD, new_password: "another horse battery" };
    const changed = await put(`${USERS}/me/password`, body, { token });

    expect([changed.status, await changed.text()]).toEqual([204, ""]);
    expect((await refresh(session.refresh_token)).status).toBe(401);
    expect([(await signIn(email)).status, (await signIn(email, "another horse battery")).status]).toEqual([401, 200]);
  });

  it("gets one of two new passwords that are set at once", async ({ expect }) => {
    const { token } = await userOf();
    const change = (next: string) => put(`${USERS}/me/password`, { current_password: PASSWORD, new_password: next }, { token });

    const answers = await Promise.all([change("first horse battery"), change("second horse battery")]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 422]);
  });

  it.for([
    [
      "a wrong current password",
      { current_password: "a wrong password", new_password: "another horse battery" },
      "current_password",
    ],
    ["a new one that is too short", { current_password: PASSWORD, new_password: "short" }, "new_password"],
    ["a new one alone", { new_password: "another horse battery" }, "current_password"],
  ] as const)("keeps its password with %s", async ([, body, field], { expect }) => {
    const { token } = await userOf();

    const response = await put(`${USERS}/me/password`, body, { token });

    expect(await response.json()).toMatchObject({ status: 422, code: "validation_failed", errors: [{ field }] });
  });
});

describe("changing a password, where RATE_LIMITS is on,", () => {
  it("is limited per account, so that a stolen access token cannot guess the password", async ({ expect }) => {
    const { userId, token } = await userOf();
    const limit = vi.fn<(options: { key?: string }) => Promise<{ success: boolean }>>(async () => ({ success: false }));
    const ask = appWith({ rateLimits: true }, {}, { SIGN_IN_LIMITER: { limit } as unknown as RateLimit });

    const response = await ask(`${USERS}/me/password`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ current_password: "a guess", new_password: "another horse battery" }),
    });

    expect(await response.json()).toMatchObject({ status: 429, code: "rate_limited" });
    expect(limit).toHaveBeenCalledWith({ key: userId });
  });
});
