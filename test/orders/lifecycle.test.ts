import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { type AskOptions, del, post, put } from "../support/http.ts";
import {
  type Answer,
  bodyOf,
  cancel,
  inStock,
  lineOf,
  newKey,
  type OrderBody,
  ORDERS,
  placed,
  type ProblemBody,
  read,
  show,
  unitsOf,
} from "../support/order-http.ts";
import { newId } from "../support/shop.ts";
import { openShop } from "../support/warehouses.ts";

beforeAll(openShop);

const ADMIN = { admin: true } as const;

interface History extends OrderBody {
  status: string;
  events: { what: string; from: string | null; to: string | null; by: string; note: string | null }[];
  deleted_at: string | null;
}

async function move<B = History>(
  orderId: string,
  status: string,
  more: object = {},
  options: AskOptions = ADMIN,
): Promise<Answer<B>> {
  return read<B>(await put(`${ORDERS}/${orderId}`, { status, ...more }, options));
}

async function remove<B = History>(orderId: string, options: AskOptions = ADMIN): Promise<Answer<B>> {
  return read<B>(await del(`${ORDERS}/${orderId}`, options));
}

/** Has D1 say that an order is paid, as a payment will. */
async function pay(orderId: string): Promise<void> {
  await env.DB.prepare("UPDATE orders SET payment_status = 'paid' WHERE order_id = ?").bind(orderId).run();
}

async function paymentOf(orderId: string): Promise<unknown> {
  return (await show(orderId, ADMIN)).body.payment_status;
}

/** An order of some of its units, which have left. @returns its id and its product's */
async function soldOrder(
  quantity = 2,
  more: Record<string, unknown> = {},
): Promise<{ orderId: string; rice: string; token: string }> {
  const rice = await inStock(5);
  const order = await placed(bodyOf([lineOf(rice, quantity)], more));
  const expected = more.payment_method === undefined ? [5 - quantity, 0] : [5, quantity];
  await vi.waitUntil(async () => JSON.stringify(await unitsOf(rice)) === JSON.stringify({ BLR: expected }));
  return { orderId: order.order_id, rice, token: order.order_token };
}

