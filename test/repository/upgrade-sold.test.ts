import { afterAll, beforeAll, describe, it } from "vitest";
import { SECRETS } from "../deployed/server.ts";
import { checkShop } from "../upgrade/check-shop.ts";
import type { ApiRequest, RecordedRequest } from "../upgrade/client.ts";
import { recover } from "../upgrade/controls.ts";
import { readFixture } from "../upgrade/fixture.ts";
import type { Row } from "../upgrade/raw-state.ts";
import { restore } from "../upgrade/restore.ts";
import { timeless, unchanged, type Upgraded, upgrade } from "../upgrade/upgrade.ts";
import { BOUGHT, SOLD_BEFORE, teaKey } from "../upgrade/write-shop-0-3.ts";

/** More than the two minutes of a hold whose order is being placed, less than the reservation of a cart. */
const AGE_MS = 180_000;
const START_MS = 120_000;
/** In BLR 60 units were received; five orders took theirs and have not been cancelled, one unit came back, and five were sent to MUM. */
const ON_HAND = 60 - 5 * BOUGHT + 1 - 5;
const IN_CART = 3;

const fixture = readFixture("0.3.0");
const products = fixture.objects.map(({ productId }) => productId);
let shop: Upgraded;

beforeAll(async () => {
  const atMs = Date.now() - AGE_MS;
  const fill = async (state: string) => {
    await restore(fixture, state, atMs);
    return fixture.requests;
  };
  shop = await upgrade(fill, atMs - fixture.atMs);
}, START_MS);

afterAll(() => shop?.stop());

