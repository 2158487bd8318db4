import { beforeAll, describe, it } from "vitest";
import { bodyOf, cartOf, changeItem, newCart, putItem, readCart, refusal, removeItem } from "../support/carts/carts.ts";
import { post, put } from "../support/http/requests.ts";
import { inStock, newKey, type OrderBody, type ProblemBody, read } from "../support/orders/http.ts";
import { insertPromo } from "../support/pricing/promo.ts";
import { demoWarehouses } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const setCode = (cartId: string, promoCode: unknown, key?: string) =>
  put(`/api/v1/carts/${cartId}/promo-code`, { promo_code: promoCode }, key === undefined ? {} : { key });

const checkOut = async (cartId: string, more: object = {}) =>
  read<OrderBody & ProblemBody>(
    await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha", delivery_method: "self_service", ...more }),
  );

/** Half off from 1,000.00, and things for 900.00 and 100.00. */
async function halfFromThousand() {
  const { code } = await insertPromo({ discountValue: 5_000, minSubtotalMinor: 100_000 });
  return { code, dear: await inStock(5, { price: 900 }), cheap: await inStock(5, { price: 100 }) };
}

describe("a code whose condition is of the whole cart", () => {
  it("is refused once the cart no longer meets it, whatever was reserved under it", async ({ expect }) => {
    const { code, dear, cheap } = await halfFromThousand();
    const cartId = await cartOf({ [dear]: 1 });
    const full = await bodyOf(putItem(cartId, cheap, 1, { promo_code: code }));

    const less = await bodyOf(removeItem(cartId, dear));
    const order = await checkOut(cartId);

    expect([full.totals.total, full.promo_discount, full.promo_refused]).toEqual([500, 500, null]);
    expect([less.totals.total, less.promo_discount, less.promo_refused]).toEqual([100, 0, "subtotal_too_small"]);
    expect([order.status, order.body.discount_total, order.body.total]).toEqual([201, 0, 100]);
  });

  it("takes off what it promises, in whichever order the lines were added", async ({ expect }) => {
    const { code, dear, cheap } = await halfFromThousand();
    const cartId = await newCart();
    const first = await bodyOf(putItem(cartId, cheap, 1, { promo_code: code }));

    const full = await bodyOf(putItem(cartId, dear, 1, { promo_code: null }));
    const order = await checkOut(cartId);

    expect([first.promo_refused, full.promo_code, full.promo_discount]).toEqual(["subtotal_too_small", code, 500]);
    expect([order.status, order.body.total, order.body.promo_code]).toEqual([201, 500, code]);
  });
});

