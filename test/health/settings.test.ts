import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, it, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { bindDeps } from "../../src/bind.ts";

/** Asks a new deployment, with other bindings: it has read no settings yet. */
async function askNew(bindings: Record<string, unknown>, path: string, init?: RequestInit) {
  const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const fresh = { ...env, DB: new Proxy(env.DB, {}), ...bindings };
  const response = await createApp(bindDeps).fetch(
    new Request(`http://holdfast.test${path}`, init),
    fresh,
    createExecutionContext(),
  );
  const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
  logged.mockRestore();
  return { response, lines };
}

describe("a deployment with wrong settings", () => {
  it.for(["DB", "STOCK", "ORDER_LIMITER", "SIGN_IN_LIMITER", "ADDRESS_LIMITER", "CART_LIMITER", "SEARCH_LIMITER"])(
    "that lacks the binding %s says so at its first request, and in its log",
    async (name, { expect }) => {
      const problems = [`${name}: the binding is missing`];

      const { response, lines } = await askNew({ [name]: undefined }, "/health");

      expect([response.status, response.headers.get("Content-Type")]).toEqual([503, "application/problem+json"]);
      expect(await response.json()).toMatchObject({ code: "misconfigured", problems });
      expect(lines).toEqual([{ event: "misconfigured", problems }]);
    },
  );

  it("names every missing or invalid setting, and no value", async ({ expect }) => {
    const { response } = await askNew({ JWT_SECRET: "too-short-secret", CURRENCY: undefined }, "/health");

    const problem = await response.text();
    expect(JSON.parse(problem)).toMatchObject({
      code: "misconfigured",
      problems: [expect.stringMatching(/^CURRENCY: /), expect.stringMatching(/^JWT_SECRET: /)],
    });
    expect(problem).not.toContain("too-short-secret");
  });

  it("places no order, and says why", async ({ expect }) => {
    const init = { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } };

    const { response } = await askNew({ ORDER_LIMITER: undefined }, "/api/v1/orders", init);

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "misconfigured", detail: expect.stringContaining("ORDER_LIMITER") });
  });
});

describe("a deployment whose links to orders would not work", () => {
  const wrong = { ORDER_LINK_URL: "https://shop.example/orders/{order_id}?token={order_token}" };

  it("says so at /health and in its log, and serves everything else", async ({ expect }) => {
    const problems = [expect.stringContaining("ORDER_LINK_URL: must have {order_token} behind a #")];

    const { response, lines } = await askNew(wrong, "/health");

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "misconfigured", problems });
    expect(lines).toEqual([{ event: "misconfigured", problems }]);
    expect((await askNew(wrong, "/api/v1/products")).response.status).toBe(200);
  });
});

describe("a deployment with half of Stripe's settings", () => {
  const half = { STRIPE_SECRET_KEY: "sk_test_0123456789abcdef", STRIPE_WEBHOOK_SECRET: undefined };

  it("says at /health and in its log which is missing", async ({ expect }) => {
    const problems = [expect.stringContaining("STRIPE_WEBHOOK_SECRET: not set")];

    const { response, lines } = await askNew(half, "/health");

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "misconfigured", problems });
    expect(lines).toEqual([{ event: "misconfigured", problems }]);
  });

  it("serves everything else", async ({ expect }) => {
    expect((await askNew(half, "/api/v1/products")).response.status).toBe(200);
  });

  it("says so of the files of the API reference, without which the shop sells", async ({ expect }) => {
    const { response } = await askNew({ ASSETS: undefined }, "/health");

    expect(await response.json()).toMatchObject({ code: "misconfigured", problems: ["ASSETS: the binding is missing"] });
    expect((await askNew({ ASSETS: undefined }, "/api/v1/products")).response.status).toBe(200);
  });

  it("is healthy with both", async ({ expect }) => {
    const both = { ...half, STRIPE_WEBHOOK_SECRET: "whsec_0123456789abcdef" };

    expect((await askNew(both, "/health")).response.status).toBe(200);
  });
});
