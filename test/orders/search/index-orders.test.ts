import { beforeAll, beforeEach, describe, type ExpectStatic, it } from "vitest";
import { indexOrders } from "../../../src/orders/search/index-orders.ts";
import { atD1, FAULTS, faultyWorker } from "../../support/faults.ts";
import { patch } from "../../support/http/requests.ts";
import { find, findAll, index, type WrittenOrder, writeOrders } from "../../support/orders/found.ts";
import { ship } from "../../support/orders/fulfillment.ts";
import { bodyOf, inStock, lineOf, ORDERS, placed } from "../../support/orders/http.ts";
import { createRandom } from "../../support/random.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";
import { openShop } from "../../support/shop/warehouses.ts";

const ADMIN = { admin: true } as const;
const SECOND = 1_000;

beforeAll(openShop);
beforeEach(async () => {
  await sqlInD1("DELETE FROM order_texts");
  await sqlInD1("DELETE FROM order_text_changes");
  await sqlInD1("DELETE FROM orders");
});

const id = (n: number) => `ORD${String(n).padStart(26, "0")}`;

/** Orders of one second each, of a customer with the number in the name. */
function numbered(from: number, to: number, more: Partial<WrittenOrder> = {}): WrittenOrder[] {
  return Array.from({ length: to - from }, (_, at) => ({
    id: id(from + at),
    atMs: (from + at) * SECOND,
    name: `No${from + at}`,
    ...more,
  }));
}

const texts = () => sqlInD1<{ order_id: string; row_no: number }>("SELECT order_id, row_no FROM order_texts ORDER BY row_no");
const changes = () => sqlInD1<{ order_id: string }>("SELECT order_id FROM order_text_changes ORDER BY created_at_ms, order_id");

/** Every order is found, whether it is indexed, or waits for it; those between the ends are on one of the two lists. */
async function expectComplete(expect: ExpectStatic, orders: number): Promise<void> {
  const lost = await sqlInD1(`
    SELECT o.order_id FROM orders o
    WHERE o.created_at_ms >= (SELECT min(created_at_ms) FROM order_texts) AND o.created_at_ms <= (SELECT max(created_at_ms) FROM order_texts)
      AND o.order_id NOT IN (SELECT order_id FROM order_texts) AND o.order_id NOT IN (SELECT order_id FROM order_text_changes)`);
  expect(lost).toEqual([]);
  const listed = await texts();
  expect(listed.map(({ order_id: orderId }) => orderId)).toEqual(listed.map(({ order_id: orderId }) => orderId).toSorted());
  expect((await findAll("no", "&limit=100")).ids).toEqual(
    numbered(0, orders)
      .map(({ id: orderId }) => orderId)
      .toReversed(),
  );
}

