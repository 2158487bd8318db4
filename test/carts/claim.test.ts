import { beforeAll, describe, it } from "vitest";
import { userOf } from "../support/accounts/accounts.ts";
import { bodyOf, type CartBody, readCart, cartOf, claimCart, itemRows, putItem, unitsIn } from "../support/carts/carts.ts";
import { expectInvariants, recover } from "../support/invariants.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { bundle, demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1, stopTime } from "../support/stock/stock.ts";
import { get } from "../support/http/requests.ts";

beforeAll(demoWarehouses);

type Claimed = CartBody & {
  not_reserved: { item_id: string; requested_quantity: number; available_stock: number; message: string }[];
};

const claimed = (cartId: string, token: string) => bodyOf<Claimed>(claimCart(cartId, { token }));

describe("claiming a guest's cart", () => {
  it("attaches it unchanged to an account without a cart; guests can no longer use it", async ({ expect }) => {
    const productId = await stocked(10);
    const cartId = await cartOf({ [productId]: 2 });
    const { token, userId } = await userOf();
    const before = await itemRows(cartId);

    const cart = await claimed(cartId, token);

    expect([cart.cart_id, cart.customer_id, cart.not_reserved]).toEqual([cartId, userId, []]);
    expect(unitsIn(cart)).toEqual({ [productId]: [2, true] });
    expect(await itemRows(cartId)).toEqual(before);
    expect((await get(`/api/v1/carts/${cartId}`)).status).toBe(404);
    expect((await putItem(cartId, productId, 1)).status).toBe(404);
  });

  it("moves its lines to the account's open cart, quantities summed, and reserves them", async ({ expect }) => {
    const [rice, dal, tea] = [await stocked(20), await stocked(20), await stocked(20)];
    const { token } = await userOf();
    const own = await cartOf({ [rice]: 2, [tea]: 1 }, { token });
    const guests = await cartOf({ [rice]: 3, [dal]: 1 });

    const cart = await claimed(guests, token);

    expect(cart.cart_id).toBe(own);
    expect(unitsIn(cart)).toEqual({ [rice]: [5, true], [tea]: [1, true], [dal]: [1, true] });
    expect([await availableAt(rice), await availableAt(dal), await availableAt(tea)]).toEqual([15, 19, 19]);
    expect(await readCart(guests)).toMatchObject({ items: [], customer_id: null });
    expect(await readCart(own, { token })).toMatchObject({ items: cart.items });
  });

  it("keeps lines that cannot be reserved in the cart, and lists them with the available units", async ({ expect }) => {
    const [rice, dal] = [await stocked(10), await stocked(20)];
    const { token } = await userOf();
    const own = await cartOf({ [rice]: 4, [dal]: 1 }, { token });
    const guests = await cartOf({ [rice]: 3, [dal]: 2 });

    const cart = await claimed(guests, token);

    expect(cart.cart_id).toBe(own);
    expect(unitsIn(cart)).toEqual({ [rice]: [7, false], [dal]: [3, true] });
    expect(cart.not_reserved).toMatchObject([{ item_id: rice, requested_quantity: 7, available_stock: 5 }]);
    expect(cart.not_reserved[0]?.message).toBe("Basmati Rice 1kg could not be reserved. Requested: 7, Available: 5");
  });

  it("reserves other lines beside a bundle that is short, and the bundle does not block later edits", async ({ expect }) => {
    const [rice, dal] = [await stocked(12), await stocked(6)];
    const { productId } = await bundle([{ productId: rice }, { productId: dal }]);
    const { token } = await userOf();
    const own = await cartOf({ [productId]: 3, [rice]: 1 }, { token });
    const guests = await cartOf({ [productId]: 1 });
    await cartOf({ [dal]: 1 });

    const cart = await claimed(guests, token);
    const changed = await bodyOf(putItem(own, rice, 2, {}, { token }));

    expect(cart.not_reserved).toMatchObject([{ item_id: productId, requested_quantity: 4 }]);
    expect(unitsIn(cart)).toEqual({ [productId]: [4, false], [rice]: [1, true] });
    expect(unitsIn(changed)).toEqual({ [productId]: [4, false], [rice]: [2, true] });
    expect(await availableAt(rice)).toBe(10);
  });

  it("adds nothing when repeated, with and without a key, for an attached and for a merged cart", async ({ expect }) => {
    const productId = await stocked(40);
    const { token } = await userOf();
    const first = await cartOf({ [productId]: 2 });
    const second = await cartOf({ [productId]: 3 });
    const key = crypto.randomUUID();

    await claimed(first, token);
    await claimed(first, token);
    await claimCart(second, { token, key });
    const again = await claimCart(second, { token, key });
    const cart = await claimed(second, token);

    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect([(await again.json<CartBody>()).cart_id, cart.cart_id]).toEqual([first, first]);
    expect(unitsIn(cart)).toEqual({ [productId]: [5, true] });
    expect(await availableAt(productId)).toBe(35);
  });

  it("adds each cart once for concurrent claims by one account", async ({ expect }) => {
    const productId = await stocked(60);
    const { token } = await userOf();
    const carts = [await cartOf({ [productId]: 2 }), await cartOf({ [productId]: 3 }), await cartOf({ [productId]: 4 })];

    await Promise.all([...carts, ...carts].map((cartId) => claimCart(cartId, { token })));
    for (const cartId of carts) await claimed(cartId, token);
    const cart = await bodyOf(claimCart(String(carts[0]), { token }));

    expect(cart.items).toMatchObject([{ quantity: 9 }]);
  });

  it("by two accounts at once attaches it to one; the other gets 404", async ({ expect }) => {
    const productId = await stocked(20);
    const cartId = await cartOf({ [productId]: 2 });
    const users = [await userOf(), await userOf()];

    const answers = await Promise.all(users.map(({ token }) => claimCart(cartId, { token })));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
    expect(await availableAt(productId)).toBe(18);
  });

  it("keeps the start of the reservation, so that claims cannot extend it for ever", async ({ expect }) => {
    const productId = await stocked(40);
    const { token } = await userOf();
    await cartOf({ [productId]: 1 }, { token });
    const guests = await cartOf({ [productId]: 2 });
    const [{ sinceMs } = { sinceMs: null }] = await itemRows(guests);

    const { cart_id: cartId } = await claimed(guests, token);

    const [item] = await itemRows(cartId);
    expect(Number(item?.sinceMs)).toBeLessThanOrEqual(Number(sinceMs));
  });

  it("moves the guest cart's generation on, so that a concurrent checkout of it records nothing (K4)", async ({ expect }) => {
    const productId = await stocked(20);
    const { token } = await userOf();
    await cartOf({ [productId]: 1 }, { token });
    const guests = await cartOf({ [productId]: 2 });

    await claimed(guests, token);

    expect(await sqlInD1("SELECT generation FROM carts WHERE cart_id = ?", guests)).toEqual([{ generation: 2 }]);
  });

  it("leaves every unit accounted for after all carts have expired", async ({ expect }) => {
    stopTime();
    const [rice, dal] = [await stocked(10), await stocked(20)];
    const { token } = await userOf();
    await cartOf({ [rice]: 4, [dal]: 1 }, { token });
    await claimed(await cartOf({ [rice]: 3, [dal]: 2 }), token);

    await recover([rice, dal]);
    await expectInvariants(
      expect,
      new Map([
        [rice, 10],
        [dal, 20],
      ]),
    );
    await recover([rice, dal]);

    expect([await availableAt(rice), await availableAt(dal)]).toEqual([10, 20]);
    await expectInvariants(
      expect,
      new Map([
        [rice, 10],
        [dal, 20],
      ]),
    );
  });
});
