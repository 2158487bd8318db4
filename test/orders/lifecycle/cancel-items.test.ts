import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { type AskOptions, post } from "../../support/http/requests.ts";
import { ADMIN, fulfillments, ship, type ShippedOrder } from "../../support/orders/fulfillment.ts";
import {
  type Answer,
  bodyOf,
  inStock,
  lineOf,
  newKey,
  ORDERS,
  placed,
  type ProblemBody,
  read,
  show,
  unitsOf,
} from "../../support/orders/http.ts";
import { bundle } from "../../support/shop/shop.ts";
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

const page = async (orderId: string) => (await show<Cancelled>(orderId, ADMIN)).body;

/** A cash order of three units of one product, from BLR and MUM, and one of another. */
async function sold(more: Record<string, unknown> = {}) {
  const [rice, dal] = [await inStock({ BLR: 2, MUM: 2 }), await inStock({ BLR: 4 })];
  const order = await placed(bodyOf([lineOf(rice, 3), dal], { postal_code: "560034", ...more }));
  return { rice, dal, orderId: order.order_id, token: order.order_token, total: Number(order["total"]) };
}

const ONE = { items: [{ line_no: 1, quantity: 1 }], reason: "Too many" };

describe("POST /api/v1/orders/{order_id}/cancel with items", () => {
  it("frees the units, lowers what is due, and the order goes on", async ({ expect }) => {
    const { rice, orderId, total } = await sold();

    const { status, body } = await cancelPart(orderId, ONE);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "PENDING", payment_status: "cod", total, amount_due: total - 150, refund_due: 0 });
    expect(body.cancellations).toEqual([
      {
        cancellation_id: expect.stringMatching(/^CAN/),
        reason: "Too many",
        at: expect.any(String),
        items: [{ line_no: 1, quantity: 1 }],
      },
    ]);
    expect(body.items[0]).toMatchObject({ quantity: 3, cancelled: 1 });
    expect(body.events.at(-1)).toMatchObject({ what: "items_cancelled", from: null, to: null });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0, 2], MUM: [2, 0] }));
    const { fulfillments: found } = await fulfillments("limit=100");
    expect(found.filter(({ order_id: id }) => id === orderId).map(({ warehouse_id: at }) => at)).toEqual(["BLR"]);
    expect(await page(orderId)).toMatchObject({ cancellations: body.cancellations, amount_due: body.amount_due });
  });

  it("of a paid order owes a refund of exactly its share, with an alert", async ({ expect }) => {
    const { orderId, total } = await sold({ payment_method: "card" });
    await post(
      `${ORDERS}/${orderId}/payment/confirm`,
      { payment_reference: `UTR-${orderId}`, amount: total, currency: "INR" },
      ADMIN,
    );

    const { body } = await cancelPart(orderId, ONE);

    expect(body).toMatchObject({ status: "PENDING", payment_status: "paid", amount_due: 0, refund_due: 150 });
    const alert = await env.DB.prepare("SELECT closed_at_ms FROM alerts WHERE kind = 'refund_due' AND subject = ?")
      .bind(orderId)
      .all();
    expect(alert.results).toEqual([{ closed_at_ms: null }]);
  });

  it("of everything cancels the order; of the rest, where a part has left, completes it", async ({ expect }) => {
    const [whole, rest] = [await sold(), await sold()];
    await cancelPart(whole.orderId, ONE);
    await ship(rest.orderId, "BLR");

    const cancelled = await cancelPart(whole.orderId, {
      items: [
        { line_no: 1, quantity: 2 },
        { line_no: 2, quantity: 1 },
      ],
    });
    const completed = await cancelPart(rest.orderId, undefined);

    expect(cancelled.body).toMatchObject({ status: "CANCELLED", amount_due: 0 });
    expect(completed.body).toMatchObject({ status: "COMPLETED", fulfillment_status: "fulfilled", amount_due: rest.total - 150 });
    await vi.waitFor(async () =>
      expect([await unitsOf(whole.rice), await unitsOf(rest.rice)]).toEqual([
        { BLR: [2, 0], MUM: [2, 0] },
        { BLR: [0, 0], MUM: [2, 0] },
      ]),
    );
  });

  it("frees units that wait for a payment too, and the rest is still kept for it", async ({ expect }) => {
    const { rice, orderId, total } = await sold({ payment_method: "card" });

    const { body } = await cancelPart(orderId, ONE);

    expect(body).toMatchObject({ payment_status: "pending", amount_due: total - 150 });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 2], MUM: [2, 0] }));
    const paid = await post(
      `${ORDERS}/${orderId}/payment/confirm`,
      { payment_reference: `UTR-${orderId}`, amount: total - 150, currency: "INR" },
      ADMIN,
    );
    expect(paid.status).toBe(200);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0, 2], MUM: [2, 0] }));
  });

  it("acts once for one key, and of two at once only as far as there are units", async ({ expect }) => {
    const [keyed, raced] = [await sold(), await sold()];
    const key = newKey();

    const same = await Promise.all([1, 2, 3].map(() => cancelPart(keyed.orderId, ONE, { ...ADMIN, key })));
    const again = await cancelPart(keyed.orderId, ONE, { ...ADMIN, key });
    const two = { items: [{ line_no: 1, quantity: 2 }] };
    const race = await Promise.all([1, 2, 3].map(() => cancelPart<ProblemBody>(raced.orderId, two)));

    expect(same.some(({ status }) => status === 200)).toBe(true);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await page(keyed.orderId)).cancellations).toHaveLength(1);
    expect(race.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await page(raced.orderId)).items[0]).toMatchObject({ cancelled: 2 });
  });

  it("and a shipment of the same units at once: one of them gets them, and the other is told", async ({ expect }) => {
    const { rice, orderId } = await sold();

    const [cancelled, shipped] = await Promise.all([
      cancelPart<ProblemBody>(orderId, { items: [{ line_no: 1, quantity: 3 }] }),
      ship<ProblemBody>(orderId, "BLR", { items: [{ line_no: 1, quantity: 2 }] }),
    ]);

    const codes = [cancelled, shipped].map(({ status, body }) => (status < 300 ? "done" : body.code));
    expect(codes.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      "done",
      codes[0] === "done" ? "not_shippable" : "not_cancellable",
    ]);
    await vi.waitFor(async () =>
      expect(await unitsOf(rice)).toEqual(codes[0] === "done" ? { BLR: [2, 0], MUM: [2, 0] } : { BLR: [0, 0], MUM: [2, 0, 1] }),
    );
  });

  it("cancels bundles whole", async ({ expect }) => {
    const [pole, sheet] = [await inStock({ BLR: 9 }), await inStock({ BLR: 9 })];
    const { productId: tent } = await bundle([{ productId: pole, quantity: 3 }, { productId: sheet }]);
    const { order_id: orderId } = await placed(bodyOf([lineOf(tent, 2)], { postal_code: "560034" }));

    await cancelPart(orderId, ONE);

    await vi.waitFor(async () =>
      expect([await unitsOf(pole), await unitsOf(sheet)]).toEqual([{ BLR: [9, 0, 3] }, { BLR: [9, 0, 1] }]),
    );
  });
});
