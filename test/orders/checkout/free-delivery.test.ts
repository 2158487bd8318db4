import { beforeAll, beforeEach, describe, it } from "vitest";
import { bodyOf as cartBody, cartOf, putItem, readCart, removeItem } from "../../support/carts/carts.ts";
import { post } from "../../support/http/requests.ts";
import {
  bodyOf,
  cancel,
  inStock,
  lineOf,
  newKey,
  ORDERS,
  type OrderBody,
  placed,
  type ProblemBody,
  read,
  send,
  show,
} from "../../support/orders/http.ts";
import { bumpVersion, patchRule, postRule } from "../../support/pricing/pricing.ts";
import { insertPromo, useCounts } from "../../support/pricing/promo.ts";
import { demoWarehouses } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);
// Rules can apply to every product, so each test has its own.
beforeEach(async () => {
  await sqlInD1("DELETE FROM pricing_rules");
  await bumpVersion();
});

const COST = 49;
const FROM_500 = { discount_value: 0, free_delivery: true, min_subtotal: 500 };

/** A code that does no more than to make delivery free. */
const shipFree = (more: Parameters<typeof insertPromo>[0] = {}) => insertPromo({ discountValue: 0, freeDelivery: true, ...more });

const checkOut = async (cartId: string, more: object = {}) =>
  read<OrderBody & ProblemBody>(await post("/api/v1/checkout", { cart_id: cartId, customer_name: "Asha", ...more }));

/** What a cart shows that its delivery by courier costs, and the total with it. */
async function shown(cartId: string): Promise<[cost: number | undefined, total: number | undefined]> {
  const { deliveries } = await readCart(cartId);
  const delivery = deliveries.find(({ delivery_method: method }) => method === "curbside");
  return [delivery?.delivery_cost, delivery?.total];
}

describe("free delivery from a subtotal on", () => {
  it("is shown by the cart as soon as it is reached, and no longer, and is what checkout charges", async ({ expect }) => {
    const { rule_id: ruleId } = await postRule(FROM_500);
    const [dear, cheap] = [await inStock(5, { price: 400 }), await inStock(5, { price: 100 })];
    const cartId = await cartOf({ [dear]: 1 });

    const seen = [await shown(cartId)];
    await putItem(cartId, cheap, 1);
    seen.push(await shown(cartId));
    await removeItem(cartId, cheap);
    seen.push(await shown(cartId));
    await putItem(cartId, cheap, 1);
    const { status, body } = await checkOut(cartId);

    expect(seen).toEqual([
      [COST, 449],
      [0, 500],
      [COST, 449],
    ]);
    expect([status, body.delivery_cost, body.total]).toEqual([201, 0, 500]);
    const why = { rule_id: ruleId, amount: 0, free_delivery: true };
    expect(body.items).toMatchObject([{ applied_rules: [why] }, { applied_rules: [why] }]);
    expect((await show(body.order_id, { admin: true })).body).toMatchObject({ delivery_cost: 0, total: 500, items: body.items });
  });

  it("is what an order without a cart is charged, and its expected total", async ({ expect }) => {
    await postRule(FROM_500);
    const rice = await inStock(9, { price: 250 });

    const wrong = await send(bodyOf([lineOf(rice, 2)], { expected_total: 549 }));
    const right = await send(bodyOf([lineOf(rice, 2)], { expected_total: 500 }));
    const less = await placed(bodyOf([lineOf(rice, 1)]));

    expect([wrong.status, wrong.body.code, right.status, right.body.delivery_cost]).toEqual([409, "total_changed", 201, 0]);
    expect([less.delivery_cost, less.total]).toEqual([COST, 299]);
  });

  it("that ended since the cart was shown refuses the checkout with the new total", async ({ expect }) => {
    const { rule_id: ruleId } = await postRule(FROM_500);
    const cartId = await cartOf({ [await inStock(5, { price: 500 })]: 1 });
    await patchRule(ruleId, { is_active: false });

    const refused = await checkOut(cartId);
    const agreed = await checkOut(cartId, { expected_total: 549 });

    expect(refused.body).toMatchObject({ code: "total_changed", quote: { total: 549, delivery_cost: COST } });
    expect([agreed.status, agreed.body.total]).toEqual([201, 549]);
  });

  it("stays free of an order of which a part is cancelled or comes back", async ({ expect }) => {
    await postRule(FROM_500);
    const rice = await inStock(9, { price: 250 });
    const order = await placed(bodyOf([lineOf(rice, 3)]));
    const after = async () => (await show(order.order_id, { admin: true })).body;

    await post(`${ORDERS}/${order.order_id}/cancel`, { items: [{ line_no: 1, quantity: 1 }] }, { admin: true });
    const cancelled = await after();
    await post(`${ORDERS}/${order.order_id}/shipments`, { warehouse_id: "BLR" }, { admin: true });
    await post(
      `${ORDERS}/${order.order_id}/returns`,
      { items: [{ ...lineOf(rice, 1), condition: "sellable" }], reason: "Torn" },
      { admin: true },
    );

    expect([order.total, cancelled.amount_due, (await after()).amount_due]).toEqual([750, 500, 250]);
  });
});

