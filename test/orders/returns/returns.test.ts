import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { type AskOptions, post, put } from "../../support/http/requests.ts";
import { pay } from "../../support/orders/lifecycle.ts";
import {
  type Answer,
  bodyOf,
  inStock,
  lineOf,
  newKey,
  type OrderBody,
  ORDERS,
  placed,
  type ProblemBody,
  read,
  show,
  unitsOf,
} from "../../support/orders/http.ts";
import { bundle, newId } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const ADMIN = { admin: true } as const;

interface Returned extends OrderBody {
  status: string;
  events: { what: string; to: string | null; note: string | null }[];
  returns: {
    return_id: string;
    reason: string;
    items: { product_id: string; quantity: number; condition: string; warehouse_id: string }[];
  }[];
}

const back = (productId: string, quantity: number, condition = "sellable") => ({ product_id: productId, quantity, condition });

async function giveBack<B = Returned>(
  orderId: string,
  items: object[],
  options: AskOptions = ADMIN,
  reason = "Too small",
): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/${orderId}/returns`, { items, reason }, options));
}

/** An order in processing whose units were committed. */
async function processing(lines: ReturnType<typeof lineOf>[], more: Record<string, unknown> = {}): Promise<string> {
  const { order_id: orderId } = await placed(bodyOf(lines, more));
  await put(`${ORDERS}/${orderId}`, { status: "PROCESSING" }, ADMIN);
  return orderId;
}

describe("POST /api/v1/orders/{order_id}/returns", () => {
  it("brings sellable units in where they came from, records damaged ones, and shows both", async ({ expect }) => {
    const rice = await inStock({ BLR: 2, MUM: 2 });
    const orderId = await processing([lineOf(rice, 4)], { postal_code: "560034" });

    const { status, body } = await giveBack(orderId, [back(rice, 1), back(rice, 2, "damaged")]);

    expect([status, body.status]).toEqual([200, "PROCESSING"]);
    expect(body.returns).toMatchObject([
      {
        reason: "Too small",
        items: [
          { product_id: rice, quantity: 1, condition: "sellable", warehouse_id: "BLR" },
          { product_id: rice, quantity: 1, condition: "damaged", warehouse_id: "BLR" },
          { product_id: rice, quantity: 1, condition: "damaged", warehouse_id: "MUM" },
        ],
      },
    ]);
    expect(body.events.at(-1)).toMatchObject({ what: "returned", to: null, note: "Too small" });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [1, 0], MUM: [0, 0] }));
  });

  it("makes the order RETURNED with the last unit, and for a paid one a refund is due", async ({ expect }) => {
    const rice = await inStock(5);
    const orderId = await processing([lineOf(rice, 3)]);
    await pay(orderId);
    await put(`${ORDERS}/${orderId}`, { status: "COMPLETED" }, ADMIN);

    const first = await giveBack(orderId, [back(rice, 2)]);
    const last = await giveBack(orderId, [back(rice, 1, "damaged")]);

    expect([first.body.status, first.body.payment_status]).toEqual(["COMPLETED", "paid"]);
    expect([last.body.status, last.body.payment_status]).toEqual(["RETURNED", "refund_due"]);
    expect(last.body.returns).toHaveLength(2);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [4, 0] }));
  });

  it("does not depend on the payment status: only a move to PROCESSING does", async ({ expect }) => {
    const rice = await inStock(5);
    const orderId = await processing([lineOf(rice, 3)]);
    await env.DB.prepare("UPDATE orders SET payment_status = 'partially_refunded' WHERE order_id = ?").bind(orderId).run();

    const { status, body } = await giveBack(orderId, [back(rice, 1)]);

    expect([status, body.status, body.payment_status]).toEqual([200, "PROCESSING", "partially_refunded"]);
  });

  it("accepts a bundle as its components", async ({ expect }) => {
    const slat = await inStock(8);
    const { productId: bed } = await bundle([{ productId: slat, quantity: 4 }]);
    const orderId = await processing([lineOf(bed, 2)]);

    const { body } = await giveBack(orderId, [back(bed, 1)]);

    expect(body.returns[0]?.items).toMatchObject([{ product_id: slat, quantity: 4 }]);
    await vi.waitFor(async () => expect(await unitsOf(slat)).toEqual({ BLR: [4, 0] }));
  });

  it("refuses more than can still be returned, with that quantity, and records nothing", async ({ expect }) => {
    const rice = await inStock(5);
    const orderId = await processing([lineOf(rice, 3)]);
    await giveBack(orderId, [back(rice, 2)]);

    const { status, body } = await giveBack<ProblemBody>(orderId, [back(rice, 2), back(newId(), 1)]);

    expect([status, body.code, body.errors]).toEqual([
      409,
      "not_returnable",
      [
        { field: "items[0].quantity", message: "2 requested, 1 returnable" },
        { field: "items[1].quantity", message: "1 requested, 0 returnable" },
      ],
    ]);
    expect((await show<Returned>(orderId, ADMIN)).body.returns).toHaveLength(1);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [4, 0] }));
  });

  it("of everything, six times at once, brings the units in once", async ({ expect }) => {
    const rice = await inStock(5);
    const orderId = await processing([lineOf(rice, 3)]);

    const answers = await Promise.all(Array.from({ length: 6 }, () => giveBack(orderId, [back(rice, 3)])));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409, 409]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
  });

  it("of parts that together are too many, at once, succeeds once", async ({ expect }) => {
    const rice = await inStock(5);
    const orderId = await processing([lineOf(rice, 5)]);

    const answers = await Promise.all(Array.from({ length: 4 }, () => giveBack(orderId, [back(rice, 2)])));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 409, 409]);
    expect((await show<Returned>(orderId, ADMIN)).body.returns).toHaveLength(2);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [4, 0] }));
  });

  it("and cancelling exclude each other, whichever comes first", async ({ expect }) => {
    const rice = await inStock(5);
    const [first, second] = [await processing([lineOf(rice, 2)]), await processing([lineOf(rice, 2)])];

    const [returned, cancelled] = await Promise.all([
      giveBack(first, [back(rice, 2)]),
      read(await post(`${ORDERS}/${first}/cancel`, undefined, ADMIN)),
    ]);
    await post(`${ORDERS}/${second}/cancel`, undefined, ADMIN);
    const late = await giveBack<ProblemBody>(second, [back(rice, 1)]);

    expect([returned.status, cancelled.status].toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect([late.status, late.body.code, late.body.status_now]).toEqual([409, "illegal_transition", "CANCELLED"]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] }));
  });

  it("sent again with its key is one return", async ({ expect }) => {
    const rice = await inStock(5);
    const orderId = await processing([lineOf(rice, 3)]);
    const key = newKey();

    const first = await giveBack(orderId, [back(rice, 1)], { ...ADMIN, key });
    const again = await giveBack(orderId, [back(rice, 1)], { ...ADMIN, key });

    expect([again.headers.get("Idempotency-Replayed"), again.body]).toEqual(["true", first.body]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] }));
  });

  it("refuses an order that was not processed: no units have left", async ({ expect }) => {
    const rice = await inStock(5);
    const { order_id: orderId } = await placed(bodyOf([lineOf(rice, 3)]));

    const { status, body } = await giveBack<ProblemBody>(orderId, [back(rice, 1)]);

    expect([status, body.code, body.status_now]).toEqual([409, "illegal_transition", "PENDING"]);
  });
});