describe("PUT /api/v1/carts/{cart_id}/promo-code", () => {
  it("sets the code of all lines, also of reserved ones, and removes it again", async ({ expect }) => {
    const { code } = await insertPromo();
    const cartId = await cartOf({ [await inStock(5, { price: 100 })]: 1, [await inStock(5, { price: 50 })]: 2 });

    const set = await bodyOf(setCode(cartId, code.toLowerCase()));
    const shown = await readCart(cartId);
    const removed = await bodyOf(setCode(cartId, null));

    expect(set).toMatchObject({ promo_code: code, promo_discount: 20, totals: { total: 180 } });
    expect(set.items.map(({ promo_code: own, is_reserved: isReserved }) => [own, isReserved])).toEqual([
      [code, true],
      [code, true],
    ]);
    expect(shown).toEqual(set);
    expect(removed).toMatchObject({ promo_code: null, promo_discount: 0, promo_refused: null, totals: { total: 200 } });
  });

  it("is what checkout charges, and one without it charges the full price", async ({ expect }) => {
    const { code } = await insertPromo();
    const [withCode, without] = [
      await cartOf({ [await inStock(1, { price: 100 })]: 1 }),
      await cartOf({ [await inStock(1, { price: 100 })]: 1 }),
    ];
    await bodyOf(setCode(withCode, code));
    await bodyOf(setCode(without, code));
    await bodyOf(setCode(without, null));

    expect([(await checkOut(withCode)).body.total, (await checkOut(without)).body.total]).toEqual([90, 100]);
  });

  it("says why a code takes off nothing", async ({ expect }) => {
    const other = await insertPromo({ productId: "none" });
    const cartId = await cartOf({ [await inStock(1)]: 1 });

    const reasons = [];
    for (const code of ["NOSUCHCODE", other.code]) reasons.push((await bodyOf(setCode(cartId, code))).promo_refused);

    expect(reasons).toEqual(["promo_code_unknown", "other_products"]);
  });

  it("with its key acts once, and another body under the key is refused", async ({ expect }) => {
    const { code } = await insertPromo();
    const cartId = await cartOf({ [await inStock(1)]: 1 });
    const key = newKey();

    const first = await setCode(cartId, code, key);
    await bodyOf(setCode(cartId, null));
    const again = await setCode(cartId, code, key);
    const other = await refusal(setCode(cartId, null, key));

    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, 200, "true"]);
    expect((await readCart(cartId)).promo_code).toBeNull();
    expect(other).toMatchObject({ status: 422, code: "idempotency_key_reused" });
  });

  it("at once with others leaves one of the codes, and a cart that can be checked out", async ({ expect }) => {
    const codes = [(await insertPromo()).code, (await insertPromo({ discountValue: 2_000 })).code];
    const cartId = await cartOf({ [await inStock(5, { price: 100 })]: 1 });

    const answers = await Promise.all(codes.map((code) => setCode(cartId, code)));
    const cart = await readCart(cartId);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(codes).toContain(cart.promo_code);
    expect((await checkOut(cartId)).body.total).toBe(cart.totals.total);
  });

  it.for([["has become an order"], ["does not exist"]] as const)("of a cart that %s is refused", async ([what], { expect }) => {
    const cartId = await cartOf({ [await inStock(1)]: 1 });
    await checkOut(cartId);

    const refused = await refusal(setCode(what === "does not exist" ? "CRTNONE" : cartId, "TEN"));

    expect([refused.status, refused.code]).toEqual(what === "does not exist" ? [404, "not_found"] : [409, "cart_checked_out"]);
  });

  it.for([[undefined], [""], [7], ["a b"]])("of %j is refused", async ([code], { expect }) => {
    const refused = await refusal(setCode(await newCart(), code));

    expect([refused.status, refused.code]).toEqual([422, "validation_failed"]);
  });
});

describe("the code of a cart", () => {
  it("survives the line that named it, and is not taken away by a line without one", async ({ expect }) => {
    const { code } = await insertPromo();
    const [first, second] = [await inStock(5), await inStock(5)];
    const cartId = await newCart();
    await bodyOf(putItem(cartId, first, 1, { promo_code: code }));
    await bodyOf(putItem(cartId, second, 1));

    const cart = await bodyOf(removeItem(cartId, first));

    expect([cart.promo_code, cart.items[0]?.promo_code]).toEqual([code, code]);
  });

  it("is not changed by an edit that the stock refuses", async ({ expect }) => {
    const [{ code }, other] = [await insertPromo(), await insertPromo()];
    const few = await inStock(2);
    const cartId = await cartOf({ [few]: 1 });
    await bodyOf(setCode(cartId, code));

    const refused = await refusal(putItem(cartId, few, 5, { promo_code: other.code }));

    expect([refused.status, (await readCart(cartId)).promo_code]).toEqual([409, code]);
  });

  it("of a release before 0.4.0 is its first line's", async ({ expect }) => {
    const { code } = await insertPromo();
    const productId = await inStock(5, { price: 100 });
    const cartId = await cartOf({ [productId]: 1 });
    await sqlInD1("UPDATE cart_items SET promo_code = ? WHERE cart_id = ?", code, cartId);

    const shown = await readCart(cartId);
    const removed = await bodyOf(changeItem(cartId, productId, { promo_code: null }));

    expect([shown.promo_code, shown.totals.total, removed.promo_code, removed.totals.total]).toEqual([code, 90, null, 100]);
  });
});
