import { env } from "cloudflare:workers";
import { describe, it, vi } from "vitest";
import { TimeoutError } from "../../src/db/client.ts";
import { StockCounter } from "../../src/index.ts";
import { get } from "../support/http/requests.ts";

describe("health", () => {
  it("is ok while D1 and an object answer", async ({ expect }) => {
    const response = await get("/health");

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      d1: "ok",
      stock: "ok",
      images: "ok",
      currency: "INR",
      currency_decimals: 2,
    });
  });

  it("is 503 when D1 does not answer, and says so without its words", async ({ expect }) => {
    const batch = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: inner words"));

    const response = await get("/health");
    batch.mockRestore();

    expect(response.status).toBe(503);
    const problem = await response.text();
    expect(JSON.parse(problem)).toMatchObject({ code: "unavailable", d1: "failed", stock: "ok" });
    expect(problem).not.toContain("inner words");
  });

  it("is 503 when no object answers", async ({ expect }) => {
    const audit = vi.spyOn(StockCounter.prototype, "audit").mockRejectedValue(new Error("inner words"));

    const response = await get("/health");
    audit.mockRestore();

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable", d1: "ok", stock: "failed" });
  });
});

describe("a read that fails", () => {
  it("is 503 when D1 is away, and says when to ask again", async ({ expect }) => {
    const batch = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: Network connection lost."));

    const response = await get("/api/v1/products");
    batch.mockRestore();

    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });

  it("is 503 when D1 takes too long", async ({ expect }) => {
    const batch = vi.spyOn(env.DB, "batch").mockRejectedValue(new TimeoutError("D1 did not answer in 5000 ms"));

    const response = await get("/api/v1/products");
    batch.mockRestore();

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });

  it("is 500 when a statement is wrong: that is a bug, and asking again would not help", async ({ expect }) => {
    const batch = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: no such table: products: SQLITE_ERROR"));

    const response = await get("/api/v1/products");
    batch.mockRestore();

    expect(response.status).toBe(500);
    const problem = await response.text();
    expect(JSON.parse(problem)).toMatchObject({ code: "internal_error" });
    expect(problem).not.toContain("no such table");
  });
});
