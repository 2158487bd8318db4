import { env } from "cloudflare:workers";
import { beforeAll, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import type { DispatchAnswer } from "../../../src/stock/rules/messages.ts";
import { patch, post } from "../../support/http/requests.ts";
import { expectInvariants } from "../../support/invariants.ts";
import { inStock, inStockReserved, newKey, placed, unitsOf } from "../../support/orders/http.ts";
import { archive, bundle, demoWarehouses, flush, newId, product } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { sendTransfer, showTransfer, transferBody } from "../../support/stock/transfers.ts";

beforeAll(demoWarehouses);

async function transferRows(): Promise<unknown> {
  return env.DB.prepare("SELECT count(*) AS rows FROM transfers").first();
}

describe("a transfer of reserved units", () => {
  it("is 409 with the free units of every short line, and all units come back", async ({ expect }) => {
    const [rice, dal, oil] = [await inStockReserved(5, 2), await inStock(3), await inStock(9)];

    const { status, body } = await sendTransfer(transferBody({ [rice]: 4, [dal]: 4, [oil]: 9 }));

    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: "units_reserved",
      transfer_id: expect.stringMatching(/^TRF/),
      lines: [
        { product_id: rice, variant_id: rice, warehouse_id: "BLR", requested: 4, free: 3, on_hand: 5, reserved: 2, allocated: 0 },
        { product_id: dal, variant_id: dal, warehouse_id: "BLR", requested: 4, free: 3, on_hand: 3, reserved: 0, allocated: 0 },
      ],
    });
    // Units that had left come back after the answer.
    await vi.waitFor(async () => expect(await sqlInD1("SELECT action_id FROM stock_actions")).toEqual([]));
    expect([await unitsOf(rice), await unitsOf(dal), await unitsOf(oil)]).toEqual([
      { BLR: [5, 2] },
      { BLR: [3, 0] },
      { BLR: [9, 0] },
    ]);
    expect((await showTransfer(body.transfer_id)).body).toMatchObject({ status: "refused" });
    for (const productId of [dal, oil]) await flush(productId);
    await expectInvariants(expect, new Map(Object.entries({ [dal]: 3, [oil]: 9 })));
  });

  it("takes no sold units that have not left, and answers how many there are", async ({ expect }) => {
    const rice = await inStockReserved(7, 2);
    await placed({ customer_name: "Asha", item: rice, quantity: 3 });
    await vi.waitFor(async () => expect(await unitsOf(rice)).toEqual({ BLR: [7, 2, 3] }));

    const refused = await sendTransfer(transferBody({ [rice]: 3 }));
    const free = await sendTransfer(transferBody({ [rice]: 2 }));

    const line = { requested: 3, free: 2, on_hand: 7, reserved: 2, allocated: 3 };
    expect([refused.status, refused.body]).toMatchObject([409, { code: "units_reserved", lines: [line] }]);
    expect(free.status).toBe(201);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 2, 3] });
  });

  it("of an object of a release before 0.4.0, which says nothing of allocated units, names none", async ({ expect }) => {
    const rice = await inStockReserved(5, 2);
    const lines = [{ variantId: rice, quantity: 4, free: 3, onHand: 5 }];
    const dispatch = vi
      .spyOn(StockCounter.prototype, "dispatch")
      .mockResolvedValue({ outcome: "units_reserved", lines } satisfies DispatchAnswer);

    const { status, body } = await sendTransfer(transferBody({ [rice]: 4 }));
    dispatch.mockRestore();

    expect(status).toBe(409);
    expect(body).toMatchObject({ lines: [{ free: 3, on_hand: 5, reserved: 2, allocated: 0 }] });
  });

  it("stays refused for its key, even if units have been received since", async ({ expect }) => {
    const rice = await inStock(1);
    const options = { admin: true, key: newKey() };
    const first = await sendTransfer(transferBody({ [rice]: 2 }), options);
    await post("/api/v1/inventory/counts", { product_id: rice, warehouse_id: "BLR", counted: 9, expected_on_hand: 1 }, options);

    const again = await sendTransfer(transferBody({ [rice]: 2 }), options);

    expect([first.status, again.status, again.headers.get("Idempotency-Replayed")]).toEqual([409, 409, "true"]);
    expect(again.body).toMatchObject({ code: "units_reserved", transfer_id: first.body.transfer_id, lines: [{ free: 1 }] });
    expect(await unitsOf(rice)).toEqual({ BLR: [9, 0] });
  });

  it("succeeds for one of two concurrent requests for the same units", async ({ expect }) => {
    const rice = await inStock(3);

    const answers = await Promise.all([1, 2].map(() => sendTransfer(transferBody({ [rice]: 2 }))));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await unitsOf(rice)).toEqual({ BLR: [1, 0] });
  });
});