/** @throws Error if the answer has another status */
async function asAdmin(method: ApiRequest["method"], path: string, body?: unknown, status = 200) {
  const answer = await shop.send({
    method,
    path: `/api/v1${path}`,
    token: SECRETS.ADMIN_TOKEN,
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const answerTo = (name: string) => fixture.requests.find(({ key }) => key === teaKey(name)) as RecordedRequest;
const idOf = (name: string, id: string) => String(answerTo(name).told?.body[id]);
const orderOf = (name: string) => `/orders/${idOf(name, "order_id")}`;

/** The units of tea in a warehouse, from its object. */
async function levelOf(warehouseId = "BLR"): Promise<Row | undefined> {
  const query = `SELECT on_hand, reserved, allocated FROM levels WHERE warehouse_id = '${warehouseId}'`;
  return (await shop.controls.query(SOLD_BEFORE, query))[0];
}

const back = (condition: string) => ({ items: [{ product_id: SOLD_BEFORE, quantity: 1, condition }], reason: "Torn" });

async function newOrder(quantity: number, status: number): Promise<string> {
  const order = { customer_name: "Ravi", postal_code: "560001", item: SOLD_BEFORE, quantity, payment_method: "cod" };
  return `/orders/${String((await asAdmin("POST", "/orders", order, status)).order_id)}`;
}

/** Answers to these requests show a record that others changed before the kill; by key, the last of them. */
const CHANGED_BY = new Map([
  [teaKey("paid"), teaKey("paid-confirmed")],
  [teaKey("cart"), teaKey("cart-line")],
]);

// State that release 0.3.0 wrote itself, killed in the middle of several requests, under the release of today.
describe("the state of release 0.3.0 under today's", () => {
  it("has every order as its client was told, under its old token", async ({ expect }) => {
    const orders = shop.orders();
    expect(orders.length).toBeGreaterThanOrEqual(17);

    for (const { orderId, token, body } of orders) {
      const path = `/api/v1/orders/${orderId}`;
      if (token !== "") expect(await shop.send({ method: "GET", path, token })).toMatchObject({ status: 200 });
      // To a customer events do not name people of the shop; the replays of the next case compare events.
      const { events: _events, ...told } = body;
      expect(timeless(await asAdmin("GET", `/orders/${orderId}`)), orderId).toMatchObject(unchanged(told));
    }
  });

  it("answers every request that had an answer under its key with the same, refusals too", async ({ expect }) => {
    const requests = fixture.requests.filter(({ key, told }) => key !== undefined && told !== null);
    expect(requests.length).toBeGreaterThanOrEqual(60);

    for (const { told, ...asked } of requests) {
      const again = await shop.send(asked);
      expect([again.status, again.isReplay || again.status >= 400], asked.path).toEqual([told?.status, true]);
      const lastKey = CHANGED_BY.get(asked.key ?? "") ?? asked.key;
      const last = fixture.requests.find(({ key }) => key === lastKey)?.told?.body ?? {};
      const expected = Object.entries(told?.body ?? {}).map(([name, value]) => [name, last[name] ?? value]);
      expect(timeless(again.body), asked.path).toMatchObject(unchanged(Object.fromEntries(expected)));
    }
  });

  it("answers those who heard nothing before the kill", async ({ expect }) => {
    const requests = fixture.requests.filter(({ key, told }) => key !== undefined && told === null);
    const statuses = await Promise.all(requests.map(async (asked) => (await shop.send(asked)).status));
    expect(statuses).toEqual([201, 201, 201, 201, 201]);
  });
});

describe("units that release 0.3.0 held", () => {
  it("stand on the shelf yet, and what it sold has left", async ({ expect }) => {
    expect(await levelOf()).toEqual({ on_hand: ON_HAND, reserved: BOUGHT + IN_CART, allocated: 0 });
    expect(await levelOf("MUM")).toEqual({ on_hand: 20, reserved: 0, allocated: 0 });
    const query =
      "SELECT kind, sum(delta_on_hand) AS units FROM movements WHERE kind IN ('sale', 'restock') GROUP BY 1 ORDER BY 1";
    expect(await shop.controls.query(SOLD_BEFORE, query)).toEqual([
      { kind: "restock", units: BOUGHT },
      { kind: "sale", units: -6 * BOUGHT },
    ]);
  });

  it("are allocated once their order is paid or checked out, and leave when it is shipped", async ({ expect }) => {
    const payment = { payment_reference: "UTR 2", amount: answerTo("unpaid").told?.body.total, currency: "INR" };
    await asAdmin("POST", `${orderOf("unpaid")}/payment/confirm`, payment);
    const cart = { cart_id: idOf("cart", "cart_id"), customer_name: "Mira", postal_code: "560001", payment_method: "cod" };
    const { order_id: checkedOut } = await asAdmin("POST", "/checkout", cart, 201);
    await recover(shop.controls, [SOLD_BEFORE]);
    expect(await levelOf()).toEqual({ on_hand: ON_HAND, reserved: 0, allocated: BOUGHT + IN_CART });

    await asAdmin("POST", `${orderOf("unpaid")}/shipments`, { warehouse_id: "BLR" }, 201);
    await asAdmin("POST", `/orders/${String(checkedOut)}/cancel`, {});
    await recover(shop.controls, products);
    expect(await levelOf()).toEqual({ on_hand: ON_HAND - BOUGHT, reserved: 0, allocated: 0 });
    expect(await checkShop(shop.controls, products)).toEqual([]);
  });
});

describe("units that release 0.3.0 sold", () => {
  const onHand = ON_HAND - BOUGHT + 1;

  it("come back where a part is cancelled, and move no more when the rest is shipped or completed", async ({ expect }) => {
    await asAdmin("POST", `${orderOf("pending")}/cancel`, { items: [{ line_no: 1, quantity: 1 }] });
    await asAdmin("POST", `${orderOf("pending")}/shipments`, { warehouse_id: "BLR", items: [{ line_no: 1, quantity: 1 }] }, 201);
    await asAdmin("PUT", orderOf("pending"), { status: "COMPLETED" });
    await asAdmin("PUT", orderOf("processing"), { status: "COMPLETED" });
    await recover(shop.controls, [SOLD_BEFORE]);

    expect(await levelOf()).toEqual({ on_hand: onHand, reserved: 0, allocated: 0 });
    expect(await checkShop(shop.controls, products)).toEqual([]);
  });

  it("stand on the shelf again when their order is cancelled, or when they are returned to be sold", async ({ expect }) => {
    await asAdmin("POST", `${orderOf("paid")}/cancel`, {});
    for (const name of ["completed", "returned", "pending"]) await asAdmin("POST", `${orderOf(name)}/returns`, back("sellable"));
    await asAdmin("POST", `${orderOf("completed")}/returns`, back("damaged"));
    await recover(shop.controls, [SOLD_BEFORE]);

    expect(await levelOf()).toEqual({ on_hand: onHand + BOUGHT + 3, reserved: 0, allocated: 0 });
    expect(await asAdmin("GET", orderOf("paid"))).toMatchObject({ status: "CANCELLED", payment_status: "refund_due" });
    expect(await checkShop(shop.controls, products)).toEqual([]);
  });
});

describe("units that release 0.3.0 sent to another warehouse", () => {
  const onHand = ON_HAND + 3 + 1;

  it("are received there and recalled from there", async ({ expect }) => {
    const transfer = `/inventory/transfers/${idOf("transfer", "transfer_id")}`;
    await asAdmin("POST", `${transfer}/receipts`, { items: [{ product_id: SOLD_BEFORE, quantity: 2 }] });
    await asAdmin("POST", `${transfer}/recall`, {});
    await recover(shop.controls, [SOLD_BEFORE]);

    expect(await levelOf("MUM")).toEqual({ on_hand: 20 + 2, reserved: 0, allocated: 0 });
    expect(await levelOf()).toEqual({ on_hand: onHand + 3, reserved: 0, allocated: 0 });
    expect(await checkShop(shop.controls, products)).toEqual([]);
  });

  it("are sold once with all others, and not one more", async ({ expect }) => {
    const blr = onHand + 3;
    const mum = 20 + 2;
    await newOrder(blr + mum + 1, 409);
    await newOrder(blr + mum, 201);
    await newOrder(1, 409);
    await recover(shop.controls, [SOLD_BEFORE]);

    expect(await levelOf()).toEqual({ on_hand: blr, reserved: 0, allocated: blr });
    expect(await levelOf("MUM")).toEqual({ on_hand: mum, reserved: 0, allocated: mum });
    expect(await checkShop(shop.controls, products)).toEqual([]);
    const audit = await asAdmin("POST", "/inventory/audit", {});
    expect(audit).toMatchObject({ checked: products.length, differences: [], unanswered: [] });
  });
});
