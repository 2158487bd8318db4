import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { bodyOf as cartBody, cartOf, changeItem, putItem, readCart } from "../../support/carts/carts.ts";
import { patch, post } from "../../support/http/requests.ts";
import { bodyOf, inStock, lineOf, newKey, type OrderBody, ORDERS, placed, read, send } from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

const CHECKOUT = "/api/v1/checkout";
const ADMIN = { admin: true };

beforeAll(openShop);

function checkOut(cartId: string, more: object, options = {}) {
  return post(CHECKOUT, { cart_id: cartId, customer_name: "Asha", ...more }, options).then((response) =>
    read<OrderBody>(response),
  );
}

describe("clients of other order APIs may say", () => {
  it("`delivery_notes` for `notes`: in an order, a checkout and a change", async ({ expect }) => {
    const rice = await inStock(5);
    const said = { delivery_notes: "Ring twice" };

    const order = await placed(bodyOf([rice], said));
    const checkedOut = await checkOut(await cartOf({ [rice]: 1 }), said);
    const edited = await read(await patch(`${ORDERS}/${order.order_id}`, { delivery_notes: "Do not ring" }, ADMIN));

    expect([order.notes, checkedOut.body.notes, edited.body.notes]).toEqual(["Ring twice", "Ring twice", "Do not ring"]);
  });

  it("both, if they say the same", async ({ expect }) => {
    const rice = await inStock(5);

    const same = await send(bodyOf([rice], { notes: "Ring twice", delivery_notes: "Ring twice" }));
    const other = await send(bodyOf([rice], { notes: "Ring twice", delivery_notes: "Do not ring" }));

    expect(same.status).toBe(201);
    expect(other.body).toMatchObject({ status: 422, errors: [{ field: "delivery_notes" }] });
  });

  it("`name`, `price` and `unit_price` of a line: a repeat with other prices is the same order", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];
    const lines = (price: number) => [{ ...lineOf(rice, 1), name: "Rice", price, unit_price: price }];

    const first = await send<OrderBody>({ customer_name: "Asha", items: lines(1) }, { key });
    const again = await send<OrderBody>({ customer_name: "Asha", items: lines(2) }, { key });

    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([201, 201, "true"]);
    expect(again.body.order_id).toBe(first.body.order_id);
  });

  it("`user_tier` of a cart's line when they change it: the caller's own, or any that staff name", async ({ expect }) => {
    const rice = await inStock(5);
    const cartId = await cartOf({ [rice]: 1 });

    const strange = await changeItem(cartId, rice, { user_tier: "gold" });
    const chosen = await cartBody(changeItem(cartId, rice, { user_tier: "gold" }, ADMIN));
    await putItem(cartId, rice, 2);

    expect(await strange.json()).toMatchObject({ status: 403, code: "tier_not_verified" });
    expect(chosen.items).toMatchObject([{ user_tier: "gold", quantity: 1 }]);
    expect((await readCart(cartId)).items).toMatchObject([{ user_tier: null, quantity: 2 }]);
  });
});

describe("`user_id` of an order or a checkout", () => {
  it("may be the caller's own", async ({ expect }) => {
    const [rice, asha] = [await inStock(5), await userOf()];
    const own = { user_id: asha.userId };

    const order = await placed(bodyOf([rice], own), { token: asha.token });
    const checkedOut = await checkOut(await cartOf({ [rice]: 1 }, { token: asha.token }), own, { token: asha.token });

    expect([order.customer_id, checkedOut.body.customer_id]).toEqual([asha.userId, asha.userId]);
  });

  it("may be any customer's where staff order, who then sees the order", async ({ expect }) => {
    const [rice, asha, staff] = [await inStock(5), await userOf(), await userOf("staff")];

    const order = await placed(bodyOf([rice], { user_id: asha.userId }), { token: staff.token });
    const checkedOut = await checkOut(await cartOf({ [rice]: 1 }), { user_id: asha.userId }, { token: staff.token });

    expect([order.customer_id, checkedOut.body.customer_id]).toEqual([asha.userId, asha.userId]);
  });

  it("is refused for another's, by customers and guests", async ({ expect }) => {
    const [rice, asha, ravi] = [await inStock(5), await userOf(), await userOf()];
    const said = { user_id: asha.userId };
    const order = bodyOf([rice], said);

    const ordered = [await send(order, { token: ravi.token }), await send(order)];
    const checkedOut = await checkOut(await cartOf({ [rice]: 1 }), said);

    for (const { body } of [...ordered, checkedOut]) {
      expect(body).toMatchObject({ status: 403, code: "forbidden", errors: [{ field: "user_id" }] });
    }
  });

  it("is refused where there is no such account, or the cart is another's", async ({ expect }) => {
    const [rice, asha, ravi] = [await inStock(5), await userOf(), await userOf()];
    const cartId = await cartOf({ [rice]: 1 }, { token: ravi.token });

    const unknown = await send(bodyOf([rice], { user_id: "nobody" }), ADMIN);
    const others = await checkOut(cartId, { user_id: asha.userId }, ADMIN);

    expect(unknown.body).toMatchObject({ status: 422, errors: [{ field: "user_id" }] });
    expect(others.body).toMatchObject({ status: 422, errors: [{ field: "user_id" }] });
  });
});
