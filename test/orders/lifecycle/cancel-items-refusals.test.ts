import { exports } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { type AskOptions, post } from "../../support/http/requests.ts";
import { ADMIN, type ShippedOrder } from "../../support/orders/fulfillment.ts";
import {
  type Answer,
  bodyOf,
  inStock,
  lineOf,
  ORDERS,
  placed,
  type ProblemBody,
  read,
  unitsOf,
} from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

interface Cancelled extends ShippedOrder {
  amount_due: number;
  refund_due: number;
  payment_status: string;
  cancellations: { cancellation_id: string; reason: string | null; items: { line_no: number; quantity: number }[] }[];
}

async function cancelPart<B = Cancelled>(orderId: string, body: unknown, options: AskOptions = ADMIN): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/cancel`, body, options));
}

/** A cash order of three units of one product, from BLR and MUM, and one of another. */
async function sold(more: Record<string, unknown> = {}) {
  const [rice, dal] = [await inStock({ BLR: 2, MUM: 2 }), await inStock({ BLR: 4 })];
  const order = await placed(bodyOf([lineOf(rice, 3), dal], { postal_code: "560034", ...more }));
  return { rice, dal, orderId: order.order_id, token: order.order_token, total: Number(order["total"]) };
}

const ONE = { items: [{ line_no: 1, quantity: 1 }], reason: "Too many" };

describe("POST /api/v1/orders/{order_id}/cancel with items", () => {
  it("is open to the holder of the order's token, and to no other guest", async ({ expect }) => {
    const { orderId, token } = await sold();

    const [mine, theirs] = [await cancelPart(orderId, ONE, { token }), await cancelPart<ProblemBody>(orderId, ONE, {})];

    expect([mine.status, theirs.status]).toEqual([200, 404]);
  });

  it.for([
    ["more than has not left", { items: [{ line_no: 1, quantity: 4 }] }, [409, "not_cancellable"]],
    ["a line that it does not have", { items: [{ line_no: 7, quantity: 1 }] }, [409, "not_cancellable"]],
    ["no unit", { items: [{ line_no: 1, quantity: 0 }] }, [422, "validation_failed"]],
    ["no line", { items: [] }, [422, "validation_failed"]],
  ] as const)("refuses %s, and nothing moves", async ([, body, refusal], { expect }) => {
    const { rice, orderId } = await sold();
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0, 2], MUM: [2, 0, 1] }));

    const answer = await cancelPart<ProblemBody>(orderId, body);

    expect([answer.status, answer.body.code]).toEqual(refusal);
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0, 2], MUM: [2, 0, 1] });
  });

  it("refuses an order that is closed", async ({ expect }) => {
    const { orderId } = await sold();
    await cancelPart(orderId, undefined);

    const answers = [await cancelPart<ProblemBody>(orderId, ONE), await cancelPart<ProblemBody>(orderId, undefined)];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, "illegal_transition"],
      [409, "illegal_transition"],
    ]);
  });

  it.for([
    ["JSON", { "Content-Type": "application/json" }],
    ["nothing", {}],
  ] as const)("takes an empty body whose content type says %s for all that has not left", async ([, type], { expect }) => {
    const { orderId, token } = await sold();
    const headers = { Authorization: `Bearer ${token}`, ...type };
    const request = new Request(`http://holdfast.test${ORDERS}/${orderId}/cancel`, {
      method: "POST",
      headers,
      body: new Uint8Array(0),
    });

    const answer = await read<Cancelled>(await exports.default.fetch(request));

    expect([answer.status, answer.body.status]).toEqual([200, "CANCELLED"]);
  });
});