describe("the index of orders", () => {
  it("takes a limited number at a time, the newest first, and goes on with newer ones meanwhile", async ({ expect }) => {
    await writeOrders(numbered(0, 1_600));

    await index();
    const first = await texts();
    await writeOrders(numbered(1_600, 1_610));
    await index();

    expect(first.length).toBe(1_000);
    expect(first.map(({ order_id: orderId }) => orderId)).toEqual(numbered(600, 1_600).map(({ id: orderId }) => orderId));
    expect(await texts()).toHaveLength(1_610);
    await expectComplete(expect, 1_610);
  });

  it("leaves the orders of the last minute to be compared", async ({ expect }) => {
    const nowMs = Date.now();
    await writeOrders([
      { id: id(1), atMs: nowMs - 70 * SECOND, name: "No1" },
      { id: id(2), atMs: nowMs - 10 * SECOND, name: "No2" },
    ]);

    await index(2);

    expect(await texts()).toMatchObject([{ order_id: id(1) }]);
    expect((await findAll("no")).ids).toEqual([id(2), id(1)]);
  });

  it("finds an order that was recorded after later ones were indexed, at its place", async ({ expect }) => {
    await writeOrders(numbered(0, 20).filter((_, at) => at !== 7));
    await index();

    await writeOrders(numbered(7, 8));
    expect(await changes()).toEqual([{ order_id: id(7) }]);
    await index();

    await expectComplete(expect, 20);
    expect((await find("no7")).body.orders).toMatchObject([{ order_id: id(7) }]);
  });

  it("lists an order that is recorded between others after the cron has read them and before it indexes them", async ({
    expect,
  }) => {
    await writeOrders(numbered(0, 10).filter((_, at) => at !== 4));
    const between = atD1("index orders");
    const worker = faultyWorker(
      () => "none",
      async (call) => {
        if (between(call)) await writeOrders(numbered(4, 5));
      },
    );

    await indexOrders(worker.deps);

    expect(await changes()).toEqual([{ order_id: id(4) }]);
    await expectComplete(expect, 10);
  });

  it("runs twice at once, and indexes each order once", async ({ expect }) => {
    await writeOrders(numbered(0, 30));

    await Promise.all([index(), index(), index()]);

    expect(await texts()).toHaveLength(30);
    await expectComplete(expect, 30);
  });

  it.for(FAULTS)("is whole after the cron died or heard nothing (%s) as it found or wrote orders", async (fault, { expect }) => {
    await writeOrders(numbered(0, 12));
    for (const [at, batch] of ["find unindexed orders", "index orders"].entries()) {
      const worker = faultyWorker((call) => (atD1(batch)(call) ? fault : "none"));
      await Promise.race([worker.died, indexOrders(worker.deps).catch(() => undefined)]);
      await sqlInD1(
        "UPDATE orders SET customer_name = 'No' || CAST(substr(order_id, 4) AS INTEGER) || ' again' WHERE created_at_ms = ?",
        3 * SECOND,
      );
      await writeOrders(numbered(12 + at, 13 + at));
      await index();
    }

    await expectComplete(expect, 14);
    expect(await texts()).toHaveLength(14);
    expect((await findAll("again")).ids).toEqual([id(3)]);
    expect(await changes()).toEqual([]);
  });

  it("misses none whatever comes while it runs, in any order", async ({ expect }) => {
    const random = createRandom(14);
    const late = numbered(0, 60).filter(() => random.chance(0.2));
    const inTime = numbered(0, 60).filter(({ id: orderId }) => !late.some((each) => each.id === orderId));
    await writeOrders(inTime.slice(0, 20));
    const waves = [inTime.slice(20), ...late.map((order) => [order])];

    await Promise.all([...waves.map((wave) => writeOrders(wave)), ...Array.from({ length: 6 }, () => index())]);
    await index();

    expect(await sqlInD1("SELECT count(*) AS orders FROM orders")).toEqual([{ orders: 60 }]);
    await expectComplete(expect, 60);
  });
});

describe("an order that is indexed", () => {
  async function indexed() {
    const rice = await inStock(5);
    const { order_id: orderId } = await placed(
      bodyOf([lineOf(rice, 1)], { customer_name: "Kavya", customer_email: "kavya@example.com" }),
    );
    await sqlInD1("UPDATE orders SET created_at_ms = created_at_ms - 120000 WHERE order_id = ?", orderId);
    await index();
    return { orderId, rice };
  }

  it("is found by its new name, e-mail address and phone at once, and no more by the old ones", async ({ expect }) => {
    const { orderId } = await indexed();
    expect((await find("kavya")).body.orders).toHaveLength(1);

    await patch(
      `${ORDERS}/${orderId}`,
      { customer_name: "Divya", customer_email: "d@example.com", customer_phone: "98450 55555" },
      ADMIN,
    );
    const found = async () =>
      Promise.all(["divya", "d@example", "9845055555", "kavya"].map(async (q) => (await findAll(q)).ids.length));

    expect(await found()).toEqual([1, 1, 1, 0]);
    await index();
    expect([await found(), await changes()]).toEqual([[1, 1, 1, 0], []]);
    expect(await sqlInD1("SELECT rowid FROM orders_search WHERE orders_search MATCH '\"kav\"'")).toEqual([]);
  });

  it("is found by the tracking number of a shipment at once, whichever release writes it", async ({ expect }) => {
    const { orderId } = await indexed();

    await ship(orderId, "BLR", { tracking_number: "AWB 123-456" });
    expect((await findAll("awb123456")).ids).toEqual([orderId]);
    await index();
    expect([(await findAll("AWB 123456")).ids, await changes()]).toEqual([[orderId], []]);
    await sqlInD1("UPDATE shipments SET tracking_number = 'DHL-9' WHERE order_id = ?", orderId);
    expect([(await findAll("AWB 123456")).ids, (await findAll("dhl9")).ids]).toEqual([[], [orderId]]);
  });

  it("is found by the SKU of its line", async ({ expect }) => {
    const { orderId } = await indexed();
    const [item] = await sqlInD1<{ sku: string }>("SELECT sku FROM order_items WHERE order_id = ?", orderId);

    expect((await findAll(item?.sku.toLowerCase() ?? "")).ids).toEqual([orderId]);
  });
});
