import { beforeAll, describe, it } from "vitest";
import { get, post } from "../../support/http/requests.ts";
import { ADMIN, FULFILLMENTS, fulfillments, ship, splitOrder } from "../../support/orders/fulfillment.ts";
import { bodyOf, cancel, inStock, lineOf, ORDERS, placed, read } from "../../support/orders/http.ts";
import { bundle } from "../../support/shop/shop.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(openShop);

/** What a list has of some orders, as `warehouse status`. */
async function listed(query: string, ...orderIds: string[]): Promise<string[]> {
  const { fulfillments: found } = await fulfillments(`limit=100&${query}`);
  return found.filter(({ order_id: id }) => orderIds.includes(id)).map(({ warehouse_id: at, status }) => `${at} ${status}`);
}

async function sold() {
  const [rice, dal] = [await inStock({ BLR: 2, MUM: 2 }), await inStock({ BLR: 4 })];
  return { rice, dal, orderId: await splitOrder(rice, dal) };
}

describe("GET /api/v1/fulfillments", () => {
  it("has an entry for each warehouse that supplies an order, with its own lines", async ({ expect }) => {
    const { rice, dal, orderId } = await sold();

    const { fulfillments: found } = await fulfillments("limit=100");

    const [blr, mum] = found.filter(({ order_id: id }) => id === orderId);
    expect(blr).toEqual({
      fulfillment_id: `${orderId}.BLR`,
      order_id: orderId,
      warehouse_id: "BLR",
      status: "open",
      order_status: "PENDING",
      customer_name: "Asha",
      customer_email: null,
      customer_phone: null,
      delivery_address: null,
      address: null,
      postal_code: "560034",
      country: "IN",
      delivery_method: "curbside",
      notes: null,
      ordered_at: expect.any(String),
      promised_at: expect.any(String),
      lines: [lineFor(1, rice, { quantity: 2 }), lineFor(2, dal, { quantity: 1 })],
    });
    expect(mum).toMatchObject({ warehouse_id: "MUM", lines: [lineFor(1, rice, { quantity: 1 })] });
  });

  it("shows each warehouse how far it has come, whatever the others have shipped", async ({ expect }) => {
    const { orderId } = await sold();
    await ship(orderId, "BLR", { items: [{ line_no: 1, quantity: 1 }] });
    const afterPart = await listed("", orderId);
    await ship(orderId, "BLR");

    expect(afterPart).toEqual(["BLR partial", "MUM open"]);
    expect(await listed("", orderId)).toEqual(["MUM open"]);
    expect(await listed("status=done", orderId)).toEqual(["BLR done"]);
    expect(await listed("warehouse_id=MUM&status=open", orderId)).toEqual(["MUM open"]);
    expect(await listed("warehouse_id=BLR", orderId)).toEqual([]);
    await ship(orderId, "MUM");
    expect(await listed("status=done", orderId)).toEqual(["MUM done", "BLR done"]);
    expect(await listed("", orderId)).toEqual([]);
  });

  it("has an order from the moment it is paid or cash on delivery, until it is cancelled", async ({ expect }) => {
    const rice = await inStock({ BLR: 5 });
    const cash = await placed(bodyOf([rice]));
    const card = await placed(bodyOf([rice], { payment_method: "card" }));
    const before = await listed("", cash.order_id, card.order_id);
    await post(
      `${ORDERS}/${card.order_id}/payment/confirm`,
      { payment_reference: `UTR-${card.order_id}`, amount: Number(card["total"]), currency: "INR" },
      ADMIN,
    );
    const paid = await listed("", card.order_id);
    await cancel(cash.order_id, ADMIN);

    expect([before, paid, await listed("", cash.order_id)]).toEqual([["BLR open"], ["BLR open"], []]);
    expect(await listed("status=done", cash.order_id)).toEqual([]);
  });

  it("names the components of a bundle, which are what is picked", async ({ expect }) => {
    const [pole, sheet] = [await inStock({ BLR: 9 }, { name: "Pole" }), await inStock({ BLR: 9 }, { name: "Sheet" })];
    const { productId: tent } = await bundle([{ productId: pole, quantity: 3 }, { productId: sheet }]);
    const { order_id: orderId } = await placed(bodyOf([lineOf(tent, 2)]));

    const { fulfillments: found } = await fulfillments("limit=100");

    const lines = found.find(({ order_id: id }) => id === orderId)?.lines ?? [];
    expect(new Set(lines.map(({ line_no: lineNo, sku, name, quantity }) => `${lineNo} ${sku} ${name} ${quantity}`))).toEqual(
      new Set([`1 SKU-${pole} Pole 6`, `1 SKU-${sheet} Sheet 2`]),
    );
  });

  it("filters by delivery method, and pages without leaving any out or showing one twice", async ({ expect }) => {
    const rice = await inStock({ BLR: 50 });
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1)
      ids.push((await placed(bodyOf([rice], { delivery_method: "in_door", postal_code: "560034" }))).order_id);
    await ship(ids[0] ?? "", "BLR");

    for (const [status, expected] of [
      ["", ids.slice(1)],
      ["&status=done", ids.slice(0, 1)],
    ] as const) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const more: string = cursor === null ? "" : `&cursor=${cursor}`;
        const page = await fulfillments(`warehouse_id=BLR&delivery_method=in_door&limit=2${status}${more}`);
        expect(page.fulfillments.every((each) => each["delivery_method"] === "in_door")).toBe(true);
        seen.push(...page.fulfillments.map(({ order_id: id }) => id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(seen.filter((id) => ids.includes(id))).toEqual(expected);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it("refuses a status or a cursor that it does not have", async ({ expect }) => {
    const answers = [await get(`${FULFILLMENTS}?status=packed`, ADMIN), await get(`${FULFILLMENTS}?cursor=x`, ADMIN)];

    expect(answers.map(({ status }) => status)).toEqual([422, 422]);
  });
});

describe("GET /api/v1/fulfillments/pick-list", () => {
  interface Picks {
    order_count: number;
    has_more: boolean;
    items: { sku: string; variant_id: string; quantity: number; orders: { order_id: string; quantity: number }[] }[];
  }
  const picks = async (query: string) => (await read<Picks>(await get(`${FULFILLMENTS}/pick-list?${query}`, ADMIN))).body;

  it("sums what is left by variant, with the orders that want it, oldest first", async ({ expect }) => {
    const rice = await inStock({ DEL: 50 });
    const first = await placed(bodyOf([lineOf(rice, 3)], { postal_code: "110001" }));
    const second = await placed(bodyOf([lineOf(rice, 2)], { postal_code: "110001" }));
    await ship(first.order_id, "DEL", { items: [{ line_no: 1, quantity: 1 }] });

    const list = await picks("warehouse_id=DEL");

    expect(list.items.find(({ variant_id: id }) => id === rice)).toMatchObject({
      sku: `SKU-${rice}`,
      quantity: 4,
      orders: [
        { order_id: first.order_id, quantity: 2 },
        { order_id: second.order_id, quantity: 2 },
      ],
    });
    expect(list.items.map(({ sku }) => sku)).toEqual(list.items.map(({ sku }) => sku).toSorted());
  });

  it("takes the oldest orders up to a limit, and says that more wait", async ({ expect }) => {
    const all = await picks("warehouse_id=DEL");
    const one = await picks("warehouse_id=DEL&limit=1");

    expect([all.order_count > 1, all.has_more, one.order_count, one.has_more]).toEqual([true, false, 1, true]);
  });

  it("is a CSV file for a printer or a spreadsheet", async ({ expect }) => {
    const answer = await get(`${FULFILLMENTS}/pick-list?warehouse_id=DEL`, { ...ADMIN, headers: { Accept: "text/csv" } });

    const lines = (await answer.text()).split("\r\n");
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, expect.stringContaining("text/csv")]);
    expect(lines[0]).toBe("sku,barcode,name,quantity,product_id,variant_id,orders");
    expect(lines[1]).toMatch(/^SKU-.*,4,.*ORD\w+×2 ORD\w+×2$/);
  });

  it("needs a warehouse", async ({ expect }) => {
    expect((await get(`${FULFILLMENTS}/pick-list`, ADMIN)).status).toBe(422);
  });
});

function lineFor(lineNo: number, productId: string, more: Record<string, unknown>) {
  return {
    line_no: lineNo,
    product_id: productId,
    variant_id: productId,
    sku: `SKU-${productId}`,
    barcode: null,
    name: "Basmati Rice 1kg",
    shipped: 0,
    cancelled: 0,
    short: 0,
    ...more,
  };
}
