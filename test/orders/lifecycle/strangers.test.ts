import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { appWith, type Ask } from "../../support/http/app.ts";
import { callerOf, identifying } from "../../support/accounts/callers.ts";
import { costOf } from "../../support/cost/cost.ts";
import { get, post } from "../../support/http/requests.ts";
import { bodyOf, inStock, newKey, type OrderBody, ORDERS, placed } from "../../support/orders/http.ts";
import { fillOrders } from "../../support/cost/order-rows.ts";
import { openShop } from "../../support/shop/warehouses.ts";

// What a customer could learn of others, or leave behind, with nothing but an account.

const LIMIT = 20;
const callers = { asha: callerOf("customer", "u-1"), eve: callerOf("customer", "eve"), was: callerOf("staff", "was") };
const ask = appWith({}, identifying(callers));
const demoted = appWith({}, identifying({ was: callerOf("customer", "was") }));

beforeAll(async () => {
  await openShop();
  await fillOrders(0, 2_000);
});

function as(token: string, method = "GET", body?: unknown, key?: string): Parameters<Ask>[1] {
  const headers = {
    Authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(key === undefined ? {} : { "Idempotency-Key": key }),
  };
  return { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

describe("a customer's list", () => {
  it.for(["customer_email=c@example.com", "q=c@example.com", "q=%2B911", "q=ORDFILL1", "warehouse_id=BLR", "status=PENDING", ""])(
    "with %s reveals nothing of others' orders, neither by its items nor by its cursor",
    async (query, { expect }) => {
      const response = await ask(`${ORDERS}?limit=1&${query}`, as("eve"));

      expect(await response.json()).toEqual({ orders: [], next_cursor: null });
    },
  );

  it("with a filter has the customer's matching orders, page by page, within the budget of rows", async ({ expect }) => {
    const found: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const response = await ask(`${ORDERS}?limit=${LIMIT}&status=PENDING${cursor && `&cursor=${cursor}`}`, as("asha"));
      const page = await response.json<{ orders: { order_id: string; customer_id: string }[]; next_cursor: string | null }>();
      expect(costOf(response).rowsRead).toBeLessThanOrEqual(3 * LIMIT + 10);
      expect(page.orders.every((order) => order.customer_id === "u-1")).toBe(true);
      found.push(...page.orders.map((order) => order.order_id));
      cursor = page.next_cursor;
    }

    expect(found).toHaveLength(2_000 / 200);
  });
});

async function traces(orderId: string): Promise<unknown> {
  const count = (table: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n");
  const order = await env.DB.prepare("SELECT due_at_ms, updated_at_ms FROM orders WHERE order_id = ?").bind(orderId).first();
  return [order, await count("order_events"), await count("idempotency"), await count("audit_log")];
}

describe("a repeated change", () => {
  it("writes nothing when a customer claims the order again, any number of times", async ({ expect }) => {
    const order: OrderBody = await placed(bodyOf([await inStock(1)]));
    const claim = (key?: string) =>
      ask(`${ORDERS}/${order.order_id}/claim`, as("eve", "POST", { order_token: order.order_token }, key));
    await claim();
    const before = await traces(order.order_id);

    const answers = [await claim(), await claim(newKey()), ...(await Promise.all([claim(), claim()]))];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await traces(order.order_id)).toEqual(before);
  });

  it("writes nothing when an admin deletes the order again", async ({ expect }) => {
    const order: OrderBody = await placed(bodyOf([await inStock(1)]));
    const remove = (key?: string) => ask(`${ORDERS}/${order.order_id}`, as("admin", "DELETE", undefined, key));
    const admin = appWith({});
    const path = `${ORDERS}/${order.order_id}`;
    const asAdmin = { method: "DELETE", headers: { Authorization: "Bearer test-admin-token-0123456789" } };
    await admin(path, asAdmin);
    const before = await traces(order.order_id);

    const answers = [await admin(path, asAdmin), await admin(path, asAdmin)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await remove()).status).toBe(401);
    expect(await traces(order.order_id)).toEqual(before);
  });
});

describe("a kept answer", () => {
  it("is no longer returned to a caller who lost the right to the order", async ({ expect }) => {
    const order: OrderBody = await placed(bodyOf([await inStock(1)], { customer_email: "asha@example.com" }));
    const [cancelKey, placeKey] = [newKey(), newKey()];
    const cancelPath = `${ORDERS}/${order.order_id}/cancel`;
    const body = bodyOf([await inStock(1)], { customer_name: "Ravi" });
    await ask(cancelPath, as("was", "POST", undefined, cancelKey));
    await ask(ORDERS, as("was", "POST", body, placeKey));

    const cancelled = await demoted(cancelPath, as("was", "POST", undefined, cancelKey));
    const again = await demoted(ORDERS, as("was", "POST", body, placeKey));

    expect([cancelled.status, again.status]).toEqual([404, 404]);
    expect(`${await cancelled.text()}${await again.text()}`).not.toMatch(/asha|Ravi|order_token/);
  });
});

describe("an Authorization header that is not a single bearer token", () => {
  it.for(["Bearer a, Bearer a", "Token a", "Bearer a b", "a", "Bearer", "Basic YTpi"])(
    "such as «%s» is refused instead of making the caller a guest",
    async (header, { expect }) => {
      const response = await post(ORDERS, bodyOf([await inStock(1)]), { headers: { Authorization: header } });

      expect(response.status).toBe(401);
    },
  );

  it("is not required where guests may read", async ({ expect }) => {
    expect((await get("/api/v1/products")).status).toBe(200);
  });
});
