import { exports } from "cloudflare:workers";
import { beforeAll, describe, it } from "vitest";
import { availableAt } from "../support/orders/orders.ts";
import { post } from "../support/http/requests.ts";
import { demoWarehouses, newId, product, stockedProduct } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

beforeAll(demoWarehouses);

const ADMIN_TOKEN = "test-admin-token-0123456789";
const NAME = "Zoë’s Crème";

/** Writes text in windows-1252, or ISO-8859-1 where it has only what that has. */
function singleBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => (letter === "’" ? 0x92 : letter.charCodeAt(0)));
}

function utf16(text: string, isLittle = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let index = 0; index < text.length; index += 1) view.setUint16(2 * index, text.charCodeAt(index), isLittle);
  return new Uint8Array(view.buffer);
}

/** Creates a product from bytes. @returns the answer, and the name that is stored */
async function created(encode: (json: string) => Uint8Array, type: string, name = NAME) {
  const productId = newId();
  const body = encode(JSON.stringify({ product_id: productId, sku: productId, name, price: 1 }));
  const headers = { "Content-Type": type, Authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await exports.default.fetch(
    new Request("http://holdfast.test/api/v1/products", { method: "POST", headers, body }),
  );
  const [row] = await sqlInD1<{ name: string }>("SELECT name FROM products WHERE product_id = ?", productId);
  return { status: response.status, answer: await response.json<Record<string, unknown>>(), stored: row?.name };
}

describe("a JSON body", () => {
  it.for([
    ["UTF-8", (json: string) => new TextEncoder().encode(json), "application/json"],
    [
      "UTF-8 with a byte order mark",
      (json: string) => new TextEncoder().encode(`\uFEFF${json}`),
      "application/json; charset=UTF-8",
    ],
    ["windows-1252", singleBytes, "application/json; charset=windows-1252"],
    ["UTF-16", (json: string) => utf16(json), 'application/json;charset="utf-16le"'],
    ["UTF-16, most significant byte first", (json: string) => utf16(json, false), "application/json; charset=utf-16be"],
  ] as const)("in %s is stored as it was meant", async ([, encode, type], { expect }) => {
    const { status, answer, stored } = await created(encode, type);

    expect([status, answer["name"], stored]).toEqual([201, NAME, NAME]);
  });

  it("in ISO-8859-1 is decoded where that is said, and refused where it is not: never stored as U+FFFD", async ({ expect }) => {
    const said = await created(singleBytes, "application/json; charset=ISO-8859-1", "Zoë");
    const silent = await created(singleBytes, "application/json", "Zoë");
    const wrong = await created(singleBytes, "application/json; charset=utf-8", "Zoë");

    expect([said.status, said.stored]).toEqual([201, "Zoë"]);
    for (const { status, answer, stored } of [silent, wrong]) {
      expect([status, stored]).toEqual([400, undefined]);
      expect(answer).toMatchObject({ code: "malformed_json", errors: [{ field: "body" }] });
    }
  });

  it("in an unknown charset is 415", async ({ expect }) => {
    const { status, answer } = await created(singleBytes, "application/json; charset=klingon", "Zoë");

    expect([status, answer["code"]]).toEqual([415, "unsupported_media_type"]);
  });
});

describe("a member that a JSON body has twice", () => {
  it.for([
    ['{"name": "Rice", "price": 1, "price": 2}', "price"],
    ['{"name": "Rice", "price": 1, "variants": [{"sku": "A"}, {"sku": "B", "sku": "C"}]}', "variants[1].sku"],
    ['{"name": "Rice", "price": 1, "unknown": {"a": 1, "a": 1}}', "unknown.a"],
  ])("is 422 and named: %s", async ([body = "", field], { expect }) => {
    const { status, answer } = await created(() => new TextEncoder().encode(body), "application/json");

    expect([status, answer]).toMatchObject([422, { code: "validation_failed", errors: [{ field, message: "is there twice" }] }]);
  });
});

describe("an Idempotency-Key that is sent twice", () => {
  const twice = (first: string, second: string) => {
    const headers = new Headers({ "Content-Type": "application/json" });
    headers.append("Idempotency-Key", first);
    headers.append("Idempotency-Key", second);
    return headers;
  };

  it("is 400, the same or another, and nothing is done", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const order = { customer_name: "Asha", postal_code: "560034", items: [{ product_id: productId, quantity: 1 }] };
    const [one, two] = [newId("key-of-twenty-characters"), newId("key-of-twenty-characters")];

    for (const headers of [twice(one, one), twice(one, two)]) {
      const response = await exports.default.fetch(
        new Request("http://holdfast.test/api/v1/orders", { method: "POST", headers, body: JSON.stringify(order) }),
      );
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "idempotency_key_invalid", errors: [{ field: "Idempotency-Key" }] });
    }
    expect((await post("/api/v1/orders", order, { key: one })).status).toBe(201);
    expect(await availableAt(productId)).toBe(4);
  });

  it("is 400 where staff write, too", async ({ expect }) => {
    const { productId } = await product();
    const headers = { "Idempotency-Key": "one, two" };

    const response = await exports.default.fetch(
      new Request(`http://holdfast.test/api/v1/products/${productId}`, {
        method: "PATCH",
        headers: { ...headers, "Content-Type": "application/json", Authorization: `Bearer ${ADMIN_TOKEN}` },
        body: JSON.stringify({ name: "Other" }),
      }),
    );

    expect(response.status).toBe(400);
  });
});
