import { it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { appWith } from "../../support/http/app.ts";

it("limits searches of shoppers per address, not lists without words, and not staff", async ({ expect }) => {
  const [{ token }, customer] = [await userOf("staff"), await userOf()];
  const tried: string[] = [];
  const limit = async ({ key = "" }) => ({ success: (tried.push(key), tried.length <= 1) });
  const ask = appWith({ rateLimits: true }, {}, { SEARCH_LIMITER: { limit } as unknown as RateLimit });
  const headers = { "CF-Connecting-IP": "203.0.113.7" };
  const as = (bearer: string) => ({ headers: { ...headers, Authorization: `Bearer ${bearer}` } });

  const answers = [
    await ask("/api/v1/products?q=rice", { headers }),
    await ask("/api/v1/products?q=r", { headers }),
    await ask("/api/v1/products?q=oil", as(customer.token)),
    await ask("/api/v1/products?category=Food", { headers }),
    await ask("/api/v1/products?q=rice", as(token)),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 429, 429, 200, 200]);
  expect(await answers[1]?.json()).toMatchObject({ code: "rate_limited" });
  expect(answers[1]?.headers.get("Retry-After")).toBe("60");
  expect(tried).toEqual(["203.0.113.7", "203.0.113.7", "203.0.113.7"]);
});

it("does not limit searches where RATE_LIMITS is off", async ({ expect }) => {
  const limit = async () => ({ success: false });
  const ask = appWith({ rateLimits: false }, {}, { SEARCH_LIMITER: { limit } as unknown as RateLimit });

  expect((await ask("/api/v1/products?q=rice", {})).status).toBe(200);
});
