import { beforeAll, describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { ADMIN } from "../../support/orders/fulfillment.ts";
import {
  bodyOf,
  footprint,
  inStock,
  lineOf,
  newKey,
  type OrderBody,
  ORDERS,
  placed,
  read,
  send,
  show,
} from "../../support/orders/http.ts";
import { setTaxRate } from "../../support/pricing/promo.ts";
import { newId, product, receive } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

const LINES = { line1: "12 Lake Road", line2: "Flat 3", city: "Bengaluru", region: "IN-KA" };
const ADDRESS = { ...LINES, postal_code: "560034", country: "IN" };

const orderTo = async (address: unknown, more: Record<string, unknown> = {}) =>
  placed(bodyOf([await inStock({ BLR: 5, MUM: 5, DEL: 5 })], { delivery_address: address, ...more }));
const warehouseOf = ({ items }: OrderBody) => items[0]?.allocations.map(({ warehouse_id }) => warehouse_id);

describe("an order to an address in parts", () => {
  it("shows the parts, and their text for clients that know one text; in lists and for the warehouse alike", async ({
    expect,
  }) => {
    const order = await orderTo(ADDRESS);

    const shown = {
      delivery_address: "12 Lake Road, Flat 3, Bengaluru, IN-KA",
      address: ADDRESS,
      postal_code: "560034",
      country: "IN",
    };
    expect(order).toMatchObject(shown);
    expect((await show(order.order_id, { token: order.order_token })).body).toMatchObject(shown);
    const { body: list } = await read<{ orders: OrderBody[] }>(await get(`${ORDERS}?q=${order.order_id}`, ADMIN));
    expect(list.orders).toMatchObject([shown]);
    const { body: work } = await read<{ fulfillments: OrderBody[] }>(await get("/api/v1/fulfillments?limit=100", ADMIN));
    expect(work.fulfillments.find(({ order_id }) => order_id === order.order_id)).toMatchObject(shown);
  });

  it("is supplied by the warehouses near its postal code, as by a postal code of its own", async ({ expect }) => {
    const orders = [
      await orderTo({ ...ADDRESS, postal_code: "400050" }),
      await orderTo("Hill Road", { postal_code: "400050" }),
      await orderTo({ ...ADDRESS, postal_code: " １１００１７ " }),
    ];

    expect(orders.map((order) => [warehouseOf(order), order.ranked_by])).toEqual([
      [["MUM"], "distance"],
      [["MUM"], "distance"],
      [["DEL"], "distance"],
    ]);
  });

  it("is taxed by its country, and refused where no warehouse ships there", async ({ expect }) => {
    const category = newId("category");
    const { productId } = await product({ price: 105, category });
    await receive(productId, 5);
    await setTaxRate("IN", category, 500);

    const taxed = await placed(bodyOf([productId], { delivery_address: { ...ADDRESS, country: "in" } }));
    const far = await send(bodyOf([productId], { delivery_address: { ...ADDRESS, country: "FR" } }));

    expect(taxed).toMatchObject({ tax_total: 5, country: "IN" });
    expect([far.status, far.body.code]).toEqual([422, "country_not_served"]);
  });

  it("has what it leaves out from the request: nothing, or the code and the country that stand beside it", async ({ expect }) => {
    const [bare, beside] = [
      await orderTo({ line1: " 1 \t Hill\nRoad ", line2: " ", city: "Pune", region: null, postal_code: "", country: null }),
      await orderTo({ line1: "1 Hill Road", city: "Pune" }, { postal_code: "411 001", country: "IN" }),
    ];

    const lines = { line1: "1 Hill Road", line2: null, city: "Pune", region: null };
    expect(bare).toMatchObject({
      delivery_address: "1 Hill Road, Pune",
      address: { ...lines, postal_code: null, country: "IN" },
    });
    expect(beside).toMatchObject({ postal_code: "411 001", address: { ...lines, postal_code: "411 001", country: "IN" } });
  });

  it("keeps any script, signs and quotes as they are", async ({ expect }) => {
    const lines = {
      line1: `12 "MG" Rd'; DROP TABLE orders;--`,
      line2: "ಬೆಂಗಳೂರು 🛒 \u202Eabc",
      city: "서울 <b>",
      region: "{}[]%_*\\",
    };

    const { order_id: orderId, delivery_address: text } = await orderTo(lines);

    expect((await show(orderId, ADMIN)).body).toMatchObject({ address: lines, delivery_address: text });
    expect(text).toBe(Object.values(lines).join(", "));
  });

  it("is no other where one text says it, as every client before did", async ({ expect }) => {
    const order = await orderTo("12 Lake Road, Bengaluru", { postal_code: "560034" });

    expect(order).toMatchObject({ delivery_address: "12 Lake Road, Bengaluru", address: null, postal_code: "560034" });
  });

  it.for([
    ["the same code, spelled otherwise", { postal_code: "560 034" }, []],
    ["the same country", { country: "IN" }, []],
    ["another code", { postal_code: "560035" }, ["postal_code", "delivery_address.postal_code"]],
    ["another country", { country: "US" }, ["country", "delivery_address.country"]],
  ] as const)("with %s beside it", async ([, beside, fields], { expect }) => {
    const rice = await inStock(5);
    const before = await footprint(rice);

    const { status, body } = await send(bodyOf([rice], { delivery_address: ADDRESS, ...beside }));

    expect([status, body.errors?.map(({ field }) => field) ?? []]).toEqual([fields.length > 0 ? 422 : 201, fields]);
    if (fields.length > 0) expect(await footprint(rice)).toEqual(before);
  });

  it.for([
    ["a member that it does not have", { ...ADDRESS, street: "Lake Road" }, "delivery_address.street"],
    ["no line", { city: "Pune" }, "delivery_address.line1"],
    ["a blank line", { ...ADDRESS, line1: " " }, "delivery_address.line1"],
    ["no city", { line1: "1 Hill Road" }, "delivery_address.city"],
    ["a line of 201 characters", { ...ADDRESS, line1: "a".repeat(201) }, "delivery_address.line1"],
    ["a second line of 121", { ...ADDRESS, line2: "a".repeat(121) }, "delivery_address.line2"],
    ["a city of 86", { ...ADDRESS, city: "a".repeat(86) }, "delivery_address.city"],
    ["a region of 86", { ...ADDRESS, region: "a".repeat(86) }, "delivery_address.region"],
    ["a control character", { ...ADDRESS, city: "Pu\u0000ne" }, "delivery_address.city"],
    ["what is no postal code", { ...ADDRESS, postal_code: "#1" }, "delivery_address.postal_code"],
    ["a country that there is not", { ...ADDRESS, country: "ZZ" }, "delivery_address.country"],
    ["a number", 5, "delivery_address"],
    ["a list", [ADDRESS], "delivery_address"],
  ] as const)("is refused for %s", async ([, address, field], { expect }) => {
    const { status, body } = await send(bodyOf([await inStock(1)], { delivery_address: address }));

    expect([status, body.errors?.map((error) => error.field)]).toEqual([422, [field]]);
  });

  it("at its longest is no longer than an address of one text may be, so that a client can send that back", async ({
    expect,
  }) => {
    const longest = { line1: "a".repeat(200), line2: "b".repeat(120), city: "c".repeat(85), region: "d".repeat(85) };

    const { delivery_address: text } = await orderTo(longest);

    expect((await orderTo(text)).delivery_address).toBe(text);
  });

  it("is the same request whatever the order of its members, and another where a part differs", async ({ expect }) => {
    const [rice, key] = [await inStock(5), newKey()];
    const turned = Object.fromEntries(Object.entries(ADDRESS).toReversed());

    const first = await send<OrderBody>(bodyOf([lineOf(rice, 1)], { delivery_address: ADDRESS }), { key });
    const again = await send<OrderBody>(bodyOf([lineOf(rice, 1)], { delivery_address: turned }), { key });
    const other = await send(bodyOf([lineOf(rice, 1)], { delivery_address: { ...ADDRESS, line2: "Flat 4" } }), {
      key,
    });

    expect([first.status, again.status, again.body.order_id]).toEqual([201, 201, first.body.order_id]);
    expect(again.body.address).toEqual(ADDRESS);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
  });
});
