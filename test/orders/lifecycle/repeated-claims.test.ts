import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { type AskOptions, del, post } from "../../support/http/requests.ts";
import { type History, soldOrder } from "../../support/orders/lifecycle.ts";
import { bodyOf, inStock, newKey, ORDERS, placed, read } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ADMIN = { admin: true } as const;

interface Written {
  order: Record<string, unknown>[];
  events: { what: string }[];
  kept: object[];
  audited: { action: string }[];
  [table: string]: object[];
}

/** Everything that a change of an order writes. */
async function writtenOf(orderId: string): Promise<Written> {
  return {
    order: await sqlInD1("SELECT * FROM orders WHERE order_id = ?", orderId),
    events: await sqlInD1("SELECT * FROM order_events WHERE order_id = ? ORDER BY event_no", orderId),
    kept: await sqlInD1("SELECT id FROM idempotency ORDER BY id"),
    audited: await sqlInD1("SELECT * FROM audit_log WHERE record_id = ?", orderId),
    webhooks: await sqlInD1("SELECT delivery_id FROM webhook_deliveries ORDER BY delivery_id"),
  };
}

const claim = async (order: { orderId: string; token: string }, options: AskOptions) =>
  read<History>(await post(`${ORDERS}/${order.orderId}/claim`, { order_token: order.token }, options));
const remove = async (orderId: string, options: AskOptions = ADMIN) => read<History>(await del(`${ORDERS}/${orderId}`, options));

/** A new key each time, where one is wanted. */
const keyed = (isKeyed: boolean): AskOptions => (isKeyed ? { key: newKey() } : {});

describe("claiming one's own order again", () => {
  it.for([
    ["without a key", false, 20],
    ["with a key, another each time,", true, 3],
  ] as const)("%s writes nothing and answers the order", async ([, isKeyed, times], { expect }) => {
    const { token } = await userOf();
    const order = await soldOrder();
    const first = await claim(order, { token, ...keyed(isKeyed) });
    const before = await writtenOf(order.orderId);

    const answers: Awaited<ReturnType<typeof claim>>[] = [];
    for (let each = 0; each < times; each += 1) answers.push(await claim(order, { token, ...keyed(isKeyed) }));

    expect(first.status).toBe(200);
    expect(before.order[0]?.due_at_ms).toEqual(expect.any(Number));
    expect(before.events.map(({ what }) => what)).toEqual(["placed", "claimed"]);
    expect(await writtenOf(order.orderId)).toEqual(before);
    for (const { status, body } of answers) expect([status, body]).toEqual([200, first.body]);
  });

  it("by staff, whose claims are audited, adds no entry", async ({ expect }) => {
    const { token } = await userOf("staff");
    const order = await soldOrder();
    await claim(order, { token });
    const before = await writtenOf(order.orderId);

    const again = await claim(order, { token, key: newKey() });

    expect(again.status).toBe(200);
    expect(before.audited).toHaveLength(1);
    expect(await writtenOf(order.orderId)).toEqual(before);
  });

  it("of an order that was placed with the account writes nothing even the first time", async ({ expect }) => {
    const { token } = await userOf();
    const { order_id: orderId, order_token: orderToken } = await placed(bodyOf([await inStock(5)]), { token });
    const before = await writtenOf(orderId);

    const { status } = await claim({ orderId, token: orderToken }, { token, key: newKey() });

    expect(status).toBe(200);
    expect(before.events.map(({ what }) => what)).toEqual(["placed"]);
    expect(await writtenOf(orderId)).toEqual(before);
  });

  it("several times at once writes one event", async ({ expect }) => {
    const { token } = await userOf();
    const order = await soldOrder();

    const answers = await Promise.all([claim(order, { token }), claim(order, { token }), claim(order, { token })]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await writtenOf(order.orderId)).events.map(({ what }) => what)).toEqual(["placed", "claimed"]);
  });
});

describe("deleting a deleted order", () => {
  it.for([
    ["without a key", false],
    ["with a key, another each time,", true],
  ] as const)("%s writes nothing and answers the order", async ([, isKeyed], { expect }) => {
    const { orderId } = await soldOrder();
    const first = await remove(orderId, { ...ADMIN, ...keyed(isKeyed) });
    const before = await writtenOf(orderId);

    const again = await remove(orderId, { ...ADMIN, ...keyed(isKeyed) });
    const third = await remove(orderId, { ...ADMIN, ...keyed(isKeyed) });

    expect(before.events.map(({ what }) => what)).toEqual(["placed", "deleted"]);
    expect(before.audited).toHaveLength(1);
    expect(await writtenOf(orderId)).toEqual(before);
    for (const { status, body } of [again, third]) expect([status, body]).toEqual([200, first.body]);
  });

  it("with the first key gets the same answer", async ({ expect }) => {
    const { orderId } = await soldOrder();
    const key = newKey();
    const first = await remove(orderId, { ...ADMIN, key });
    const before = await writtenOf(orderId);

    const again = await remove(orderId, { ...ADMIN, key });

    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await writtenOf(orderId)).toEqual(before);
  });

  it("several times at once writes one event and one entry, with the time of the first", async ({ expect }) => {
    const { orderId } = await soldOrder();

    const answers = await Promise.all([remove(orderId), remove(orderId), remove(orderId)]);

    const { events, audited } = await writtenOf(orderId);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.deleted_at)).size).toBe(1);
    expect([events.map(({ what }) => what), audited.length]).toEqual([["placed", "deleted"], 1]);
  });
});
