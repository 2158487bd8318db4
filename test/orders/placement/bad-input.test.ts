import { beforeAll, describe, it } from "vitest";
import { bodyOf, footprint, inStock, lineOf, newKey, placed, send } from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

let rice = "";

beforeAll(async () => {
  await openShop();
  rice = await inStock(200);
});

const HUGE_ID = "p".repeat(10_240);

/** Name, the body for one unit of an existing product, and the fields that the refusal names. */
const INVALID: [string, (product: string) => unknown, string[]][] = [
  ["no customer", (p) => ({ items: [lineOf(p, 1)] }), ["customer_name"]],
  ["a customer without a name", (p) => bodyOf([p], { customer_name: " \t " }), ["customer_name"]],
  ["a customer who is a number", (p) => bodyOf([p], { customer_name: 7 }), ["customer_name"]],
  ["a name with a NUL", (p) => bodyOf([p], { customer_name: "A\u0000sha" }), ["customer_name"]],
  ["a name with half a surrogate pair", (p) => bodyOf([p], { customer_name: "A\ud800" }), ["customer_name"]],
  ["a name of 201 characters", (p) => bodyOf([p], { customer_name: "a".repeat(201) }), ["customer_name"]],
  ["no lines at all", () => ({ customer_name: "Asha" }), ["items"]],
  ["an empty list of lines", () => bodyOf([]), ["items"]],
  ["lines that are no list", (p) => ({ customer_name: "Asha", items: lineOf(p, 1) }), ["items"]],
  ["a line that is null", () => ({ customer_name: "Asha", items: [null] }), ["items[0]"]],
  ["both forms at once", (p) => bodyOf([p], { item: p, quantity: 1 }), ["items"]],
  ["the short form without a quantity", (p) => ({ customer_name: "Asha", item: p }), ["quantity"]],
  ["a line without a product", () => ({ customer_name: "Asha", items: [{ quantity: 1 }] }), ["items[0].product_id"]],
  ["a line without a quantity", (p) => ({ customer_name: "Asha", items: [{ product_id: p }] }), ["items[0].quantity"]],
  ["a quantity of 0", (p) => bodyOf([lineOf(p, 0)]), ["items[0].quantity"]],
  ["a quantity of -1", (p) => bodyOf([lineOf(p, -1)]), ["items[0].quantity"]],
  ["a quantity of 1.5", (p) => bodyOf([lineOf(p, 1.5)]), ["items[0].quantity"]],
  ["a quantity of 10,001", (p) => bodyOf([lineOf(p, 10_001)]), ["items[0].quantity"]],
  [
    "a quantity that is text",
    (p) => ({ customer_name: "Asha", items: [{ product_id: p, quantity: "1" }] }),
    ["items[0].quantity"],
  ],
  [
    "a quantity of 1e400",
    (p) => `{"customer_name":"Asha","items":[{"product_id":"${p}","quantity":1e400}]}`,
    ["items[0].quantity"],
  ],
  ["a quantity of 0 in the short form", (p) => ({ customer_name: "Asha", item: p, quantity: 0 }), ["quantity"]],
  ["101 lines", (p) => bodyOf(Array.from({ length: 101 }, () => lineOf(p, 1))), ["items"]],
  ["a product's id of 10 KB", () => bodyOf([HUGE_ID]), ["items[0].product_id"]],
  ["a variant's id of 10 KB", (p) => bodyOf([lineOf(p, 1, HUGE_ID)]), ["items[0].variant_id"]],
  ["an id with SQL in it", () => bodyOf(["x' OR 1=1 --"]), ["items[0].product_id"]],
  ["an item of 10 KB", () => ({ customer_name: "Asha", item: HUGE_ID, quantity: 1 }), ["item"]],
  ["an e-mail without @", (p) => bodyOf([p], { customer_email: "asha" }), ["customer_email"]],
  ["a phone of 33 characters", (p) => bodyOf([p], { customer_phone: "1".repeat(33) }), ["customer_phone"]],
  ["an address of 501 characters", (p) => bodyOf([p], { delivery_address: "a".repeat(501) }), ["delivery_address"]],
  ["notes of 1,001 characters", (p) => bodyOf([p], { notes: "a".repeat(1_001) }), ["notes"]],
  ["a postal code with SQL in it", (p) => bodyOf([p], { postal_code: "1' OR '1'='1" }), ["postal_code"]],
  ["a country of three letters", (p) => bodyOf([p], { country: "IND" }), ["country"]],
  ["an unknown delivery method", (p) => bodyOf([p], { delivery_method: "drone" }), ["delivery_method"]],
  ["an unknown payment method", (p) => bodyOf([p], { payment_method: "gold" }), ["payment_method"]],
  ["an unknown policy", (p) => bodyOf([p], { allocation_policy: "cheapest" }), ["allocation_policy"]],
  ["a promo code that is a number", (p) => bodyOf([p], { promo_code: 10 }), ["promo_code"]],
  ["a promo code that is a list", (p) => bodyOf([p], { promo_code: ["A"] }), ["promo_code"]],
  ["a promo code of 51 characters", (p) => bodyOf([p], { promo_code: "A".repeat(51) }), ["promo_code"]],
  ["a promo code with a blank in it", (p) => bodyOf([p], { promo_code: "TEN OFF" }), ["promo_code"]],
  ["a promo code in another alphabet", (p) => bodyOf([p], { promo_code: "ＷＥＬＣＯＭＥ" }), ["promo_code"]],
  ["a promo code with a NUL", (p) => bodyOf([p], { promo_code: "TEN\u0000" }), ["promo_code"]],
  ["a promo code with SQL in it", (p) => bodyOf([p], { promo_code: "x' OR 1=1 --" }), ["promo_code"]],
  ["an expected total that is text", (p) => bodyOf([p], { expected_total: "199" }), ["expected_total"]],
  ["an expected total of null", (p) => bodyOf([p], { expected_total: null }), ["expected_total"]],
  ["an expected total below 0", (p) => bodyOf([p], { expected_total: -0.01 }), ["expected_total"]],
  ["an expected total of three decimals", (p) => bodyOf([p], { expected_total: 199.001 }), ["expected_total"]],
  ["an expected total beyond all", (p) => bodyOf([p], { expected_total: 1e16 }), ["expected_total"]],
  [
    "an expected total of 1e400",
    (p) => `{"customer_name":"Asha","items":[{"product_id":"${p}","quantity":1}],"expected_total":1e400}`,
    ["expected_total"],
  ],
  ["a list for a body", () => [], ["body"]],
  ["null for a body", () => "null", ["body"]],
  [
    "several wrong fields at once",
    (p) => bodyOf([lineOf(p, 0), lineOf("", 1)], { country: 1 }),
    ["items[0].quantity", "items[1].product_id", "country"],
  ],
];

