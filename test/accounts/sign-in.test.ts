import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { appWith } from "../support/http/app.ts";
import { PASSWORD, sessionOf, signIn, userOf } from "../support/accounts/accounts.ts";
import { get, post } from "../support/http/requests.ts";

const LOGIN = "/api/v1/auth/login";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("signing in", () => {
  it("returns an access token of 15 minutes that reads the account, and a refresh token", async ({ expect }) => {
    const user = await userOf();

    const response = await signIn(` ${user.email.toUpperCase()}`);

    const session = await response.json<Record<string, string>>();
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    expect(session).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      token_type: "bearer",
      expires_in: 900,
      refresh_token: expect.stringMatching(/^[0-9A-Z]{52}$/) as string,
    });
    const self = await get("/api/v1/users/me", { token: session.access_token ?? "" });
    expect(await self.json()).toMatchObject({ user_id: user.userId, email: user.email, role: "customer" });
  });

  it("puts the user and environment into the access token, not the rights", async ({ expect }) => {
    const user = await userOf("staff");

    const { access_token: token } = await sessionOf(user.email);

    const [header, claims] = token.split(".", 2).map((part) => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))));
    expect(header).toEqual({ alg: "HS256", typ: "JWT" });
    expect(claims).toEqual({
      sub: user.userId,
      iss: "holdfast",
      aud: "test",
      iat: expect.any(Number) as number,
      exp: (claims as { iat: number }).iat + 900,
    });
  });

  it("stores only the hash of a refresh token", async ({ expect }) => {
    const user = await userOf();

    const { refresh_token: token } = await sessionOf(user.email);

    const { results } = await env.DB.prepare("SELECT * FROM refresh_tokens WHERE user_id = ?").bind(user.userId).all();
    expect(results).toMatchObject([{ status: "live" }]);
    expect(JSON.stringify(results)).not.toContain(token);
  });

  it("answers an unknown e-mail like a wrong password, after the same work", async ({ expect }) => {
    const user = await userOf();
    const derive = vi.spyOn(crypto.subtle, "deriveBits");

    const answers = [await signIn(user.email, "a wrong password"), await signIn(`no-${user.email}`, "a wrong password")];

    const [wrong, unknown] = await Promise.all(answers.map((answer) => answer.json<Record<string, unknown>>()));
    expect(wrong).toMatchObject({ status: 401, code: "invalid_credentials" });
    expect({ ...unknown, request_id: "" }).toEqual({ ...wrong, request_id: "" });
    expect(answers.map(({ headers }) => /hops;desc="(\d+)"/.exec(headers.get("Server-Timing") ?? "")?.[1])).toEqual(["1", "1"]);
    expect(derive.mock.calls.map(([parameters]) => parameters)).toMatchObject([{ iterations: 100_000 }, { iterations: 100_000 }]);
  });

  it("is refused if the password changes while the old one is checked", async ({ expect }) => {
    const user = await userOf();
    const real = crypto.subtle.deriveBits.bind(crypto.subtle);
    vi.spyOn(crypto.subtle, "deriveBits").mockImplementationOnce(async (...given) => {
      await env.DB.prepare("UPDATE users SET password_hash = 'another' WHERE user_id = ?").bind(user.userId).run();
      return real(...given);
    });

    const response = await signIn(user.email);

    expect(await response.json()).toMatchObject({ status: 401, code: "invalid_credentials" });
    const sessions = env.DB.prepare("SELECT count(*) AS count FROM refresh_tokens WHERE user_id = ?").bind(user.userId);
    expect(await sessions.first("count")).toBe(0);
  });

  it.for([
    ["no body", {}, "email"],
    ["an e-mail that is none", { email: "asha", password: PASSWORD }, "email"],
    ["a password that is a list", { email: "asha@example.com", password: [PASSWORD] }, "password"],
    ["a password that would take long to hash", { email: "asha@example.com", password: "x".repeat(10_000) }, "password"],
  ] as const)("refuses %s", async ([, body, field], { expect }) => {
    const response = await post(LOGIN, body);

    const { status, errors } = await response.json<{ status: number; errors: { field: string }[] }>();
    expect([status, errors[0]?.field]).toEqual([422, field]);
  });

  it("ignores a bearer token, also an expired one", async ({ expect }) => {
    const user = await userOf();

    const response = await post(LOGIN, { email: user.email, password: PASSWORD }, { token: "run.out.token" });

    expect(response.status).toBe(200);
  });
});

describe("signing in, where RATE_LIMITS is on,", () => {
  const login = (ask: ReturnType<typeof appWith>, email: string, address: string) =>
    ask(LOGIN, {
      method: "POST",
      headers: { "Content-Type": "application/json", "CF-Connecting-IP": address },
      body: JSON.stringify({ email, password: "a wrong password" }),
    });

  // Every guess of a password is such a request: the eleventh in a minute is refused before anything is hashed.
  it("is limited per account, for all addresses and spellings of the e-mail, before a password is hashed", async ({ expect }) => {
    const { email } = await userOf();
    const ask = appWith({ rateLimits: true });
    const derive = vi.spyOn(crypto.subtle, "deriveBits");

    const answers: Response[] = [];
    for (let each = 0; each < 40; each += 1) {
      answers.push(await login(ask, each % 2 === 0 ? email : email.toUpperCase(), `203.0.113.${each}`));
    }

    const statuses = answers.map(({ status }) => status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    const tried = statuses.filter((status) => status === 401).length;
    // The limiter's minute may end in between, once.
    expect(tried).toBeLessThanOrEqual(20);
    expect(statuses.filter((status) => status === 429).length).toBe(40 - tried);
    expect(derive.mock.calls.length).toBe(tried);
    const refused = answers.find(({ status }) => status === 429);
    expect([refused?.headers.get("Retry-After"), await refused?.json()]).toMatchObject(["60", { code: "rate_limited" }]);
  });

  it("is limited per address for all accounts, like registration", async ({ expect }) => {
    const asked: string[] = [];
    const limit = async ({ key = "" }) => {
      asked.push(key);
      return { success: false };
    };
    const ask = appWith({ rateLimits: true }, {}, { ADDRESS_LIMITER: { limit } as unknown as RateLimit });
    const register = () =>
      ask("/api/v1/users", { method: "POST", headers: { "CF-Connecting-IP": "203.0.113.8" }, body: "not even read" });

    const answers = [await login(ask, "a@example.com", "203.0.113.7"), await register()];

    expect(answers.map(({ status }) => status)).toEqual([429, 429]);
    expect(asked).toEqual(["/api/v1/auth/login 203.0.113.7", "/api/v1/users 203.0.113.8"]);
  });

  it("is not limited while RATE_LIMITS is off", async ({ expect }) => {
    const ask = appWith({});
    const limits = [vi.spyOn(env.SIGN_IN_LIMITER, "limit"), vi.spyOn(env.ADDRESS_LIMITER, "limit")];

    expect((await login(ask, "nobody@example.com", "203.0.113.7")).status).toBe(401);
    expect(limits.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });
});
