import { describe, it } from "vitest";
import { appWith } from "../support/http/app.ts";

const SHOP = "https://shop.example";
const ask = appWith({ allowedOrigins: [SHOP, "https://app.example"] });

function preflight(origin: string): RequestInit {
  const headers = { Origin: origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" };
  return { method: "OPTIONS", headers };
}

describe("CORS", () => {
  it("answers a storefront's preflight with the allowed methods and headers, for a day", async ({ expect }) => {
    const { status, headers } = await ask("/api/v1/orders", preflight(SHOP));

    expect(status).toBe(204);
    expect(headers.get("Access-Control-Allow-Origin")).toBe(SHOP);
    expect(headers.get("Access-Control-Allow-Methods")?.split(",")).toEqual(
      expect.arrayContaining(["GET", "POST", "PUT", "PATCH"]),
    );
    expect(headers.get("Access-Control-Allow-Headers")?.split(",")).toEqual([
      "Authorization",
      "Content-Type",
      "Idempotency-Key",
      "If-Match",
      "CF-Turnstile-Response",
    ]);
    expect(headers.get("Access-Control-Max-Age")).toBe("86400");
    expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
  });

  it("lets a storefront read answers and refusals with the headers that it needs", async ({ expect }) => {
    for (const path of ["/api/v1/warehouses", "/api/v1/nothing"]) {
      const { headers } = await ask(path, { headers: { Origin: SHOP } });

      expect(headers.get("Access-Control-Allow-Origin")).toBe(SHOP);
      expect(headers.get("Access-Control-Expose-Headers")?.split(",")).toEqual(
        expect.arrayContaining(["Idempotency-Replayed", "Location", "Retry-After", "X-Request-Id"]),
      );
      expect(headers.get("Vary")).toContain("Origin");
    }
  });

  it.for(["https://evil.example", `${SHOP}.evil.example`, "http://shop.example", "null"])(
    "lets nobody else: %s",
    async (origin, { expect }) => {
      const answers = [
        await ask("/api/v1/orders", preflight(origin)),
        await ask("/api/v1/warehouses", { headers: { Origin: origin } }),
      ];

      expect(answers.map(({ headers }) => headers.get("Access-Control-Allow-Origin"))).toEqual([null, null]);
    },
  );

  it("allows every origin with *, and none with an empty setting", async ({ expect }) => {
    const init = { headers: { Origin: SHOP } };

    const [every, none] = [
      await appWith({ allowedOrigins: ["*"] })("/health", init),
      await appWith({ allowedOrigins: [] })("/health", init),
    ];

    expect([every, none].map(({ headers }) => headers.get("Access-Control-Allow-Origin"))).toEqual(["*", null]);
  });
});
