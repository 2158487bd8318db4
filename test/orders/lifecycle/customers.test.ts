import { beforeAll, describe, it } from "vitest";
import { appWith, type Ask } from "../../support/http/app.ts";
import { callerOf, identifying, keyOf } from "../../support/accounts/callers.ts";
import { bodyOf, inStock, type OrderBody, ORDERS, placed, type ProblemBody, read } from "../../support/orders/http.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

const ASHA = callerOf("customer", newId("asha"));
const RAVI = callerOf("customer", newId("ravi"));
const ask = appWith(
  {},
  identifying({
    asha: ASHA,
    ravi: RAVI,
    staff: callerOf("staff", "s-1"),
    reader: keyOf("orders:read_any", "orders:list"),
    lister: keyOf("orders:list"),
  }),
);

beforeAll(openShop);

interface Page {
  orders: { order_id: string; customer_id: string | null }[];
}

function as(token: string, method = "GET", body?: unknown): Parameters<Ask>[1] {
  const headers = { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  return { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

const listFor = async (token: string) => read<Page>(await ask(`${ORDERS}?limit=100`, as(token)));
const claim = async <B = OrderBody>(token: string, order: { order_id: string; order_token: string }) =>
  read<B>(await ask(`${ORDERS}/${order.order_id}/claim`, as(token, "POST", { order_token: order.order_token })));

async function placeAs(token: string): Promise<OrderBody> {
  const response = await ask(ORDERS, as(token, "POST", bodyOf([await inStock(1)])));
  if (response.status !== 201) throw new Error(await response.text());
  return response.json();
}

describe("a customer", () => {
  it("owns the orders of the account, and sees only those in the list", async ({ expect }) => {
    const [mine, theirs] = [await placeAs("asha"), await placeAs("ravi")];

    const { status, body } = await listFor("asha");

    expect(mine.customer_id).toBe(ASHA.userId);
    expect(status).toBe(200);
    expect(body.orders.map(({ order_id: id }) => id)).toContain(mine.order_id);
    expect(body.orders.map(({ order_id: id }) => id)).not.toContain(theirs.order_id);
    expect(new Set(body.orders.map(({ customer_id: owner }) => owner))).toEqual(new Set([ASHA.userId]));
  });

  it("reads and cancels their own order; another's answers like a missing one", async ({ expect }) => {
    const [mine, theirs] = [await placeAs("asha"), await placeAs("ravi")];

    const answers = await Promise.all([
      ask(`${ORDERS}/${mine.order_id}`, as("asha")),
      ask(`${ORDERS}/${theirs.order_id}`, as("asha")),
      ask(`${ORDERS}/${newId("ORD")}`, as("asha")),
      ask(`${ORDERS}/${theirs.order_id}/cancel`, as("asha", "POST")),
    ]);
    const cancelled = await ask(`${ORDERS}/${mine.order_id}/cancel`, as("asha", "POST"));

    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 404]);
    expect(cancelled.status).toBe(200);
  });

  it("may not move or delete an order, nor receive or reject what comes back of it: 403", async ({ expect }) => {
    const mine = await placeAs("asha");

    const answers = await Promise.all([
      ask(`${ORDERS}/${mine.order_id}`, as("asha", "PUT", { status: "PROCESSING" })),
      ask(`${ORDERS}/${mine.order_id}`, as("asha", "DELETE")),
      ask(`${ORDERS}/${mine.order_id}/returns/RET1/receive`, as("asha", "POST", {})),
      ask(`${ORDERS}/${mine.order_id}/returns/RET1/reject`, as("asha", "POST", { reason: "x" })),
      ask(`${ORDERS}/${mine.order_id}`, as("staff", "DELETE")),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  it("reads a timeline that names the shop, not its staff", async ({ expect }) => {
    const mine = await placeAs("asha");
    await ask(`${ORDERS}/${mine.order_id}`, as("staff", "PUT", { status: "PROCESSING" }));

    const seen = async (token: string) =>
      (await read<{ events: { by: string }[] }>(await ask(`${ORDERS}/${mine.order_id}`, as(token)))).body.events;

    expect((await seen("asha")).map(({ by }) => by)).toEqual(["customer", "shop"]);
    expect((await seen("staff")).map(({ by }) => by)).toEqual([ASHA.actor, "user:s-1"]);
  });
});

describe("POST /api/v1/orders/{order_id}/claim", () => {
  it("attaches a guest's order by its token: it is in the list, and the account opens it", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));

    const { status, body } = await claim("asha", order);
    const again = await claim("asha", order);

    expect([status, body.customer_id, again.status]).toEqual([200, ASHA.userId, 200]);
    expect((await listFor("asha")).body.orders.map(({ order_id: id }) => id)).toContain(order.order_id);
    expect((await ask(`${ORDERS}/${order.order_id}`, as("asha"))).status).toBe(200);
  });

  it("by two customers at once succeeds once; the other gets already_claimed", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));

    const answers = await Promise.all([claim<ProblemBody>("asha", order), claim<ProblemBody>("ravi", order)]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe("already_claimed");
  });

  it("answers a wrong token like a missing order", async ({ expect }) => {
    const [order, other] = [await placed(bodyOf([await inStock(1)])), await placed(bodyOf([await inStock(1)]))];

    const wrong = await claim<ProblemBody>("asha", { ...order, order_token: other.order_token });
    const missing = await claim<ProblemBody>("asha", { ...order, order_id: newId("ORD") });

    expect([wrong.status, missing.status, wrong.body.detail]).toEqual([404, 404, missing.body.detail]);
  });

  it("requires an account and the token", async ({ expect }) => {
    const order = await placed(bodyOf([await inStock(1)]));
    const path = `${ORDERS}/${order.order_id}/claim`;

    const answers = await Promise.all([
      ask(path, as("nobody", "POST", { order_token: order.order_token })),
      ask(path, as("reader", "POST", { order_token: order.order_token })),
      ask(path, as("asha", "POST", {})),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 403, 422]);
  });
});

describe("a machine's key", () => {
  it("lists and reads all orders only with the right to read any", async ({ expect }) => {
    const order = await placeAs("asha");

    const [all, none] = [await listFor("reader"), await listFor("lister")];
    const shown = await ask(`${ORDERS}/${order.order_id}`, as("reader"));
    const cancelled = await ask(`${ORDERS}/${order.order_id}/cancel`, as("reader", "POST"));

    expect([all.status, none.status, shown.status, cancelled.status]).toEqual([200, 403, 200, 404]);
  });
});
