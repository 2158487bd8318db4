import { beforeAll, describe, it } from "vitest";
import { patch } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { inStock, newKey, unitsOf } from "../../support/orders/http.ts";
import { demoWarehouses, flush, product, receive as receiveByHand } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { receive, sendTransfer, sent, showTransfer, transferBody } from "../../support/stock/transfers.ts";

beforeAll(demoWarehouses);

const unitsIn = (productId: string, quantity: number) => ({ items: [{ product_id: productId, quantity }] });

describe("receiving a transfer", () => {
  it("in parts adds up, and the last unit closes it", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];
    const { transfer_id: transferId } = await sent({ [rice]: 3, [dal]: 2 });

    const first = await receive(transferId, unitsIn(rice, 1));
    const second = await receive(transferId, { items: [...unitsIn(rice, 2).items, ...unitsIn(dal, 2).items] });

    expect([first.status, first.body]).toMatchObject([
      200,
      {
        transfer_id: transferId,
        status: "in_transit",
        receipt_id: expect.stringMatching(/^RCP/),
        booked: true,
        items: [
          { product_id: rice, quantity: 3, received: 1, missing: 2 },
          { product_id: dal, quantity: 2, received: 0, missing: 2 },
        ],
      },
    ]);
    expect([second.status, second.body.status]).toEqual([200, "received"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0], MUM: [3, 0] });
    expect(await unitsOf(dal)).toEqual({ BLR: [3, 0], MUM: [2, 0] });
    for (const productId of [rice, dal]) await flush(productId);
    await expectInvariants(expect, new Map(Object.entries({ [rice]: 5, [dal]: 5 })));
  });

  it("with `complete` and fewer units closes it, with the missing units of each line", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];
    const { transfer_id: transferId } = await sent({ [rice]: 3, [dal]: 2 });

    await receive(transferId, { ...unitsIn(rice, 2), complete: true });
    const { body } = await showTransfer(transferId);

    expect(body).toMatchObject({ status: "received", items: [{ missing: 1 }, { missing: 2 }] });
    for (const productId of [rice, dal]) await flush(productId);
    await expectInvariants(expect, new Map(Object.entries({ [rice]: 5, [dal]: 5 })));
  });

  it("with `complete` and no units books nothing", async ({ expect }) => {
    const rice = await inStock(5);
    const { transfer_id: transferId } = await sent({ [rice]: 3 });

    const { status, body } = await receive(transferId, { items: [], complete: true });

    expect([status, body.status, body.booked, body.items[0]?.missing]).toEqual([200, "received", true, 3]);
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0] });
  });

  it("works for a warehouse that 0.3.0 archived meanwhile", async ({ expect }) => {
    const rice = await inStock(5);
    const { body } = await sendTransfer(transferBody({ [rice]: 3 }, { to_warehouse_id: "DEL" }));
    await sqlInD1("UPDATE warehouses SET status = 'archived' WHERE warehouse_id = 'DEL'");

    const { status } = await receive(body.transfer_id, unitsIn(rice, 3));

    await patch("/api/v1/warehouses/DEL", { status: "active" }, { admin: true });
    expect(status).toBe(200);
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0], DEL: [3, 0] });
  });

  it("repeated with one key receives once", async ({ expect }) => {
    const rice = await inStock(5);
    const { transfer_id: transferId } = await sent({ [rice]: 4 });
    const options = { admin: true, key: newKey() };

    const answers = await Promise.all([1, 2, 3].map(() => receive(transferId, unitsIn(rice, 2), options)));
    const other = await receive(transferId, unitsIn(rice, 1), options);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => body.receipt_id)).size).toBe(1);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [1, 0], MUM: [2, 0] });
  });

  it("concurrently never receives more than was sent", async ({ expect }) => {
    const rice = await inStock(9);
    const { transfer_id: transferId } = await sent({ [rice]: 5 });

    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => receive(transferId, unitsIn(rice, 2))));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ body }) => body.code === "more_than_sent")).toHaveLength(4);
    expect((await showTransfer(transferId)).body).toMatchObject({ status: "in_transit", items: [{ received: 4, missing: 1 }] });
    expect(await unitsOf(rice)).toEqual({ BLR: [4, 0], MUM: [4, 0] });
  });

  it("concurrently with `complete` closes it once", async ({ expect }) => {
    const rice = await inStock(9);
    const { transfer_id: transferId } = await sent({ [rice]: 5 });

    const answers = await Promise.all([1, 2].map(() => receive(transferId, { ...unitsIn(rice, 1), complete: true })));

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      expect.arrayContaining([
        [200, undefined],
        [409, "transfer_not_open"],
      ]),
    );
    expect(await unitsOf(rice)).toEqual({ BLR: [4, 0], MUM: [1, 0] });
  });
});

