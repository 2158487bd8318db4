import { beforeAll, describe, it } from "vitest";
import { post } from "../../support/http/requests.ts";
import { inStock, inStockReserved, newKey, read, unitsOf } from "../../support/orders/http.ts";
import { demoWarehouses, newId } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

interface Body {
  code?: string;
  new_stock?: number;
}

const CHANGES = [
  ["counts", { counted: 3, expected_on_hand: 10, reason: "Count" }],
  ["damage", { quantity: 7, reason: "Broken" }],
] as const;

async function ask(what: string, productId: string, change: object, key: string) {
  const body = { product_id: productId, warehouse_id: "BLR", ...change };
  return read<Body>(await post(`/api/v1/inventory/${what}`, body, { admin: true, key }));
}

describe.for(CHANGES)("one Idempotency-Key of %s", ([what, change]) => {
  it("is bound to one product: another is 422, and no stock moves", async ({ expect }) => {
    const [rice, oil, key] = [await inStock(10), await inStock(10), newKey()];

    const first = await ask(what, rice, change, key);
    const other = await ask(what, oil, change, key);

    expect([first.status, first.body.new_stock]).toEqual([200, 3]);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect([await unitsOf(rice), await unitsOf(oil)]).toEqual([{ BLR: [3, 0] }, { BLR: [10, 0] }]);
  });

  it("sent concurrently for two products moves the stock of one", async ({ expect }) => {
    const [rice, oil, key] = [await inStock(10), await inStock(10), newKey()];

    const answers = await Promise.all([ask(what, rice, change, key), ask(what, oil, change, key)]);

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422]);
    const left = [await unitsOf(rice), await unitsOf(oil)];
    expect(left).toEqual(answers.map(({ status }) => ({ BLR: [status === 200 ? 3 : 10, 0] })));
  });

  it("repeats its answer, and moves nothing again", async ({ expect }) => {
    const [rice, key] = [await inStock(10), newKey()];
    const first = await ask(what, rice, change, key);
    await ask("damage", rice, { quantity: 1, reason: "Broken since" }, newKey());

    const again = await ask(what, rice, change, key);

    expect([again.status, again.headers.get("Idempotency-Replayed"), again.body]).toEqual([200, "true", first.body]);
    expect(await unitsOf(rice)).toEqual({ BLR: [2, 0] });
  });

  it("repeats its answer even after it was refused for another product", async ({ expect }) => {
    const [rice, oil, key] = [await inStock(10), await inStock(10), newKey()];
    const first = await ask(what, rice, change, key);
    await ask(what, oil, change, key);

    const again = await ask(what, rice, change, key);

    expect([again.status, again.body]).toEqual([200, first.body]);
    expect([await unitsOf(rice), await unitsOf(oil)]).toEqual([{ BLR: [3, 0] }, { BLR: [10, 0] }]);
  });

  it("is another key on another path, even with the same text", async ({ expect }) => {
    const [rice, oil, key] = [await inStock(10), await inStock(10), newKey()];
    await ask(what, rice, change, key);
    const [elsewhere, other] = what === "counts" ? CHANGES[1] : CHANGES[0];

    const { status } = await ask(elsewhere, oil, other, key);

    expect(status).toBe(200);
    expect(await unitsOf(oil)).toEqual({ BLR: [3, 0] });
  });
});

describe("the key of a refused adjustment", () => {
  it.for([
    ["counts", { counted: 8, expected_on_hand: 9 }, { counted: 8, expected_on_hand: 5 }, "count_outdated"],
    ["damage", { quantity: 3, reason: "Broken" }, { quantity: 2, reason: "Broken" }, "units_reserved"],
  ] as const)("repeats the refusal of %s, and accepts no other body", async ([what, body, corrected, code], { expect }) => {
    const [rice, key] = [await inStockReserved(5, 3), newKey()];
    const refused = await ask(what, rice, body, key);

    const answers = [await ask(what, rice, body, key), await ask(what, rice, corrected, key)];

    expect([refused, ...answers].map((answer) => [answer.status, answer.body.code])).toEqual([
      [409, code],
      [409, code],
      [422, "idempotency_key_reused"],
    ]);
    expect(await unitsOf(rice)).toEqual({ BLR: [5, 3] });
    expect((await ask(what, rice, corrected, newKey())).status).toBe(200);
  });

  it("is still unused if the item could not be resolved", async ({ expect }) => {
    const [rice, key] = [await inStock(10), newKey()];

    const unknown = await ask("damage", newId(), { quantity: 2, reason: "Broken" }, key);
    const other = await ask("damage", rice, { quantity: 2, reason: "Broken" }, key);

    expect([unknown.status, other.status]).toEqual([404, 200]);
    expect(await unitsOf(rice)).toEqual({ BLR: [8, 0] });
  });
});
