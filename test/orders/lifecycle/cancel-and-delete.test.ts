import { beforeAll, describe, it, vi } from "vitest";
import { type AskOptions, del, post } from "../../support/http/requests.ts";
import { type History, move, pay, soldOrder } from "../../support/orders/lifecycle.ts";
import { type Answer, cancel, newKey, ORDERS, type ProblemBody, read, show, unitsOf } from "../../support/orders/http.ts";
import { allMovementsOf } from "../../support/stock/movements.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ADMIN = { admin: true } as const;

async function remove<B = History>(orderId: string, options: AskOptions = ADMIN): Promise<Answer<B>> {
  return read<B>(await del(`${ORDERS}/${orderId}`, options));
}

describe("cancelling", () => {
  it("from PENDING frees the units, which never left the shelf", async ({ expect }) => {
    const { orderId, rice, token } = await soldOrder();
    const before = await unitsOf(rice);

    const { status } = await cancel<History>(orderId, { token });

    expect([status, before]).toEqual([200, { BLR: [5, 0, 2] }]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
    expect(await allMovementsOf(rice)).toEqual(["receive 5", "reserve 2", "allocate 2", "deallocate 2"]);
  });

  it("from PROCESSING frees the units, and for a paid order a refund is due", async ({ expect }) => {
    const { orderId, rice, token } = await soldOrder();
    await pay(orderId);
    await move(orderId, "PROCESSING");
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 2] });

    const { status, body } = await cancel<History>(orderId, { token });

    expect([status, body.status, body.payment_status]).toEqual([200, "CANCELLED", "refund_due"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
    expect(await allMovementsOf(rice)).toEqual(["receive 5", "reserve 2", "allocate 2", "deallocate 2"]);
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
  it("cancels an open order, frees its units and hides it; its page stays", async ({ expect }) => {
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

  it("hides a completed order without changing its status", async ({ expect }) => {
    const { orderId, rice } = await soldOrder();
    await move(orderId, "PROCESSING");
    await move(orderId, "COMPLETED");

    const { body } = await remove(orderId);
    const again = await remove(orderId);

    expect([body.status, again.status, again.body.deleted_at]).toEqual(["COMPLETED", 200, body.deleted_at]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] }));
    expect(body.payment_status).toBe("cod");
  });

  it("refuses an open order with returns, and one that does not exist", async ({ expect }) => {
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