describe("a refused receipt", () => {
  it("of more than is missing is 409 with the missing units", async ({ expect }) => {
    const [rice, dal] = [await inStock(5), await inStock(5)];
    const { transfer_id: transferId } = await sent({ [rice]: 3, [dal]: 2 });
    await receive(transferId, unitsIn(rice, 2));

    const { status, body } = await receive(transferId, { items: [...unitsIn(rice, 2).items, ...unitsIn(dal, 2).items] });

    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: "more_than_sent",
      lines: [{ product_id: rice, variant_id: rice, quantity: 3, received: 2, missing: 1 }],
    });
    expect(await unitsOf(dal)).toEqual({ BLR: [3, 0] });
  });

  it("of a transfer that is received or refused is 409 with its status", async ({ expect }) => {
    const rice = await inStock(5);
    const { transfer_id: received } = await sent({ [rice]: 3 });
    await receive(received, unitsIn(rice, 3));
    const { body: refused } = await sendTransfer(transferBody({ [rice]: 3 }));

    const answers = [await receive(received, unitsIn(rice, 1)), await receive(refused.transfer_id, unitsIn(rice, 1))];

    expect(answers.map(({ status, body }) => [status, body.code, body.status_now])).toEqual([
      [409, "transfer_not_open", "received"],
      [409, "transfer_not_open", "refused"],
    ]);
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0], MUM: [3, 0] });
  });

  it("names each line that the transfer does not have, that is repeated, or that lacks a variant", async ({ expect }) => {
    const rice = await inStock(5);
    const variants = ["red", "blue"].map((name) => ({ variant_id: crypto.randomUUID(), sku: crypto.randomUUID(), name }));
    const { productId: cup } = await product({ variants });
    for (const { variant_id: variantId } of variants) await receiveByHand(cup, 3, { variantId });
    const lines = [{ product_id: rice }, ...variants.map(({ variant_id }) => ({ product_id: cup, variant_id }))];
    const { body: transfer } = await sendTransfer(transferBody({}, { items: lines.map((line) => ({ ...line, quantity: 1 })) }));
    const arrived = [
      { product_id: rice },
      { product_id: "unknown" },
      { product_id: cup },
      { product_id: rice, variant_id: rice },
    ];

    const { status, body } = await receive(transfer.transfer_id, { items: arrived.map((line) => ({ ...line, quantity: 1 })) });

    expect([status, body.code]).toEqual([422, "validation_failed"]);
    expect(body.errors?.map((error) => error.field)).toEqual([
      "items[1].product_id",
      "items[2].variant_id",
      "items[3].product_id",
    ]);
  });

  it.for([
    ["nothing, without `complete`", { items: [] }, "items"],
    ["no units", { items: [{ product_id: "p", quantity: 0 }] }, "items[0].quantity"],
    ["half a unit", { items: [{ product_id: "p", quantity: 0.5 }] }, "items[0].quantity"],
    ["101 lines", { items: Array.from({ length: 101 }, () => ({ product_id: "p", quantity: 1 })) }, "items"],
  ] as const)("of %s is 422", async ([, body, field], { expect }) => {
    const rice = await inStock(5);
    const { transfer_id: transferId } = await sent({ [rice]: 3 });

    const answer = await receive(transferId, body);

    expect([answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it("is 404 for an unknown transfer and 401 for guests", async ({ expect }) => {
    const unknown = await receive("TRF1", unitsIn("p", 1));
    const guest = await receive("TRF1", unitsIn("p", 1), {});

    expect([unknown.status, guest.status]).toEqual([404, 401]);
  });
});
