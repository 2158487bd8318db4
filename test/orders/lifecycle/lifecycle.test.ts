import { beforeAll, describe, it, vi } from "vitest";
import { put } from "../../support/http/requests.ts";
import { type History, move, pay, soldOrder } from "../../support/orders/lifecycle.ts";
import { cancel, newKey, ORDERS, type ProblemBody, read, show, unitsOf } from "../../support/orders/http.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ADMIN = { admin: true } as const;

describe("PUT /api/v1/orders/{order_id}", () => {
  it("takes an order to COMPLETED step by step, and its timeline shows who, when and why", async ({ expect }) => {
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
    "refuses to take a new order to %s: 409 with its status and the possible ones",
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

  it("with two moves at once applies one; the other gets the order's status", async ({ expect }) => {
    const { orderId, rice } = await soldOrder();

    const answers = await Promise.all([move(orderId, "PROCESSING"), move(orderId, "PROCESSING"), move(orderId, "PROCESSING")]);
    const [packed, cancelled] = await Promise.all([move(orderId, "COMPLETED"), cancel(orderId, ADMIN)]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
    expect([packed.status, cancelled.status].toSorted((a, b) => a - b)).toEqual([200, 409]);
    const units = cancelled.status === 200 ? 5 : 3;
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [units, 0] }));
  });

  it("sent again with its key changes nothing and is marked as a replay; another body under the key is refused", async ({
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

  it("is not open to guests, not even with the order's token; a missing order is 404", async ({ expect }) => {
    const { orderId, token } = await soldOrder();

    const answers = await Promise.all([
      move<ProblemBody>(orderId, "PROCESSING", {}, {}),
      move<ProblemBody>(orderId, "PROCESSING", {}, { token }),
      move<ProblemBody>(newId("ORD"), "PROCESSING"),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 404]);
  });
});