describe("PUT /api/v1/orders/{order_id}", () => {
  it("takes an order to COMPLETED step by step, and its timeline tells who, when and why", async ({ expect }) => {
    const { orderId, token } = await soldOrder();

    const packed = await move(orderId, "PROCESSING", { note: "Packed by the door" });
    const done = await move(orderId, "COMPLETED");
    const { body: asCustomer } = await show<History>(orderId, { token });

    expect([packed.status, packed.body.status, done.body.status]).toEqual([200, "PROCESSING", "COMPLETED"]);
    expect(done.body.events).toMatchObject([
      { what: "placed", from: null, to: "PENDING", by: "guest", note: null },
      { what: "status_changed", from: "PENDING", to: "PROCESSING", by: "admin", note: "Packed by the door" },
      { what: "status_changed", from: "PROCESSING", to: "COMPLETED", by: "admin", note: null },
    ]);
    expect(asCustomer.events.map(({ by }) => by)).toEqual(["customer", "shop", "shop"]);
  });

  it.for([
    ["COMPLETED", ["PROCESSING", "CANCELLED"]],
    ["RETURNED", ["PROCESSING", "CANCELLED"]],
    ["EXPIRED", ["PROCESSING", "CANCELLED"]],
    ["PENDING", ["PROCESSING", "CANCELLED"]],
  ] as const)(
    "refuses to take a new order to %s: 409 with where it stands and what is possible",
    async ([to, possible], { expect }) => {
      const { orderId } = await soldOrder();

      const { status, body } = await move<ProblemBody>(orderId, to);

      expect([status, body.code, body.status_now, body.possible]).toEqual([409, "illegal_transition", "PENDING", possible]);
      expect((await show<History>(orderId, ADMIN)).body.events).toHaveLength(1);
    },
  );

  it("processes an order that waits for its payment only once it is paid", async ({ expect }) => {
    const { orderId } = await soldOrder(1, { payment_method: "card" });

    const unpaid = await move<ProblemBody>(orderId, "PROCESSING");
    await pay(orderId);
    const paid = await move(orderId, "PROCESSING");

    expect([unpaid.status, unpaid.body.possible]).toEqual([409, ["CANCELLED"]]);
    expect([paid.status, paid.body.status]).toEqual([200, "PROCESSING"]);
  });

  it("of two moves at once lets one win, and the other hears where the order stands", async ({ expect }) => {
    const { orderId, rice } = await soldOrder();

    const answers = await Promise.all([move(orderId, "PROCESSING"), move(orderId, "PROCESSING"), move(orderId, "PROCESSING")]);
    const [packed, cancelled] = await Promise.all([move(orderId, "COMPLETED"), cancel(orderId, ADMIN)]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    expect([packed.status, cancelled.status].toSorted((a, b) => a - b)).toEqual([200, 409]);
    const units = cancelled.status === 200 ? 5 : 3;
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [units, 0] }));
  });

  it("sent again with its key changes nothing and is told as a replay; another body under the key is refused", async ({
    expect,
  }) => {
    const { orderId } = await soldOrder();
    const key = newKey();

    const first = await move(orderId, "PROCESSING", {}, { ...ADMIN, key });
    const again = await move(orderId, "PROCESSING", {}, { ...ADMIN, key });
    const other = await move<ProblemBody>(orderId, "COMPLETED", {}, { ...ADMIN, key });

    expect(again.body).toEqual(first.body);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
  });

  it.for([
    ["an unknown status", { status: "LOST" }, "status"],
    ["no status", {}, "status"],
    ["a note that is too long", { status: "PROCESSING", note: "x".repeat(501) }, "note"],
    ["a note with a NUL", { status: "PROCESSING", note: "a\u0000b" }, "note"],
  ] as const)("refuses %s: 422", async ([, body, field], { expect }) => {
    const { status, body: said } = await read<ProblemBody>(await put(`${ORDERS}/${newId("ORD")}`, body, ADMIN));

    expect([status, said.errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it("is not for guests, not even with the order's token; an order that does not exist is 404", async ({ expect }) => {
    const { orderId, token } = await soldOrder();

    const answers = await Promise.all([
      move<ProblemBody>(orderId, "PROCESSING", {}, {}),
      move<ProblemBody>(orderId, "PROCESSING", {}, { token }),
      move<ProblemBody>(newId("ORD"), "PROCESSING"),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 404]);
  });
});

describe("cancelling", () => {
  it("from PROCESSING gives the units back, and a paid order owes a refund", async ({ expect }) => {
    const { orderId, rice, token } = await soldOrder();
    await pay(orderId);
    await move(orderId, "PROCESSING");

    const { status, body } = await cancel<History>(orderId, { token });

    expect([status, body.status, body.payment_status]).toEqual([200, "CANCELLED", "refund_due"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
  });

  it("a completed order is refused", async ({ expect }) => {
    const { orderId } = await soldOrder();
    await move(orderId, "PROCESSING");
    await move(orderId, "COMPLETED");

    const { status, body } = await cancel<ProblemBody>(orderId, ADMIN);

    expect([status, body.status_now, body.possible]).toEqual([409, "COMPLETED", []]);
  });

  it("with a key can be repeated by a shopper who lost the answer", async ({ expect }) => {
    const { orderId, token } = await soldOrder();
    const key = newKey();

    const first = await cancel(orderId, { token, key });
    const again = await cancel(orderId, { token, key });
    const weak = await cancel<ProblemBody>(orderId, { token, key: "short" });

    expect([again.status, again.headers.get("Idempotency-Replayed"), again.body]).toEqual([200, "true", first.body]);
    expect([weak.status, weak.body.code]).toEqual([400, "idempotency_key_too_weak"]);
  });
});

describe("DELETE /api/v1/orders/{order_id}", () => {
  it("cancels an open order, gives its units back and hides it; its page stays", async ({ expect }) => {
    const { orderId, rice } = await soldOrder();

    const { status, body } = await remove(orderId);

    expect([status, body.status]).toEqual([200, "CANCELLED"]);
    expect(body.deleted_at).toEqual(expect.any(String));
    expect((await show<History>(orderId, ADMIN)).body.events.map(({ what, to }) => [what, to])).toEqual([
      ["placed", "PENDING"],
      ["deleted", "CANCELLED"],
    ]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
  });

  it("hides a completed order and leaves it what it is", async ({ expect }) => {
    const { orderId, rice } = await soldOrder();
    await move(orderId, "PROCESSING");
    await move(orderId, "COMPLETED");

    const { body } = await remove(orderId);
    const again = await remove(orderId);

    expect([body.status, again.status, again.body.deleted_at]).toEqual(["COMPLETED", 200, body.deleted_at]);
    expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] });
    expect(await paymentOf(orderId)).toBe("cod");
  });

  it("refuses an open order of which something came back, and one that does not exist", async ({ expect }) => {
    const { orderId, rice } = await soldOrder();
    await move(orderId, "PROCESSING");
    await post(
      `${ORDERS}/${orderId}/returns`,
      { items: [{ product_id: rice, quantity: 1, condition: "sellable" }], reason: "torn" },
      ADMIN,
    );

    const refused = await remove<ProblemBody>(orderId);
    const missing = await remove<ProblemBody>(newId("ORD"));

    expect([refused.status, refused.body.code, refused.body.possible]).toEqual([409, "illegal_transition", ["COMPLETED"]]);
    expect(missing.status).toBe(404);
  });
});
