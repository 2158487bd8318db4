import { describe, it, vi } from "vitest";
import { appWith } from "../support/http/app.ts";
import { get, post } from "../support/http/requests.ts";

/** An answer of every kind: found, refused, missing, not allowed, a page. */
const PATHS = [
  "/api/v1/warehouses",
  "/api/v1/warehouses/nearest?postal_code=!",
  "/api/v1/nothing",
  "/nothing",
  "/docs",
  "/openapi.json",
  "/health",
];

describe("every answer", () => {
  it.for(PATHS)("carries the security headers, its request's id and its timing: %s", async (path, { expect }) => {
    const { headers } = await get(path);

    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("X-Frame-Options")).toBe("SAMEORIGIN");
    expect(headers.get("Strict-Transport-Security")).toMatch(/^max-age=\d{7,}/);
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(headers.get("X-Powered-By")).toBeNull();
    expect(headers.get("X-Request-Id")).toMatch(/^[0-9A-Z]{26}$/);
    expect(headers.get("Server-Timing")).toMatch(
      /^total;dur=\d+, d1;dur=\d+;desc="[^"]*\d+ rows read, \d+ written", stock;dur=\d+, hops;desc="\d+"$/,
    );
  });

  it("has its own id, or Cloudflare's, and problems contain it", async ({ expect }) => {
    const [first, second] = [await get("/nothing"), await get("/nothing")];
    const traced = await get("/nothing", { headers: { "CF-Ray": "8f2a1b3c4d5e6f70-BOM" } });

    expect(first.headers.get("X-Request-Id")).not.toBe(second.headers.get("X-Request-Id"));
    expect(traced.headers.get("X-Request-Id")).toBe("8f2a1b3c4d5e6f70-BOM");
    expect(await traced.json()).toMatchObject({ request_id: "8f2a1b3c4d5e6f70-BOM" });
  });

  it("is logged in one structured line if REQUEST_LOG is on", async ({ expect }) => {
    const log = vi.fn<(event: string, fields: Record<string, unknown>) => void>();

    await appWith({ requestLog: true }, { log })("/api/v1/warehouses?status=active");
    await appWith({ requestLog: false }, { log })("/api/v1/warehouses");

    expect(log.mock.calls).toEqual([
      [
        "request",
        {
          request_id: expect.any(String),
          method: "GET",
          path: "/api/v1/warehouses",
          status: 200,
          colo: undefined,
          duration_ms: expect.any(Number),
          d1_ms: expect.any(Number),
          stock_ms: 0,
          hops: 1,
          rows_read: expect.any(Number),
          rows_written: 0,
        },
      ],
    ]);
  });
});

describe("the log line of a cart's request", () => {
  it.for(["", "/items/rice"])("does not contain its id, which gives access to it: …%s", async (rest, { expect }) => {
    const log = vi.fn<(event: string, fields: Record<string, unknown>) => void>();

    await appWith({ requestLog: true }, { log })(`/api/v1/carts/CRT7Q2M4X0C9V5T1B8N3K6J2H4G5F${rest}`);

    expect(log.mock.calls[0]?.[1]).toMatchObject({ path: `/api/v1/carts/CRT7Q2M…${rest}` });
  });
});

describe("an address", () => {
  it("that does not exist answers 404; one without the method 405, with the methods that it has", async ({ expect }) => {
    const [none, wrong, order] = [
      await post("/nothing", {}),
      await get("/api/v1/orders/ORD1/cancel"),
      await post("/api/v1/orders/ORD1", {}),
    ];

    expect([none.status, wrong.status, order.status]).toEqual([404, 405, 405]);
    expect(await none.json()).toMatchObject({ code: "not_found" });
    expect([wrong.headers.get("Allow"), order.headers.get("Allow")]).toEqual(["POST", "GET, HEAD, PUT, PATCH, DELETE"]);
    expect(await wrong.json()).toMatchObject({
      code: "method_not_allowed",
      status: 405,
      request_id: wrong.headers.get("X-Request-Id"),
    });
    expect(wrong.headers.get("Content-Type")).toBe("application/problem+json");
  });

  it("answers its own 404 for an unknown record", async ({ expect }) => {
    const response = await get("/api/v1/orders/ORD1");

    expect([response.status, (await response.json<{ code: string }>()).code]).toEqual([404, "not_found"]);
  });
});
