import { beforeAll, describe, it } from "vitest";
import { type AskOptions, post } from "../../support/http/requests.ts";
import { inStock, inStockReserved, newKey, unitsOf } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { bundle, demoWarehouses, flush, newId, product } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

interface Body {
  code?: string;
  errors?: { field: string }[];
  movement?: { movement_id: string };
  [field: string]: unknown;
}

async function ask(what: "counts" | "damage", body: unknown, options: AskOptions = { admin: true }) {
  const response = await post(`/api/v1/inventory/${what}`, body, options);
  return { status: response.status, headers: response.headers, body: await response.json<Body>() };
}

const countOf = (product_id: string, counted: number, expected_on_hand: number, more: Record<string, unknown> = {}) => {
  const body = { product_id, warehouse_id: "BLR", counted, expected_on_hand };
  return { ...body, ...more };
};
const damageOf = (product_id: string, quantity: number, more: Record<string, unknown> = {}) => {
  const body = { product_id, warehouse_id: "BLR", quantity, reason: "Broken" };
  return { ...body, ...more };
};

describe("a count", () => {
  it.for([
    [10, 8, -2],
    [10, 12, 2],
    [10, 10, 0],
    [10, 0, -10],
  ] as const)("of %i units on hand sets %i, by a movement of %i", async ([before, counted, delta], { expect }) => {
    const rice = await inStock(before);

    const { status, body } = await ask("counts", countOf(rice, counted, before, { reference_id: "sheet 4" }));

    expect(status).toBe(200);
    expect(body).toMatchObject({
      product_id: rice,
      variant_id: rice,
      warehouse_id: "BLR",
      previous_stock: before,
      new_stock: counted,
      movement: {
        kind: "count",
        delta_on_hand: delta,
        reason: "Count",
        reference_id: "sheet 4",
        actor: "admin",
      },
    });
    expect(await unitsOf(rice)).toEqual({ BLR: [counted, 0] });
  });

  it("is 409 if stock has moved since, with the number on hand", async ({ expect }) => {
    const rice = await inStock(10);

    const { status, body } = await ask("counts", countOf(rice, 8, 9));

    expect([status, body]).toMatchObject([409, { code: "count_outdated", warehouse_id: "BLR", on_hand: 10 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [10, 0] });
  });

  it("made twice concurrently with one expectation moves units once", async ({ expect }) => {
    const rice = await inStock(10);

    const answers = await Promise.all([ask("counts", countOf(rice, 8, 10)), ask("counts", countOf(rice, 7, 10))]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it("takes no reserved units, and answers how many are free", async ({ expect }) => {
    const rice = await inStockReserved(5, 3);

    const { status, body } = await ask("counts", countOf(rice, 2, 5));

    expect([status, body]).toMatchObject([409, { code: "units_reserved", free: 2, on_hand: 5, reserved: 3, allocated: 0 }]);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 3] });
  });

  it("with one key counts once, even if stock has moved since", async ({ expect }) => {
    const rice = await inStock(10);
    const options = { admin: true, key: newKey() };
    const first = await ask("counts", countOf(rice, 8, 10), options);
    await ask("damage", damageOf(rice, 1));

    const again = await ask("counts", countOf(rice, 8, 10), options);

    expect([again.status, again.headers.get("Idempotency-Replayed")]).toEqual([200, "true"]);
    expect(again.body).toEqual(first.body);
    expect(await unitsOf(rice)).toEqual({ BLR: [7, 0] });
  });

  it.for([
    ["counted", { counted: -1 }],
    ["counted", { counted: 1.5 }],
    ["counted", { counted: 1_000_001 }],
    ["expected_on_hand", { expected_on_hand: undefined }],
    ["expected_on_hand", { expected_on_hand: -1 }],
    ["warehouse_id", { warehouse_id: "NOWHERE" }],
    ["warehouse_id", { warehouse_id: undefined }],
    ["variant_id", { variant_id: "other" }],
  ] as const)("with a bad %s is 422: %o", async ([field, more], { expect }) => {
    const rice = await inStock(1);

    const { status, body } = await ask("counts", countOf(rice, 1, 1, more));

    expect([status, body.code, body.errors?.map((error) => error.field)]).toEqual([422, "validation_failed", [field]]);
  });
});

describe("damage", () => {
  it("is written off with its reason, in the ledger and the audit log", async ({ expect }) => {
    const rice = await inStock(5);

    const { status, body } = await ask("damage", damageOf(rice, 2, { reference_id: "claim 9" }));
    await flush(rice);

    expect([status, body]).toMatchObject([
      200,
      {
        previous_stock: 5,
        new_stock: 3,
        movement: { kind: "damage", delta_on_hand: -2, reason: "Broken", reference_id: "claim 9" },
      },
    ]);
    const logged = await sqlInD1("SELECT actor, request_id FROM audit_log WHERE record_id = ? AND action = 'stock.damage'", rice);
    expect(logged).toEqual([{ actor: "admin", request_id: expect.stringMatching(/.+/) }]);
  });

  it("takes no reserved units, and answers how many are free", async ({ expect }) => {
    const rice = await inStockReserved(5, 3);

    const refused = await ask("damage", damageOf(rice, 3));
    const allFree = await ask("damage", damageOf(rice, 2));

    expect([refused.status, refused.body]).toMatchObject([409, { code: "units_reserved", free: 2 }]);
    expect(allFree.status).toBe(200);
    expect(await unitsOf(rice)).toEqual({ BLR: [3, 3] });
  });

  it("with one key is written off once", async ({ expect }) => {
    const rice = await inStock(5);
    const options = { admin: true, key: newKey() };

    const answers = await Promise.all([1, 2].map(() => ask("damage", damageOf(rice, 2), options)));
    const other = await ask("damage", damageOf(rice, 3), options);

    expect(answers.map(({ body }) => body.new_stock)).toEqual([3, 3]);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] });
  });

  it.for([
    ["quantity", { quantity: 0 }],
    ["quantity", { quantity: -2 }],
    ["quantity", { quantity: 0.5 }],
    ["quantity", { quantity: 1_000_001 }],
    ["reason", { reason: undefined }],
    ["reason", { reason: "  " }],
  ] as const)("with a bad %s is 422: %o", async ([field, more], { expect }) => {
    const rice = await inStock(1);

    const { status, body } = await ask("damage", damageOf(rice, 1, more));

    expect([status, body.code, body.errors?.map((error) => error.field)]).toEqual([422, "validation_failed", [field]]);
  });
});

describe("a count and damage", () => {
  it("are 404 for an unknown product, refused for a bundle and for guests", async ({ expect }) => {
    const unknown = newId();
    const { productId } = await bundle([await product()]);

    const answers = [
      await ask("counts", countOf(unknown, 1, 0)),
      await ask("damage", damageOf(unknown, 1)),
      await ask("counts", countOf(productId, 1, 0)),
      await ask("damage", damageOf(productId, 1)),
      await ask("counts", countOf(productId, 1, 0), {}),
      await ask("damage", damageOf(productId, 1), {}),
    ];

    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, "not_found"],
      [404, "not_found"],
      [422, "bundle_has_no_stock"],
      [422, "bundle_has_no_stock"],
      [401, "unauthenticated"],
      [401, "unauthenticated"],
    ]);
  });
});
