import { describe, it } from "vitest";
import { PASSWORD, sessionOf, signIn, userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { put } from "../support/http/requests.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const LOGIN = "/api/v1/auth/login";
const REFRESH = "/api/v1/auth/refresh";
const PASSWORD_PATH = "/api/v1/users/me/password";
/** Headers and members that differ between any two requests. */
const PASSING = new Set(["date", "x-request-id"]);

async function answerOf(response: Response) {
  const { request_id: _, ...body } = await response.json<Record<string, unknown>>();
  const headers = [...response.headers].filter(([name]) => !PASSING.has(name));
  return { status: response.status, body, headers: Object.fromEntries(headers) };
}

/** An API whose limiter allows one request per key. @returns a function that sends a request from an address */
function limitedToOne(rateLimits = true) {
  const asked = new Set<string>();
  const limit = async ({ key = "" }) => {
    const success = !asked.has(key);
    asked.add(key);
    return { success };
  };
  const ask = appWith({ rateLimits }, {}, { ADDRESS_LIMITER: { limit } as unknown as RateLimit });
  return async (path: string, address: string, body: unknown = {}) => {
    const headers = { "Content-Type": "application/json", "CF-Connecting-IP": address };
    return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  };
}

async function statusesOf(answers: Promise<Response>[]): Promise<number[]> {
  return (await Promise.all(answers)).map(({ status }) => status);
}

describe("a sign-in that is refused", () => {
  it("is the same for an unknown e-mail and a wrong password: status, body and all headers", async ({ expect }) => {
    const { email } = await userOf();

    const wrong = await answerOf(await signIn(email, "a wrong password"));
    const unknown = await answerOf(await signIn(`no-${email}`, "a wrong password"));

    expect(wrong).toMatchObject({ status: 401, body: { code: "invalid_credentials" } });
    expect(wrong.headers).toHaveProperty("server-timing");
    expect(unknown).toEqual(wrong);
  });

  it("is the same for a deleted user", async ({ expect }) => {
    const [{ email }, gone] = [await userOf(), await userOf()];
    await sqlInD1("UPDATE users SET status = 'deleted' WHERE user_id = ?", gone.userId);

    const wrong = await answerOf(await signIn(email, "a wrong password"));
    const deleted = await answerOf(await signIn(gone.email));

    expect(deleted).toEqual(wrong);
  });

  it("reports only its hops, like one that succeeds", async ({ expect }) => {
    const { email } = await userOf();

    const timings = [await signIn(email), await signIn(email, "a wrong password")].map(({ headers }) =>
      headers.get("Server-Timing"),
    );

    expect(timings).toEqual([expect.stringMatching(/^hops;desc="\d+"$/), expect.stringMatching(/^hops;desc="\d+"$/)]);
  });
});

describe("refreshing, where RATE_LIMITS is on,", () => {
  it("is limited per address, before the token is checked", async ({ expect }) => {
    const { email } = await userOf();
    const { refresh_token: token } = await sessionOf(email);
    const ask = limitedToOne();
    const body = { refresh_token: token };

    const first = await ask(REFRESH, "203.0.113.7", body);
    const { refresh_token: next } = await first.json<{ refresh_token: string }>();
    const second = await ask(REFRESH, "203.0.113.7", { refresh_token: next });
    const elsewhere = await ask(REFRESH, "203.0.113.8", { refresh_token: next });

    expect([first.status, second.status, elsewhere.status]).toEqual([200, 429, 200]);
    expect([second.headers.get("Retry-After"), await second.json()]).toMatchObject(["60", { code: "rate_limited" }]);
  });

  it("does not share its limit with signing in", async ({ expect }) => {
    const ask = limitedToOne();

    expect(await statusesOf([ask(LOGIN, "203.0.113.7"), ask(REFRESH, "203.0.113.7")])).toEqual([422, 422]);
  });

  it("is not limited while RATE_LIMITS is off", async ({ expect }) => {
    const ask = limitedToOne(false);

    expect(await statusesOf([ask(REFRESH, "203.0.113.7"), ask(REFRESH, "203.0.113.7")])).toEqual([422, 422]);
  });
});

describe("a client of IPv6", () => {
  it.for([
    ["2001:db8::1", "2001:db8::2"],
    ["2001:db8::1", "2001:db8:0:0:ffff:1:2:3"],
    ["2001:db8:1:2::", "2001:db8:1:2:3:4:5:6"],
    ["2001:db8:1:2::9", "2001:db8:1:2:8000::"],
    ["::1", "::2"],
  ] as const)("at %s shares the limit with %s of the same /64", async ([one, other], { expect }) => {
    const ask = limitedToOne();

    expect([(await ask(LOGIN, one)).status, (await ask(LOGIN, other)).status]).toEqual([422, 429]);
  });

  it.for([
    ["2001:db8::1", "2001:db8:0:1::1"],
    ["2001:db8:1:2::1", "2001:db8:1:3::1"],
    ["2001:db8::1", "2001:db9::1"],
    ["2001:db8:1::1", "2001:db8::1:0:0:0:1"],
    ["203.0.113.7", "203.0.113.8"],
  ] as const)("at %s does not share it with %s of another", async ([one, other], { expect }) => {
    const ask = limitedToOne();

    expect([(await ask(LOGIN, one)).status, (await ask(LOGIN, other)).status]).toEqual([422, 422]);
  });
});

describe("a new password", () => {
  const change = async (token: string, next: string) =>
    (await put(PASSWORD_PATH, { current_password: PASSWORD, new_password: next }, { token })).status;
  const entriesOf = (userId: string) => sqlInD1("SELECT actor, action, before, after FROM audit_log WHERE record_id = ?", userId);

  it("of staff is one entry in the audit log, without the password", async ({ expect }) => {
    const { userId, token } = await userOf("staff");

    const status = await change(token, "another horse battery");

    const entry = { actor: `user:${userId}`, action: "user.change_password", before: null, after: null };
    expect(status).toBe(204);
    expect(await entriesOf(userId)).toEqual([entry]);
  });

  it("of staff, set three times at once, is set once, with one entry", async ({ expect }) => {
    const { userId, email, token } = await userOf("staff");
    const wanted = ["first horse battery", "second horse battery", "third horse battery"];

    const statuses = await Promise.all(wanted.map((next) => change(token, next)));

    const signedIn = await Promise.all(wanted.map(async (next) => (await signIn(email, next)).status));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([204, 422, 422]);
    expect(signedIn).toEqual(statuses.map((status) => (status === 204 ? 200 : 401)));
    expect(await entriesOf(userId)).toHaveLength(1);
  });

  it("that is refused, or a customer's, is no entry", async ({ expect }) => {
    const [staff, customer] = [await userOf("staff"), await userOf()];

    const refused = await put(
      PASSWORD_PATH,
      { current_password: "a wrong password", new_password: "another horse battery" },
      { token: staff.token },
    );
    const changed = await change(customer.token, "another horse battery");

    expect([refused.status, changed]).toEqual([422, 204]);
    expect([...(await entriesOf(staff.userId)), ...(await entriesOf(customer.userId))]).toEqual([]);
  });
});
