import { beforeAll, describe, it, vi } from "vitest";
import { ADMIN, ship, type ShippedOrder, splitOrder } from "../../support/orders/fulfillment.ts";
import { bodyOf, cancel, inStock, lineOf, newKey, placed, type ProblemBody, show, unitsOf } from "../../support/orders/http.ts";
import { bundle } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const page = async (orderId: string) => (await show<ShippedOrder>(orderId, ADMIN)).body;
const SOLD = { postal_code: "560034" };

/** An order of three units of one product from BLR (2) and MUM (1), and of one of another from BLR. */
async function sold() {
  const [rice, dal] = [await inStock({ BLR: 2, MUM: 2 }), await inStock({ BLR: 4 })];
  return { rice, dal, orderId: await splitOrder(rice, dal) };
}

describe("POST /api/v1/orders/{order_id}/shipments", () => {
  it("takes a part off the shelf, with its carrier and tracking number, and makes the order PROCESSING", async ({ expect }) => {
    const { rice, dal, orderId } = await sold();
    const parcel = { carrier: "Delhivery", tracking_number: "AWB-1", tracking_url: "https://track.example/AWB-1" };

    const { status, body } = await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }], ...parcel });

    expect(status).toBe(201);
    expect(body).toEqual({
      shipment_id: expect.stringMatching(/^SHP[0-9A-Z]{26,}$/),
      order_id: orderId,
      warehouse_id: "BLR",
      ...parcel,
      shipped_at: expect.any(String),
      items: [{ line_no: 1, product_id: rice, variant_id: rice, quantity: 1 }],
      order_status: "PROCESSING",
      fulfillment_status: "partially_fulfilled",
    });
    await vi.waitFor(async () =>
      expect([await unitsOf(rice), await unitsOf(dal)]).toEqual([{ BLR: [1, 0, 1], MUM: [2, 0, 1] }, { BLR: [4, 0, 1] }]),
    );
    const order = await page(orderId);
    expect(order).toMatchObject({ status: "PROCESSING", fulfillment_status: "partially_fulfilled" });
    expect(order.shipments).toMatchObject([{ shipment_id: body.shipment_id, ...parcel }]);
    expect(order.events.at(-1)).toMatchObject({ what: "shipped", from: "PENDING", to: "PROCESSING" });
    expect(order.items[0]?.allocations).toMatchObject([
      { warehouse_id: "BLR", quantity: 2, shipped: 1 },
      { warehouse_id: "MUM", quantity: 1, shipped: 0 },
    ]);
  });

  it("without items ships all that is left in the warehouse; the last shipment completes the order", async ({ expect }) => {
    const { rice, dal, orderId } = await sold();
    await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });

    const [rest, last] = [await ship(orderId, "BLR"), await ship(orderId, "MUM")];

    expect(rest.body).toMatchObject({
      items: [
        { line_no: 1, variant_id: rice, quantity: 1 },
        { line_no: 2, variant_id: dal, quantity: 1 },
      ],
      order_status: "PROCESSING",
      fulfillment_status: "partially_fulfilled",
    });
    expect(last.body).toMatchObject({ order_status: "COMPLETED", fulfillment_status: "fulfilled" });
    await vi.waitFor(async () =>
      expect([await unitsOf(rice), await unitsOf(dal)]).toEqual([{ BLR: [0, 0], MUM: [1, 0] }, { BLR: [3, 0] }]),
    );
  });

  it("acts once for one key, however often it is sent", async ({ expect }) => {
    const { rice, orderId } = await sold();
    const key = newKey();
    const once = { items: [{ line_no: 1, quantity: 1 }] };

    const answers = await Promise.all([1, 2, 3, 4].map(() => ship(orderId, "BLR", once, { ...ADMIN, key })));
    const later = await ship(orderId, "BLR", once, { ...ADMIN, key });

    const done = answers.filter(({ status }) => status === 201);
    expect(new Set([...done, later].map(({ body }) => body.shipment_id)).size).toBe(1);
    expect(later.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await page(orderId)).shipments).toHaveLength(1);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [1, 0, 1], MUM: [2, 0, 1] }));
  });

  it("of all that is left, six times at once, ships it once", async ({ expect }) => {
    const { rice, orderId } = await sold();

    const answers = await Promise.all(Array.from({ length: 6 }, () => ship(orderId, "MUM")));

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await page(orderId)).shipments).toHaveLength(1);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [2, 0, 2], MUM: [1, 0] }));
  });

  it("refuses more than is left there, with the figures, and nothing moves", async ({ expect }) => {
    const { rice, orderId } = await sold();
    await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });

    const { status, body } = await ship<ProblemBody>(orderId, "BLR", {
      items: [
        { line_no: 2, quantity: 1 },
        { line_no: 1, quantity: 2 },
      ],
    });

    expect([status, body.code]).toEqual([409, "not_shippable"]);
    expect(body.errors).toEqual([{ field: "items[1].quantity", message: "2 requested, 1 left to ship from BLR" }]);
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [1, 0, 1], MUM: [2, 0, 1] }));
  });

  it.for([
    ["a warehouse that supplies nothing of it", "DEL", {}],
    ["a line that it does not have", "BLR", { items: [{ line_no: 9, quantity: 1 }] }],
    ["a variant that the line does not have", "BLR", { items: [{ line_no: 1, variant_id: "other", quantity: 1 }] }],
  ] as const)("refuses %s", async ([, warehouseId, more], { expect }) => {
    const { orderId } = await sold();

    const { status, body } = await ship<ProblemBody>(orderId, warehouseId, more);

    expect([status, body.code]).toEqual([409, "not_shippable"]);
  });

  it.for([
    ["no quantity", { items: [{ line_no: 1, quantity: 0 }] }, "items[0].quantity"],
    ["no items", { items: [] }, "items"],
    ["a tracking address that a browser would run", { tracking_url: "javascript:alert(1)" }, "tracking_url"],
    ["a carrier of a thousand letters", { carrier: "x".repeat(1_000) }, "carrier"],
  ] as const)("refuses %s", async ([, more, field], { expect }) => {
    const { orderId } = await sold();

    const { status, body } = await ship<ProblemBody>(orderId, "BLR", more);

    expect([status, body.errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it("refuses an unpaid order, a cancelled one, and one that does not exist", async ({ expect }) => {
    const rice = await inStock({ BLR: 4 });
    const unpaid = await placed(bodyOf([rice], { payment_method: "card" }));
    const gone = await placed(bodyOf([rice]));
    await cancel(gone.order_id, ADMIN);

    const answers = [
      await ship<ProblemBody>(unpaid.order_id, "BLR"),
      await ship<ProblemBody>(gone.order_id, "BLR"),
      await ship<ProblemBody>("ORDMISSING", "BLR"),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [409, "illegal_transition"],
      [409, "illegal_transition"],
      [404, "not_found"],
    ]);
    expect(answers.map(({ body }) => body["status_now"])).toEqual(["PENDING", "CANCELLED", undefined]);
  });

  it("ships bundles whole, or a component of them", async ({ expect }) => {
    const [pole, sheet] = [await inStock({ BLR: 9 }), await inStock({ BLR: 9 })];
    const { productId: tent } = await bundle([{ productId: pole, quantity: 3 }, { productId: sheet }]);
    const { order_id: orderId } = await placed(bodyOf([lineOf(tent, 2)], SOLD));

    const whole = await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });
    const part = await ship(orderId, "BLR", { items: [{ line_no: 1, variant_id: pole, quantity: 2 }] });
    const broken = await ship<ProblemBody>(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });

    const units = (answer: typeof whole) => Object.fromEntries(answer.body.items.map((item) => [item.variant_id, item.quantity]));
    expect([units(whole), units(part), broken.body.code]).toEqual([{ [pole]: 3, [sheet]: 1 }, { [pole]: 2 }, "not_shippable"]);
  });
});
