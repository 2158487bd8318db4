import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import worker from "../../src/index.ts";
import { checkCurrency, readCurrency } from "../../src/shop/check-currency.ts";
import { get } from "../support/http/requests.ts";
import { coldIsolate } from "../support/shop/cold-isolate.ts";
import { newId, product } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

const ADMIN = { Authorization: "Bearer test-admin-token-0123456789", "Content-Type": "application/json" };

/** A runtime whose CLDR has no decimals for any currency, as a recent one has for the forint. */
function withRuntimeDecimals(decimals: number): void {
  vi.spyOn(Intl.NumberFormat.prototype, "resolvedOptions").mockReturnValue({
    maximumFractionDigits: decimals,
  } as Intl.ResolvedNumberFormatOptions);
}

const recorded = () => sqlInD1("SELECT currency, decimals FROM shop_currency");

beforeEach(async () => {
  await sqlInD1("DELETE FROM shop_currency");
  await sqlInD1("DELETE FROM variants");
  await sqlInD1("DELETE FROM products");
});
afterEach(() => vi.restoreAllMocks());

describe("the currency of a shop", () => {
  it("is written down by the first request, with ISO's decimals, whatever the runtime says", async ({ expect }) => {
    withRuntimeDecimals(0);
    const { ask } = coldIsolate({ CURRENCY: "HUF" });

    expect((await ask("/api/v1/products")).status).toBe(200);

    expect(await recorded()).toEqual([{ currency: "HUF", decimals: 2 }]);
    expect(await (await ask("/health", { headers: ADMIN })).json()).toMatchObject({ currency: "HUF", currency_decimals: 2 });
  });

  it("is written once by isolates that start together, and they agree", async ({ expect }) => {
    const isolates = Array.from({ length: 5 }, () => coldIsolate());

    const records = await Promise.all(isolates.map(({ deps }) => readCurrency(deps())));

    expect(new Set(records.map((record) => JSON.stringify(record)))).toEqual(new Set(['{"currency":"INR","decimals":2}']));
    expect(await recorded()).toHaveLength(1);
  });

  it("costs no hop after an isolate's first request", async ({ expect }) => {
    const { ask } = coldIsolate();
    const hops = async () => /hops;desc="(\d+)"/.exec((await ask("/api/v1/products")).headers.get("Server-Timing") ?? "")?.[1];

    expect([await hops(), await hops(), await hops()]).toEqual(["3", "1", "1"]);
    expect(await (async () => coldIsolate().ask("/api/v1/products"))()).toHaveProperty("status", 200);
  });

  it("keeps a price where a runtime changes the decimals of its currency", async ({ expect }) => {
    const productId = newId();
    const body = JSON.stringify({ product_id: productId, sku: productId, name: "Paprika", price: 1990.5 });
    const made = await coldIsolate({ CURRENCY: "HUF" }).ask("/api/v1/products", { method: "POST", headers: ADMIN, body });
    expect([made.status, await made.text()]).toMatchObject([201, expect.anything()]);

    withRuntimeDecimals(0);
    const shown = await coldIsolate({ CURRENCY: "HUF" }).ask(`/api/v1/products/${productId}`);

    expect(await shown.json()).toMatchObject({ price: 1990.5, currency: "HUF" });
  });
});

// What release 0.3.0 stored: minor units by the decimals of the runtime that it ran in.
describe("a shop with amounts of an earlier release", () => {
  it.for([
    ["HUF", 0, 1990],
    ["COP", 0, 1990],
    ["HUF", 2, 19.9],
    ["IQD", 0, 1990],
  ] as const)("in %s keeps the %i decimals that its runtime had: 1990 is %f", async ([currency, decimals, price], { expect }) => {
    const { productId } = await product({ price: 19.9 });
    await sqlInD1("DELETE FROM shop_currency");
    withRuntimeDecimals(decimals);

    const before = await (await coldIsolate({ CURRENCY: currency }).ask(`/api/v1/products/${productId}`)).json();
    withRuntimeDecimals(decimals === 0 ? 2 : 0);
    const after = await (await coldIsolate({ CURRENCY: currency }).ask(`/api/v1/products/${productId}`)).json();

    expect(before).toMatchObject({ price, currency });
    expect(after).toMatchObject({ price, currency });
    expect(await recorded()).toEqual([{ currency, decimals }]);
  });

  it("takes the decimals that the operator states, before the first request", async ({ expect }) => {
    const { productId } = await product({ price: 19.9 });
    await sqlInD1("DELETE FROM shop_currency");
    withRuntimeDecimals(2);

    const shown = await coldIsolate({ CURRENCY: "HUF", CURRENCY_DECIMALS: "0" }).ask(`/api/v1/products/${productId}`);

    expect(await shown.json()).toMatchObject({ price: 1990 });
  });
});

describe("settings that do not fit the shop", () => {
  it.for([
    [{ CURRENCY: "EUR" }, "CURRENCY is EUR, but the shop's amounts are stored in INR with 2 decimals."],
    [{ CURRENCY_DECIMALS: "0" }, "CURRENCY_DECIMALS is 0, but the shop's amounts are stored in INR with 2 decimals."],
  ] as const)("are refused by every request and by /health: %o", async ([settings, said], { expect }) => {
    await readCurrency(coldIsolate().deps());
    const { ask } = coldIsolate(settings);

    for (const path of ["/api/v1/products", "/api/v1/orders", "/health"]) {
      const response = await ask(path, { headers: ADMIN });
      expect([response.status, await response.json()], path).toMatchObject([
        503,
        { code: "misconfigured", detail: expect.stringContaining(said) },
      ]);
    }
    expect(await recorded()).toEqual([{ currency: "INR", decimals: 2 }]);
  });

  it("stop neither cron nor objects, which go by the record", async ({ expect }) => {
    await readCurrency(coldIsolate().deps());
    const { deps } = coldIsolate({ CURRENCY: "JPY" });
    await readCurrency(deps());

    expect(deps().config.currencyDecimals).toBe(2);
    await expect(checkCurrency(deps())).rejects.toMatchObject({ code: "misconfigured" });
    await worker.scheduled(createScheduledController(), { ...env, CURRENCY: "JPY" }, createExecutionContext());
  });

  it("are no reason to answer, where D1 does not say what the record is", async ({ expect }) => {
    const { ask } = coldIsolate();
    const batch = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: Network connection lost."));
    const during = await ask("/api/v1/products");
    batch.mockRestore();

    expect([during.status, (await ask("/api/v1/products")).status, (await get("/api/v1/products")).status]).toEqual([
      503, 200, 200,
    ]);
  });
});
