import { beforeAll, describe, it } from "vitest";
import { changeItem, itemRows, newCart, putItem, readCart, removeItem, unitsIn } from "../support/carts/carts.ts";
import { put } from "../support/http/requests.ts";
import { availableAt, stocked } from "../support/orders/orders.ts";
import { demoWarehouses, newId } from "../support/shop/shop.ts";
import { sqlIn, stateOf } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const UNITS = 100;
const TWENTY = Array.from({ length: 20 }, (_, index) => index);

/** The units that the object holds for a cart. */
async function heldBy(productId: string, cartId: string): Promise<number> {
  const [row] = await sqlIn<{ units: number | null }>(
    productId,
    "SELECT sum(quantity) AS units FROM holds WHERE hold_id = ?",
    cartId,
  );
  return row?.units ?? 0;
}

describe("twenty edits of one cart at once", () => {
  it.for<[string, (index: number) => number, (() => { key: string }) | undefined]>([
    ["the same quantity", () => 3, undefined],
    ["different quantities", (index) => (index % 7) + 1, undefined],
    ["different quantities, each with a key", (index) => (index % 7) + 1, () => ({ key: newId() })],
  ])("of one line, to %s, are all answered 200 and reserve once", async ([, quantityOf, options], { expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await newCart();

    const answers = await Promise.all(TWENTY.map((index) => putItem(cartId, productId, quantityOf(index), {}, options?.())));
    const [item] = await itemRows(cartId);

    expect(answers.map(({ status }) => status)).toEqual(TWENTY.map(() => 200));
    expect(await readCart(cartId)).toMatchObject({ items: [{ is_reserved: true, quantity: item?.quantity }] });
    expect(await heldBy(productId, cartId)).toBe(item?.quantity);
    expect(await availableAt(productId)).toBe(UNITS - (item?.quantity ?? 0));
    expect((await stateOf(productId)).differences).toEqual([]);
  });

  it("with one key are one edit", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const [cartId, key] = [await newCart(), newId()];

    const answers = await Promise.all(TWENTY.map(() => putItem(cartId, productId, 2, {}, { key })));

    expect(answers.map(({ status }) => status)).toEqual(TWENTY.map(() => 200));
    expect((await itemRows(cartId))[0]?.editNo).toBe(1);
    expect(await heldBy(productId, cartId)).toBe(2);
  });

  it("of twenty lines reserve all of them", async ({ expect }) => {
    const products = await Promise.all(TWENTY.map(() => stocked(UNITS)));
    const cartId = await newCart();

    const answers = await Promise.all(products.map((productId) => putItem(cartId, productId, 1)));

    expect(answers.map(({ status }) => status)).toEqual(TWENTY.map(() => 200));
    expect(unitsIn(await readCart(cartId))).toEqual(Object.fromEntries(products.map((productId) => [productId, [1, true]])));
  });

  it("that change, remove and put in one line never hear 503, and the object holds what the cart shows", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await newCart();
    await putItem(cartId, productId, 1);

    const answers = await Promise.all(
      TWENTY.map((index) => {
        if (index % 4 === 0) return removeItem(cartId, productId);
        const quantity = (index % 7) + 1;
        return index % 4 === 1 ? changeItem(cartId, productId, { quantity }) : putItem(cartId, productId, quantity);
      }),
    );

    // A change or removal of a line that another has removed finds none.
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 404)).toEqual([]);
    expect(await heldBy(productId, cartId)).toBe((await itemRows(cartId))[0]?.quantity ?? 0);
  });

  it("of its promo code are all answered 200", async ({ expect }) => {
    const productId = await stocked(UNITS);
    const cartId = await newCart();
    await putItem(cartId, productId, 1);

    const answers = await Promise.all(
      TWENTY.map((index) => put(`/api/v1/carts/${cartId}/promo-code`, { promo_code: `CODE${index}` })),
    );

    expect(answers.map(({ status }) => status)).toEqual(TWENTY.map(() => 200));
  });
});