describe("POST /api/v1/orders refuses, writing nothing,", () => {
  it.for(INVALID)("%s", async ([, bodyFor, fields], { expect }) => {
    const before = await footprint(rice);

    const { status, headers, body } = await send(bodyFor(rice));

    expect([status, body.code, headers.get("Content-Type")]).toEqual([422, "validation_failed", "application/problem+json"]);
    expect([...new Set(body.errors?.map(({ field }) => field))].toSorted()).toEqual(fields.toSorted());
    expect(await footprint(rice)).toEqual(before);
  });

  it.for([
    ["malformed JSON", `{"customer_name":`, {}, 400, "malformed_json", "body"],
    ["an empty body", "", {}, 400, "malformed_json", "body"],
    ["another content type", "{}", { "Content-Type": "text/plain" }, 415, "unsupported_media_type", "Content-Type"],
    [
      "a form",
      "customer_name=Asha",
      { "Content-Type": "application/x-www-form-urlencoded" },
      415,
      "unsupported_media_type",
      "Content-Type",
    ],
    ["65 KiB", JSON.stringify({ customer_name: "Asha", notes: "a".repeat(65 * 1_024) }), {}, 413, "body_too_large", "body"],
  ] as const)("%s", async ([, body, headers, status, code, field], { expect }) => {
    const before = await footprint(rice);

    const answer = await send(body, { headers });

    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.field]).toEqual([status, code, field]);
    expect(await footprint(rice)).toEqual(before);
  });

  it.for([
    ["a guest's key of 19 characters", "k".repeat(19), "idempotency_key_too_weak"],
    ["a guest's key of 1 character", "k", "idempotency_key_too_weak"],
    ["a key of 256 characters", "k".repeat(256), "idempotency_key_invalid"],
    ["a key of 300 characters", "k".repeat(300), "idempotency_key_invalid"],
    ["a key with a tab in it", `${"k".repeat(10)}\t${"k".repeat(20)}`, "idempotency_key_invalid"],
    ["an empty key", "", "idempotency_key_invalid"],
  ] as const)("%s", async ([, key, code], { expect }) => {
    const before = await footprint(rice);

    const { status, body } = await send(bodyOf([rice]), { key });

    expect([status, body.code, body.errors?.map(({ field }) => field)]).toEqual([400, code, ["Idempotency-Key"]]);
    expect(await footprint(rice)).toEqual(before);
  });

  it("a body of another order under a used key", async ({ expect }) => {
    const key = newKey();
    await placed(bodyOf([rice]), { key });
    const before = await footprint();

    const { status, body } = await send(bodyOf([lineOf(rice, 2)]), { key });

    expect([status, body.code, body.errors?.map(({ field }) => field)]).toEqual([
      422,
      "idempotency_key_reused",
      ["Idempotency-Key"],
    ]);
    expect(await footprint()).toEqual(before);
  });
});

/** An order whose line has a price, as clients of other order APIs send it. */
function pricedBody(productId: string, price: string) {
  return { customer_name: "Asha", items: [{ ...lineOf(productId, 1), price }] };
}

describe("POST /api/v1/orders accepts, at its limits,", () => {
  it.for([
    ["100 lines of one product", (p: string) => bodyOf(Array.from({ length: 100 }, () => lineOf(p, 1)))],
    ["a name of 200 characters", (p: string) => bodyOf([p], { customer_name: "a".repeat(200) })],
    ["63 KiB of a price that it does not use", (p: string) => pricedBody(p, "9".repeat(63 * 1_024))],
  ] as const)("%s", async ([, bodyFor], { expect }) => {
    expect((await send(bodyFor(rice))).status).toBe(201);
  });

  it("a guest's key of 20 characters, and an admin's of one", async ({ expect }) => {
    expect((await send(bodyOf([rice]), { key: "guest-key-of-20-char" })).status).toBe(201);
    expect((await send(bodyOf([rice]), { key: "k", admin: true })).status).toBe(201);
  });

  it("a key of 255 characters", async ({ expect }) => {
    expect((await send(bodyOf([rice]), { key: "k".repeat(255) })).status).toBe(201);
  });

  it("10,000 units", async ({ expect }) => {
    const { status, body } = await send(bodyOf([lineOf(rice, 10_000)]));

    expect([status, body.code]).toEqual([409, "insufficient_stock"]);
  });
});
