import { beforeAll, describe, it } from "vitest";
import { appWith } from "../support/http/app.ts";
import { get, post } from "../support/http/requests.ts";
import { bodyOf, inStock, placed } from "../support/orders/http.ts";
import { demoWarehouses, product, receive } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const ADMIN = { Authorization: "Bearer test-admin-token-0123456789" };
const INDIA = appWith({ timeZone: "Asia/Kolkata" });

/** The first and the last moment of November 30th in India, and those next to them. */
const MOMENTS = ["2026-11-29T18:29:59.999Z", "2026-11-29T18:30:00Z", "2026-11-30T18:29:59.999Z", "2026-11-30T18:30:00Z"];

const atMs = (n: number) => Date.parse(MOMENTS[n] ?? "");

async function listed<T>(ask: typeof INDIA, path: string, name: string): Promise<T[]> {
  const response = await ask(path, { headers: ADMIN });
  const body = await response.json<Record<string, T[]>>();
  return body[name] ?? [];
}

describe("a list filtered by time", () => {
  it("of orders takes days of the shop's time zone, whole, and times with any offset", async ({ expect }) => {
    const ids: string[] = [];
    for (const n of MOMENTS.keys()) {
      const { order_id: orderId } = await placed(bodyOf([await inStock(1)]));
      await sqlInD1("UPDATE orders SET created_at_ms = CAST(? AS INTEGER) WHERE order_id = ?", atMs(n), orderId);
      ids.push(orderId);
    }
    const found = async (query: string, ask = INDIA) => {
      const orders = await listed<{ order_id: string }>(ask, `/api/v1/orders?limit=100&${query}`, "orders");
      return orders.map(({ order_id: id }) => ids.indexOf(id)).toSorted((a, b) => a - b);
    };

    expect(await found("created_from=2026-11-30&created_to=2026-11-30")).toEqual([1, 2]);
    expect(await found("created_from=2026-11-30T00:00:00%2B05:30&created_to=2026-12-01T00:00:00%2B05:30")).toEqual([1, 2]);
    expect(await found("created_from=2026-11-30T00:00:00+05:30&created_to=2026-11-30t18:30:00z")).toEqual([1, 2]);
    expect(await found("created_to=2026-11-29T18:30:00%2B00:00&created_from=2026-11-29")).toEqual([0]);
    expect(await found("created_from=2026-11-30&created_to=2026-11-30", appWith({ timeZone: "UTC" }))).toEqual([2, 3]);
  });

  it("of the audit log and of movements takes the same", async ({ expect }) => {
    const { productId } = await product();
    await receive(productId, 1);
    const { from, to } = { from: "from=2026-11-30", to: "to=2026-11-30" };
    await sqlInD1("UPDATE audit_log SET at_ms = CAST(? AS INTEGER) WHERE record_id = ?", atMs(1), productId);
    const found = async (path: string, name: string, ask = INDIA) => (await listed(ask, path, name)).length;

    const log = `/api/v1/audit-log?record_type=product&record_id=${productId}`;
    expect(await found(`${log}&${from}&${to}`, "entries")).toBeGreaterThan(0);
    expect(await found(`${log}&${from}&${to}`, "entries", appWith({ timeZone: "UTC" }))).toBe(0);
    const movements = `/api/v1/inventory/products/${productId}/movements`;
    const today = new Date(Date.now() + 19_800_000).toISOString().slice(0, 10);
    expect(await found(`${movements}?from=${today}&to=${today}`, "movements")).toBe(1);
    expect(await found(`${movements}?to=2020-01-01`, "movements")).toBe(0);
  });

  it.for([
    "orders?created_from=2026-02-30",
    "orders?created_to=today",
    "audit-log?from=2026-11-30T12:00:00",
    "inventory/movements?to=30.11.2026",
  ])("is 422 for %s", async (path, { expect }) => {
    const response = await get(`/api/v1/${path}`, { admin: true });
    expect([response.status, await response.json()]).toMatchObject([422, { code: "validation_failed" }]);
  });
});

describe("a time in a body", () => {
  it("has any offset, and is answered as UTC", async ({ expect }) => {
    const rule = {
      name: "Diwali",
      type: "seasonal_percentage",
      discount_type: "percent",
      discount_value: 10,
    };
    const made = await post(
      "/api/v1/pricing-rules",
      { ...rule, start_at: "2026-11-30T00:00:00+05:30", end_at: "2026-12-01t00:00:00z" },
      { admin: true },
    );
    const key = await post(
      "/api/v1/api-keys",
      { name: "till", rights: ["inventory:write"], expires_at: "2099-01-01T00:00:00+05:30" },
      { admin: true },
    );

    expect([made.status, await made.json()]).toMatchObject([
      201,
      { start_at: "2026-11-29T18:30:00.000Z", end_at: "2026-12-01T00:00:00.000Z" },
    ]);
    expect([key.status, await key.json()]).toMatchObject([201, { expires_at: "2098-12-31T18:30:00.000Z" }]);
  });
});
