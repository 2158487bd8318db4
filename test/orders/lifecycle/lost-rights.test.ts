import { beforeAll, describe, it } from "vitest";
import { sessionOf, type TestUser, userOf } from "../../support/accounts/accounts.ts";
import { patch } from "../../support/http/requests.ts";
import { move, pay, soldOrder } from "../../support/orders/lifecycle.ts";
import {
  type Answer,
  bodyOf,
  cancel,
  inStock,
  newKey,
  type OrderBody,
  placed,
  type ProblemBody,
  send,
  show,
  unitsOf,
} from "../../support/orders/http.ts";
import { newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const PERSONAL = { customer_email: "owner@example.com", customer_phone: "+91 98765 43210" };

/** Makes a member of staff a customer, over HTTP. @returns the access token that they get by signing in again */
async function demoted({ userId, email }: TestUser): Promise<string> {
  const response = await patch(`/api/v1/users/${userId}`, { role: "customer" }, { admin: true });
  if (response.status !== 200) throw new Error(await response.text());
  return (await sessionOf(email)).access_token;
}

/** An answer without its request id. */
function said({ status, body: { request_id: _, ...body }, headers }: Answer<ProblemBody>) {
  return { status, body, headers: ["Location", "Idempotency-Replayed"].map((name) => headers.get(name)) };
}

/** The answer for a missing order. */
const NOTHING = {
  status: 404,
  body: { type: "/docs/errors#not_found", status: 404, code: "not_found", detail: "There is no such order." },
  headers: [null, null],
};

describe("a former member of staff who cancelled an order, now a customer,", () => {
  it.for([
    ["the token of before", (user: TestUser) => user.token],
    ["a new token", (_: TestUser, fresh: string) => fresh],
  ] as const)("repeats it with the key and %s: 404, and nothing is revealed", async ([, tokenOf], { expect }) => {
    const staff = await userOf("staff");
    const { orderId } = await soldOrder(2, PERSONAL);
    const key = newKey();
    const first = await cancel(orderId, { token: staff.token, key });
    const token = tokenOf(staff, await demoted(staff));

    const again = await cancel<ProblemBody>(orderId, { token, key });
    const missing = await cancel<ProblemBody>(newId("ORD"), { token, key });

    expect(first.status).toBe(200);
    expect(said(again)).toMatchObject(NOTHING);
    expect(said(again)).toEqual(said(missing));
  });

  it("gets nothing of it by its page or by a new key", async ({ expect }) => {
    const staff = await userOf("staff");
    const { orderId } = await soldOrder(2, PERSONAL);
    await cancel(orderId, { token: staff.token, key: newKey() });
    const token = await demoted(staff);

    const answers = [await show<ProblemBody>(orderId, { token }), await cancel<ProblemBody>(orderId, { token, key: newKey() })];

    for (const answer of answers) expect(said(answer)).toMatchObject(NOTHING);
  });

  it("may no longer move an order that they moved with a key: 403", async ({ expect }) => {
    const staff = await userOf("staff");
    const { orderId } = await soldOrder(2, PERSONAL);
    await pay(orderId);
    const key = newKey();
    await move(orderId, "PROCESSING", {}, { token: staff.token, key });
    const token = await demoted(staff);

    const { status, body } = await move<ProblemBody>(orderId, "PROCESSING", {}, { token, key });

    expect([status, body.code]).toEqual([403, "forbidden"]);
    expect(JSON.stringify(body)).not.toContain(PERSONAL.customer_email);
  });
});

describe("a former member of staff who placed an order, now a customer,", () => {
  it("repeats it with the key: 404, nothing is revealed, not even the order's id, and nothing is placed", async ({ expect }) => {
    const staff = await userOf("staff");
    const rice = await inStock(5);
    const [body, key] = [bodyOf([rice], PERSONAL), newKey()];
    const first = await placed(body, { token: staff.token, key });
    const token = await demoted(staff);

    const again = await send(body, { token, key });

    expect(said(again)).toMatchObject(NOTHING);
    for (const secret of [first.order_id, first.order_token, PERSONAL.customer_email]) {
      expect(JSON.stringify([again.body, ...again.headers])).not.toContain(secret);
    }
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0, 1] });
  });

  it("places their own order with another key", async ({ expect }) => {
    const staff = await userOf("staff");
    const rice = await inStock(5);
    await placed(bodyOf([rice]), { token: staff.token, key: newKey() });
    const token = await demoted(staff);

    const own = await send<OrderBody>(bodyOf([rice]), { token, key: newKey() });

    expect([own.status, own.body.customer_id]).toEqual([201, staff.userId]);
  });
});

describe("the owner of an order", () => {
  it("sees that staff cancelled it; former staff cannot repeat that as customers", async ({ expect }) => {
    const [owner, staff] = [await userOf(), await userOf("staff")];
    const order = await placed(bodyOf([await inStock(5)]), { token: owner.token });
    const key = newKey();
    await cancel(order.order_id, { token: staff.token, key });
    const token = await demoted(staff);

    const theirs = await cancel<ProblemBody>(order.order_id, { token, key });
    const own = await show(order.order_id, { token: owner.token });

    expect([theirs.status, own.status, own.body.status]).toEqual([404, 200, "CANCELLED"]);
  });

  it("gets it again by the keys of placing and cancelling it", async ({ expect }) => {
    const { token, userId } = await userOf();
    const body = bodyOf([await inStock(5)], PERSONAL);
    const [placing, cancelling] = [newKey(), newKey()];
    const order = await placed(body, { token, key: placing });

    const placedAgain = await send<OrderBody>(body, { token, key: placing });
    const cancelled = await cancel(order.order_id, { token, key: cancelling });
    const again = await cancel(order.order_id, { token, key: cancelling });

    expect([placedAgain.status, placedAgain.headers.get("Idempotency-Replayed")]).toEqual([201, "true"]);
    expect(placedAgain.body).toMatchObject({ order_id: order.order_id, order_token: order.order_token, customer_id: userId });
    expect([again.status, again.headers.get("Idempotency-Replayed"), again.body]).toEqual([200, "true", cancelled.body]);
  });

  it("does not affect present staff: they get anyone's order again", async ({ expect }) => {
    const { token } = await userOf("staff");
    const { orderId } = await soldOrder(2, PERSONAL);
    const key = newKey();
    const first = await cancel(orderId, { token, key });

    const again = await cancel(orderId, { token, key });

    expect([again.status, again.headers.get("Idempotency-Replayed"), again.body]).toEqual([200, "true", first.body]);
  });
});