describe("a code for free delivery", () => {
  it("is shown as having an effect, or why it has none", async ({ expect }) => {
    const { code } = await shipFree({ minSubtotalMinor: 20_000 });
    const rice = await inStock(5, { price: 150 });
    const cartId = await cartOf({});

    const few = await cartBody(putItem(cartId, rice, 1, { promo_code: code }));
    const many = await cartBody(putItem(cartId, rice, 2));
    const { status, body } = await checkOut(cartId);

    expect([few.promo_discount, few.promo_refused, (await readCart(cartId)).promo_code]).toEqual([0, "subtotal_too_small", code]);
    expect([many.promo_discount, many.promo_refused, many.refused_rules]).toEqual([0, null, []]);
    expect([status, body.delivery_cost, body.total]).toEqual([201, 0, 300]);
  });

  it("counts a use where delivery would cost something, which a cancellation returns", async ({ expect }) => {
    const { code, ruleId } = await shipFree({ usageLimit: 1 });
    const rice = await inStock(9);
    const order = await placed(bodyOf([rice], { promo_code: code }));
    const used = await useCounts(ruleId);

    const next = await send(bodyOf([rice], { promo_code: code }));
    await cancel(order.order_id, { token: order.order_token });

    expect([order.delivery_cost, used.all, next.body.code]).toEqual([0, 1, "total_changed"]);
    expect((await useCounts(ruleId)).all).toBe(0);
    expect((await placed(bodyOf([rice], { promo_code: code }))).delivery_cost).toBe(0);
  });

  it("takes nothing off an order that is collected, and counts no use of it", async ({ expect }) => {
    const { code, ruleId } = await shipFree({ usageLimit: 1 });
    const rice = await inStock(9);
    const collected = { promo_code: code, delivery_method: "self_service" };

    const refused = await send(bodyOf([rice], collected));
    const { total } = (refused.body as unknown as { quote: { total: number } }).quote;
    const agreed = await send(bodyOf([rice], { ...collected, expected_total: total }));

    expect([refused.body.code, agreed.status, (await useCounts(ruleId)).all]).toEqual(["total_changed", 201, 0]);
  });

  it("of which one use is left goes to one of two shoppers at once, and a retry by its key is no further use", async ({
    expect,
  }) => {
    const { code, ruleId } = await shipFree({ usageLimit: 1 });
    const rice = await inStock(9);
    const [one, other] = [newKey(), newKey()];
    const body = bodyOf([rice], { promo_code: code });

    const answers = await Promise.all([send(body, { key: one }), send(body, { key: other })]);
    const again = await Promise.all([send(body, { key: one }), send(body, { key: other })]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(again.map(({ status }) => status)).toEqual(answers.map(({ status }) => status));
    expect((await useCounts(ruleId)).all).toBe(1);
  });

  it("is used up between cart and checkout: the checkout is refused with the cost of delivery", async ({ expect }) => {
    const { code, ruleId } = await shipFree({ usageLimit: 5 });
    const cartId = await cartOf({});
    await putItem(cartId, await inStock(5, { price: 100 }), 1, { promo_code: code });
    await sqlInD1("UPDATE pricing_rules SET used = 5 WHERE rule_id = ?", ruleId);

    const { body } = await checkOut(cartId);

    expect(body).toMatchObject({ code: "total_changed", quote: { total: 149, delivery_cost: COST } });
  });
});
