import { env } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { userOf } from "../../support/accounts/accounts.ts";
import { post } from "../../support/http/requests.ts";
import {
  bodyOf,
  cancel,
  inStock,
  lineOf,
  newKey,
  ORDERS,
  placed,
  type ProblemBody,
  show,
  unitsOf,
} from "../../support/orders/http.ts";
import { move, pay } from "../../support/orders/lifecycle.ts";
import { ship } from "../../support/orders/fulfillment.ts";
import {
  back,
  delivered,
  giveBack,
  receive,
  reject,
  requested,
  type ReturnedOrder,
  returnsOf,
  wish,
} from "../../support/orders/returns.ts";
import { bundle } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const statusesOf = (answers: { status: number }[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);

describe("a return that a customer requests", () => {
  it("with the order's token is 201 `requested`, and moves neither goods nor money", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const before = (await show<ReturnedOrder>(orderId, { token })).body;

    const { status, body } = await giveBack(orderId, { items: [wish(rice, 2)], reason: "Too small" }, { token });

    expect([status, body.status, body.reason, body.received_at, body.rejected_at, body.items]).toEqual([
      201,
      "requested",
      "Too small",
      null,
      null,
      [],
    ]);
    expect(body.requested).toMatchObject([{ product_id: rice, variant_id: expect.any(String), quantity: 2 }]);
    const after = (await show<ReturnedOrder>(orderId, { token })).body;
    expect(after.returns).toEqual([body]);
    expect(after.events.at(-1)).toMatchObject({ what: "return_requested", by: "customer", note: "Too small", amount: null });
    const { amount_due, refund_due, status: is, payment_status } = before;
    expect(after).toMatchObject({ amount_due, refund_due, status: is, payment_status });
    expect(await unitsOf(rice)).toEqual({ BLR: [0, 0], MUM: [0, 0] });
    expect(await env.DB.prepare("SELECT 1 FROM stock_actions WHERE order_id = ?").bind(orderId).first()).toBeNull();
  });

  it("by the signed-in customer needs no reason, and names a bundle as it was bought", async ({ expect }) => {
    const { token } = await userOf();
    const slat = await inStock(8);
    const { productId: bed } = await bundle([{ productId: slat, quantity: 4 }]);
    const { order_id: orderId } = await placed(bodyOf([lineOf(bed, 2)]), { token });
    for (const status of ["PROCESSING", "COMPLETED"]) await move(orderId, status);

    const whole = await giveBack(orderId, { items: [wish(bed, 1)] }, { token });
    const parts = await giveBack(orderId, { items: [wish(slat, 4)] }, { token });
    const more = await giveBack<ProblemBody>(orderId, { items: [wish(slat, 1)] }, { token });

    expect([whole.status, whole.body.reason, parts.status]).toEqual([201, null, 201]);
    expect(parts.body.requested).toMatchObject([{ product_id: slat, sku: null, name: null, quantity: 4 }]);
    expect(more.body.errors).toEqual([{ field: "items[0].quantity", message: "1 requested, 0 returnable" }]);
  });

  it("is never for more than has left and was neither returned nor requested: 409 with the figures", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    await giveBack(orderId, { items: [back(rice, 1)], reason: "Torn" });
    await requested(orderId, token, wish(rice, 1));

    const { status, body } = await giveBack<ProblemBody>(orderId, { items: [wish(rice, 3)] }, { token });
    const last = await giveBack(orderId, { items: [wish(rice, 1), wish(rice, 1)] }, { token });

    expect([status, body.code, body.errors]).toEqual([
      409,
      "not_returnable",
      [{ field: "items[0].quantity", message: "3 requested, 2 returnable" }],
    ]);
    expect(last.status).toBe(201);
    expect(await returnsOf(orderId, token)).toHaveLength(3);
  });

  it("can be made anew for what was rejected, or did not come", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const rejected = await requested(orderId, token, wish(rice, 4));
    await reject(orderId, rejected.return_id);
    const received = await requested(orderId, token, wish(rice, 4));
    await receive(orderId, received.return_id, { items: [back(rice, 1)] });

    const tooMany = await giveBack<ProblemBody>(orderId, { items: [wish(rice, 4)] }, { token });
    const rest = await giveBack(orderId, { items: [wish(rice, 3)] }, { token });

    expect([tooMany.status, rest.status]).toEqual([409, 201]);
  });

  it("six times at once for everything is one request; with one key the same one", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const { orderId: other, token: its, rice: dal } = await delivered();
    const key = newKey();

    const all = await Promise.all(Array.from({ length: 6 }, () => giveBack(orderId, { items: [wish(rice, 4)] }, { token })));
    const first = await giveBack(other, { items: [wish(dal, 1)] }, { token: its, key });
    const again = await giveBack(other, { items: [wish(dal, 1)] }, { token: its, key });

    expect(statusesOf(all)).toEqual([201, 409, 409, 409, 409, 409]);
    expect([again.status, again.headers.get("Idempotency-Replayed"), again.body]).toEqual([201, "true", first.body]);
    expect(await returnsOf(other, its)).toHaveLength(1);
  });

  it("of what has not left is refused, as it can be cancelled instead; of what has, it is not", async ({ expect }) => {
    const rice = await inStock({ BLR: 2, MUM: 2 });
    const { order_id: orderId, order_token: token } = await placed(bodyOf([lineOf(rice, 4)], { postal_code: "560034" }));
    const pending = await giveBack<ProblemBody>(orderId, { items: [wish(rice, 1)] }, { token });
    await move(orderId, "PROCESSING");
    const packed = await giveBack<ProblemBody>(orderId, { items: [wish(rice, 1)] }, { token });
    await ship(orderId, "BLR");

    const tooMany = await giveBack<ProblemBody>(orderId, { items: [wish(rice, 3)] }, { token });
    const shipped = await giveBack(orderId, { items: [wish(rice, 2)] }, { token });

    expect([pending.body.code, packed.body.code, packed.body.errors?.[0]?.message]).toEqual([
      "illegal_transition",
      "not_returnable",
      "1 requested, 0 returnable",
    ]);
    expect([tooMany.body.errors?.[0]?.message, shipped.status]).toEqual(["3 requested, 2 returnable", 201]);
  });

  it("for a cancelled order, one that came back, and one that was refunded in full is 409, and moves nothing", async ({
    expect,
  }) => {
    const rice = await inStock(1);
    const { order_id: cancelled, order_token: token } = await placed(bodyOf([rice]));
    await cancel(cancelled, { token });
    const whole = await delivered();
    await giveBack(whole.orderId, { items: [back(whole.rice, 4)], reason: "Torn" });
    const refunded = await delivered();
    await pay(refunded.orderId);
    const { total } = (await show<{ total: number }>(refunded.orderId, { token: refunded.token })).body;
    await post(`${ORDERS}/${refunded.orderId}/refunds`, { amount: total, reason: "Sorry" }, { admin: true });

    const ofCancelled = await giveBack<ProblemBody>(cancelled, { items: [wish(rice, 1)] }, { token });
    const ofWhole = await giveBack<ProblemBody>(whole.orderId, { items: [wish(whole.rice, 1)] }, { token: whole.token });
    const ofRefunded = await giveBack<ProblemBody>(
      refunded.orderId,
      { items: [wish(refunded.rice, 1)] },
      { token: refunded.token },
    );
    const byStaff = await giveBack<ProblemBody>(refunded.orderId, { items: [back(refunded.rice, 1)], reason: "Torn" });

    expect([ofCancelled, ofWhole, ofRefunded, byStaff].map(({ status, body }) => [status, body.code])).toEqual([
      [409, "illegal_transition"],
      [409, "illegal_transition"],
      [409, "already_refunded"],
      [409, "already_refunded"],
    ]);
    expect(await returnsOf(refunded.orderId, refunded.token)).toEqual([]);
    expect(await unitsOf(refunded.rice)).toEqual({ BLR: [0, 0], MUM: [0, 0] });
  });

  it("is hidden from strangers: 404 as for an order that does not exist", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();
    const other = await delivered();
    const { token: eve } = await userOf();

    const strangers = [{}, { token: other.token }, { token: eve }];
    const answers = await Promise.all(strangers.map((by) => giveBack<ProblemBody>(orderId, { items: [wish(rice, 1)] }, by)));

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(strangers.map(() => [404, "not_found"]));
    expect(await returnsOf(orderId, token)).toEqual([]);
  });

  it("says neither a condition nor a warehouse: 422 naming them", async ({ expect }) => {
    const { orderId, token, rice } = await delivered();

    const { status, body } = await giveBack<ProblemBody>(orderId, { items: [back(rice, 1)], warehouse_id: "BLR" }, { token });

    expect([status, body.errors?.map(({ field }) => field)]).toEqual([422, ["items[0].condition", "warehouse_id"]]);
  });
});