describe("an invalid transfer", () => {
  it.for([
    ["to the warehouse that it leaves", { to_warehouse_id: "BLR" }, "to_warehouse_id"],
    ["from nowhere", { from_warehouse_id: "NOWHERE" }, "from_warehouse_id"],
    ["to nowhere", { to_warehouse_id: "NOWHERE" }, "to_warehouse_id"],
    ["without lines", { items: [] }, "items"],
    ["with an empty reason", { reason: " " }, "reason"],
  ] as const)("%s is 422 and writes nothing", async ([, more, field], { expect }) => {
    const rice = await inStock(5);
    const before = await transferRows();

    const { status, body } = await sendTransfer(transferBody({ [rice]: 1 }, more));

    expect([status, body.code, body.errors?.map((error) => error.field)]).toEqual([422, "validation_failed", [field]]);
    expect(await transferRows()).toEqual(before);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] });
  });

  it.for([[0], [-1], [1.5], [1_000_001], [1e300], ["2"], [null]])("of %s units is 422", async ([quantity], { expect }) => {
    const rice = await inStock(5);

    const { status, body } = await sendTransfer(transferBody({}, { items: [{ product_id: rice, quantity }] }));

    expect([status, body.errors?.[0]?.field]).toEqual([422, "items[0].quantity"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] });
  });

  it("of 101 lines is 422, of 100 it works", async ({ expect }) => {
    const ids = Array.from({ length: 101 }, () => newId("many"));

    const tooMany = await sendTransfer(transferBody(Object.fromEntries(ids.map((id) => [id, 1]))));
    const enough = await sendTransfer(transferBody(Object.fromEntries(ids.slice(1).map((id) => [id, 1]))));

    expect([tooMany.status, tooMany.body.errors]).toMatchObject([422, [{ field: "items" }]]);
    expect([enough.status, enough.body.errors?.length]).toEqual([422, 100]);
  });

  it("names every unknown, ambiguous or repeated line", async ({ expect }) => {
    const rice = await inStock(5);
    const variants = ["red", "blue"].map((name) => ({ variant_id: crypto.randomUUID(), sku: crypto.randomUUID(), name }));
    const { productId: cup } = await product({ variants });
    const items = [
      { product_id: rice, quantity: 1 },
      { product_id: "unknown-1", quantity: 1 },
      { product_id: rice, variant_id: rice, quantity: 1 },
      { product_id: cup, quantity: 1 },
      { product_id: cup, variant_id: rice, quantity: 1 },
    ];

    const { status, body } = await sendTransfer(transferBody({}, { items }));

    expect([status, body.code]).toEqual([422, "validation_failed"]);
    expect(body.errors?.map((error) => error.field)).toEqual([
      "items[1].product_id",
      "items[2].variant_id",
      "items[3].variant_id",
      "items[4].variant_id",
    ]);
  });

  it("of a bundle is refused by name; of its components it works", async ({ expect }) => {
    const part = await inStock(2);
    const { productId } = await bundle([{ productId: part }]);

    const refused = await sendTransfer(transferBody({ [productId]: 1 }));
    const sentParts = await sendTransfer(transferBody({ [part]: 1 }));

    expect([refused.status, refused.body.code, refused.body.errors?.[0]?.field]).toEqual([
      422,
      "bundle_has_no_stock",
      "items[0].product_id",
    ]);
    expect(sentParts.status).toBe(201);
  });

  it("from or to an archived warehouse is 422; of an archived product it works, as its units are still on the shelf", async ({
    expect,
  }) => {
    const rice = await inStock(5);
    await archive(rice);
    const admin = { admin: true };
    await sqlInD1("UPDATE warehouses SET status = 'archived' WHERE warehouse_id = 'DEL'");

    const into = await sendTransfer(transferBody({ [rice]: 1 }, { to_warehouse_id: "DEL" }));
    const outOf = await sendTransfer(transferBody({ [rice]: 1 }, { from_warehouse_id: "DEL" }));
    const between = await sendTransfer(transferBody({ [rice]: 1 }));
    await patch("/api/v1/warehouses/DEL", { status: "active" }, admin);

    expect([into.body.errors?.[0]?.field, outOf.body.errors?.[0]?.field]).toEqual(["to_warehouse_id", "from_warehouse_id"]);
    expect(between.status).toBe(201);
  });

  it("is 401 for guests, and 400 with an invalid key", async ({ expect }) => {
    const rice = await inStock(5);

    const guest = await sendTransfer(transferBody({ [rice]: 1 }), {});
    const noKey = await sendTransfer(transferBody({ [rice]: 1 }), { admin: true, key: "k".repeat(256) });

    expect([guest.status, noKey.status, noKey.body.code]).toEqual([401, 400, "idempotency_key_invalid"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 0] });
  });
});
