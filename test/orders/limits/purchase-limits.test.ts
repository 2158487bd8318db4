import { beforeAll, describe, it } from "vitest";
import { cartOf, changeItem, putItem, refusal } from "../../support/carts/carts.ts";
import { faultyWorker } from "../../support/faults.ts";
import { patch, post } from "../../support/http/requests.ts";
import { bodyOf, cancel, inStock, lineOf, newKey, placed, send, unitsOf } from "../../support/orders/http.ts";
import { orderOf, outcomeOf, place, receiveUnits } from "../../support/orders/orders.ts";
import { checkOutBy } from "../../support/carts/checkouts.ts";
import { demoWarehouses, newId, product } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

const person = () => ({ customer_email: `${newId("asha")}@example.com` });
const setLimit = (productId: string, fields: object) => patch(`/api/v1/products/${productId}`, fields, { admin: true });

describe("max_per_order", () => {
  it("refuses an order of more, says how many it may have, and reserves nothing", async ({ expect }) => {
    const productId = await inStock(9, { max_per_order: 2 });
    const key = newKey();

    const refused = await send(bodyOf([lineOf(productId, 3)]), { key });
    await setLimit(productId, { max_per_order: 5 });
    const again = await send(bodyOf([lineOf(productId, 3)]), { key });

    const line = { product_id: productId, product_name: "Basmati Rice 1kg", requested: 3, max_per_order: 2, allowed: 2 };
    expect(refused.body).toMatchObject({ status: 409, code: "max_per_order_exceeded", lines: [line] });
    expect(again.body).toMatchObject({ status: 409, code: "max_per_order_exceeded", lines: [line] });
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await unitsOf(productId)).toEqual({ BLR: [9, 0] });
    expect((await send(bodyOf([lineOf(productId, 3)]))).status).toBe(201);
  });

  it("counts all variants of a product together, and a bundle as itself", async ({ expect }) => {
    const [small, large] = [newId("s"), newId("l")];
    const variants = [small, large].map((variant_id) => ({ variant_id, sku: variant_id }));
    const { productId } = await product({ max_per_order: 2, variants });
    for (const variantId of [small, large]) await receiveUnits(productId, 5, variantId);
    const part = { product_id: productId, variant_id: small, quantity: 3 };
    const { productId: bundleId } = await product({ components: [part] });

    const refused = await send(bodyOf([lineOf(productId, 1, small), lineOf(productId, 2, large)]));

    expect(refused.body).toMatchObject({ code: "max_per_order_exceeded", lines: [{ requested: 3, allowed: 2 }] });
    expect((await send(bodyOf([lineOf(productId, 1, small), lineOf(productId, 1, large)]))).status).toBe(201);
    expect((await send(bodyOf([lineOf(bundleId, 1)]))).status).toBe(201);
  });

  it("refuses a cart's line that would have more with the others, but not a smaller one", async ({ expect }) => {
    const [small, large] = [newId("s"), newId("l")];
    const variants = [small, large].map((variant_id) => ({ variant_id, sku: variant_id }));
    const { productId } = await product({ max_per_order: 3, variants });
    for (const variantId of [small, large]) await receiveUnits(productId, 9, variantId);
    const cartId = await cartOf({});
    await putItem(cartId, productId, 2, { variant_id: small });

    const refused = await refusal(putItem(cartId, productId, 2, { variant_id: large }));
    await setLimit(productId, { max_per_order: 1 });
    const checkout = await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha" });
    const smaller = await changeItem(cartId, small, { quantity: 1 });

    expect(refused).toMatchObject({ status: 409, code: "max_per_order_exceeded" });
    expect(refused.lines).toMatchObject([{ product_id: productId, requested: 2, max_per_order: 3, allowed: 1 }]);
    expect(await checkout.json()).toMatchObject({ code: "max_per_order_exceeded", lines: [{ requested: 2, allowed: 1 }] });
    expect(smaller.status).toBe(200);
    expect((await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha" })).status).toBe(201);
  });

  it("refuses a limit below one, and shows it to everybody", async ({ expect }) => {
    const { productId } = await product({ max_per_order: 2, max_per_customer: 4 });

    const wrong = await (await setLimit(productId, { max_per_order: 0, max_per_customer: 1.5 })).json();
    const cleared = await (await setLimit(productId, { max_per_customer: null })).json();

    expect(wrong).toMatchObject({ status: 422, errors: [{ field: "max_per_order" }, { field: "max_per_customer" }] });
    expect(cleared).toMatchObject({ max_per_order: 2, max_per_customer: null });
  });
});

describe("max_per_customer", () => {
  it("counts the orders of an e-mail address, and says how many may still be bought", async ({ expect }) => {
    const productId = await inStock(9, { max_per_customer: 3 });
    const { customer_email } = person();
    await placed(bodyOf([lineOf(productId, 2)], { customer_email }));
    const key = newKey();

    const refused = await send(bodyOf([lineOf(productId, 2)], { customer_email: customer_email.toUpperCase() }), { key });
    const again = await send(bodyOf([lineOf(productId, 2)], { customer_email: customer_email.toUpperCase() }), { key });
    const rest = await send(bodyOf([lineOf(productId, 1)], { customer_email }));
    const other = await send(bodyOf([lineOf(productId, 3)], person()));

    const line = { product_id: productId, requested: 2, max_per_customer: 3, bought: 2, allowed: 1 };
    expect(refused.body).toMatchObject({ status: 409, code: "max_per_customer_exceeded", lines: [line] });
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(again.body).toMatchObject({ code: "max_per_customer_exceeded", lines: [line] });
    expect([rest.status, other.status]).toEqual([201, 201]);
    expect(await unitsOf(productId)).toEqual({ BLR: [9, 0, 6] });
  });

  it("counts a phone in whichever way it is written, and also with another e-mail address", async ({ expect }) => {
    const productId = await inStock(9, { max_per_customer: 1 });
    await placed(bodyOf([productId], { customer_phone: "+91 98450 12345", ...person() }));

    for (const customer_phone of ["9845012345", "0-98450-12345", "0091 (98450) 12345"]) {
      const { body } = await send(bodyOf([productId], { customer_phone, ...person() }));
      expect(body).toMatchObject({ code: "max_per_customer_exceeded", lines: [{ bought: 1, allowed: 0 }] });
    }
    expect((await send(bodyOf([productId], { customer_phone: "98450 12346" }))).status).toBe(201);
  });

  it("counts the orders of an account", async ({ expect }) => {
    const productId = await inStock(9, { max_per_customer: 1 });
    const { deps } = faultyWorker();
    const userId = newId("user");

    await place(deps, orderOf([productId], 1, { userId, customerEmail: person().customer_email }));
    const second = await place(deps, orderOf([productId], 1, { userId, customerEmail: person().customer_email }));

    expect(second).toEqual({ code: "max_per_customer_exceeded" });
  });

  it("no longer counts what was cancelled or expired, nor cancelled units", async ({ expect }) => {
    const productId = await inStock(9, { max_per_customer: 2 });
    const buyer = person();
    const both = bodyOf([lineOf(productId, 2)], buyer);
    const first = await placed(both);
    const refused = await send(both);

    await cancel(first.order_id, { token: first.order_token });
    const second = await placed(both);
    await sqlInD1("UPDATE orders SET status = 'EXPIRED' WHERE order_id = ?", second.order_id);
    const third = await placed(both);
    const part = { items: [{ line_no: 1, quantity: 1 }] };
    const cut = await post(`/api/v1/orders/${third.order_id}/cancel`, part, { admin: true });

    expect([refused.status, cut.status]).toEqual([409, 200]);
    expect((await send(both)).body).toMatchObject({ code: "max_per_customer_exceeded", lines: [{ bought: 1, allowed: 1 }] });
    expect((await send(bodyOf([productId], buyer))).status).toBe(201);
  });

  it("holds for a checkout too, which leaves the units in the cart", async ({ expect }) => {
    const productId = await inStock(9, { max_per_customer: 2 });
    const { customer_email: customerEmail } = person();
    const { deps } = faultyWorker();
    await place(deps, orderOf([productId], 1, { customerEmail }));
    const cartId = await cartOf({ [productId]: 2 });

    const refused = await checkOutBy(deps, cartId, { customerEmail });
    const other = await checkOutBy(deps, cartId, { customerEmail: person().customer_email });

    expect(refused).toMatchObject({ code: "max_per_customer_exceeded" });
    expect(other).toMatchObject({ order: { status: "PENDING" } });
  });

  it("demands an account, an e-mail address or a phone, which an order without it need not have", async ({ expect }) => {
    const [limited, free] = [await inStock(2, { max_per_customer: 1 }), await inStock(2)];

    const refused = await send(bodyOf([limited, free]));

    expect(refused.body).toMatchObject({ status: 422, code: "contact_required", errors: [{ field: "customer_phone" }] });
    expect((await send({ item: free, quantity: 1, customer_name: "Asha" })).status).toBe(201);
    expect(await unitsOf(limited)).toEqual({ BLR: [2, 0] });
  });
});

describe("a shop whose cash orders need a contact", () => {
  it("refuses cash orders without phone, e-mail and account, and no others", async ({ expect }) => {
    const productId = await inStock(9);
    const { deps } = faultyWorker();
    const strict = { ...deps, config: { ...deps.config, cashNeedsContact: true } };
    const asked = (more: Partial<ReturnType<typeof orderOf>>) => outcomeOf(place(strict, orderOf([productId], 1, more)));

    expect(await asked({})).toEqual({ code: "contact_required" });
    for (const more of [{ customerPhone: "9845012345" }, { customerEmail: "a@example.com" }, { userId: newId("user") }])
      expect(await asked(more)).toMatchObject({ order: { paymentStatus: "cod" } });
    expect(await asked({ paymentMethod: "card" })).toMatchObject({ order: { paymentStatus: "pending" } });
  });
});
