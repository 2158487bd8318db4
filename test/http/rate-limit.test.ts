import { env } from "cloudflare:workers";
import { describe, it, vi } from "vitest";
import { keyOf, userOf } from "../support/accounts/accounts.ts";
import { appWith } from "../support/http/app.ts";
import { post } from "../support/http/requests.ts";

const ADMIN_TOKEN = "test-admin-token-0123456789";

/** An API with its own limiter, which allows a number of requests per key. */
function limited(allowed: number, rateLimits = true) {
  const asked: string[] = [];
  const limit = vi.fn<(options: { key?: string }) => Promise<{ success: boolean }>>(async ({ key = "" }) => {
    asked.push(key);
    return { success: asked.filter((each) => each === key).length <= allowed };
  });
  const ask = appWith({ rateLimits }, {}, { ORDER_LIMITER: { limit } as unknown as RateLimit });
  const order = (headers: Record<string, string> = {}) =>
    ask("/api/v1/orders", { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: "{}" });
  return { order, ask, limit, asked };
}

describe("placing orders, where RATE_LIMITS is on,", () => {
  it("is limited per client address: 429 with Retry-After, before the body is validated", async ({ expect }) => {
    const { order, asked } = limited(2);
    const from = (address: string) => order({ "CF-Connecting-IP": address });

    const answers = [await from("203.0.113.1"), await from("203.0.113.1"), await from("203.0.113.1"), await from("203.0.113.2")];

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 429, 422]);
    const [, , refused] = answers;
    expect(refused?.headers.get("Retry-After")).toBe("60");
    expect(await refused?.json()).toMatchObject({ code: "rate_limited", status: 429 });
    expect(asked).toEqual(["203.0.113.1", "203.0.113.1", "203.0.113.1", "203.0.113.2"]);
  });

  it("is limited for customers and guests, because anyone can register, but not for staff and machines", async ({ expect }) => {
    const { order } = limited(0);
    const tokens = [(await userOf("customer")).token, (await userOf("staff")).token, (await keyOf([])).key];

    const statuses: number[] = [];
    for (const token of tokens) statuses.push((await order({ Authorization: `Bearer ${token}` })).status);

    expect(statuses).toEqual([429, 422, 422]);
  });

  it("is not limited for admins, and limits nothing else", async ({ expect }) => {
    const { order, ask, limit } = limited(0);

    const admin = await order({ Authorization: `Bearer ${ADMIN_TOKEN}` });
    const others = [
      await ask("/api/v1/orders/ORD1"),
      await ask("/api/v1/orders/ORD1/cancel", { method: "POST" }),
      await ask("/api/v1/warehouses"),
    ];

    expect(admin.status).toBe(422);
    expect(others.map(({ status }) => status)).toEqual([404, 404, 200]);
    expect(limit).not.toHaveBeenCalled();
  });

  it("is limited by the platform's binding", async ({ expect }) => {
    const ask = appWith({ rateLimits: true });
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/json", "CF-Connecting-IP": "203.0.113.9" },
      body: "{}",
    };

    const statuses: number[] = [];
    for (let each = 0; each < 40; each += 1) statuses.push((await ask("/api/v1/orders", init)).status);

    expect(statuses.slice(0, 30).every((status) => status === 422)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("placing orders, where RATE_LIMITS is off,", () => {
  it("is not limited, as in local development", async ({ expect }) => {
    const { order, limit } = limited(0, false);
    const spy = vi.spyOn(env.ORDER_LIMITER, "limit");

    expect([(await order()).status, (await post("/api/v1/orders", {})).status]).toEqual([422, 422]);
    expect([limit, spy].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });
});
