import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, it, vi } from "vitest";
import { silenceD1 } from "../../support/d1-faults.ts";
import { get, patch, post } from "../../support/http/requests.ts";
import { bundle, demoWarehouses, newId, product } from "../../support/shop/shop.ts";
import { adjustment, newStock, projectionOf, runAlarm, sqlInD1, stockOf } from "../../support/stock/stock.ts";
import { move } from "../../support/stock/inventory.ts";

// What staff write is in lists, sums and alerts when they are answered (F4): no alarm runs in these tests but where one is named.

beforeAll(demoWarehouses);
afterEach(() => vi.restoreAllMocks());

const ADMIN = { admin: true };

async function ask<T>(path: string): Promise<T> {
  const response = await get(`/api/v1/${path}`, ADMIN);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** What the inventory list, the shop's list and the list of low stock say of a product, and its open alerts. */
async function shownOf(productId: string) {
  const { products } = await ask<{ products: Record<string, unknown>[] }>(`inventory/products?q=${productId}`);
  const shop = await ask<{ products: Record<string, unknown>[] }>(`products?q=${productId}`);
  const low = await ask<{ low_stock_products: { product_id: string }[] }>("inventory/products/low-stock?limit=100");
  const { alerts } = await ask<{ alerts: { kind: string }[] }>(`alerts?subject=${productId}&status=open`);
  const row = products.find((each) => each.product_id === productId);
  return {
    stock: [row?.current_stock, row?.on_hand, row?.stock_status],
    shop: shop.products.find((each) => each.product_id === productId)?.current_stock,
    isLow: low.low_stock_products.some((each) => each.product_id === productId),
    alerts: alerts.map(({ kind }) => kind).toSorted(),
  };
}

/** Makes a product by staff, with units and a minimum. */
async function made(units: number, minimum: number, more: object = {}): Promise<string> {
  const productId = newId("seen");
  const body = { product_id: productId, name: "Rice", price: 10, current_stock: units, min_stock_level: minimum, ...more };
  const response = await post("/api/v1/inventory/products", body, ADMIN);
  if (response.status !== 201) throw new Error(await response.text());
  return productId;
}

const FULL = { isLow: false, alerts: [] };

describe("lists show in the next request", () => {
  it("a product created with 8 units and a minimum of 5, which never was low", async ({ expect }) => {
    const productId = await made(8, 5);

    expect(await shownOf(productId)).toEqual({ stock: [8, 8, "in_stock"], shop: 8, ...FULL });
    expect(await sqlInD1("SELECT kind FROM alerts WHERE subject = ?", productId)).toEqual([]);
  });

  it("an adjustment, a count and a write-off, with the alerts that they open and close", async ({ expect }) => {
    const productId = await made(8, 5);
    await move(productId, { quantity: 3, movement_type: "out", reason: "shop window" });
    expect(await shownOf(productId)).toEqual({ stock: [5, 5, "low_stock"], shop: 5, isLow: true, alerts: ["low_stock"] });

    const place = { product_id: productId, warehouse_id: "BLR" };
    await post("/api/v1/inventory/counts", { ...place, counted: 6, expected_on_hand: 5 }, ADMIN);
    expect(await shownOf(productId)).toEqual({ stock: [6, 6, "in_stock"], shop: 6, ...FULL });

    await post("/api/v1/inventory/damage", { ...place, quantity: 6, reason: "flood" }, ADMIN);
    expect(await shownOf(productId)).toEqual({
      stock: [0, 0, "out_of_stock"],
      shop: 0,
      isLow: true,
      alerts: ["low_stock", "out_of_stock"],
    });
  });

  it("the movement and its entry of the audit log", async ({ expect }) => {
    const productId = await made(8, 5);

    const { movements } = await ask<{ movements: { kind: string }[] }>(`inventory/products/${productId}/movements`);
    const { entries } = await ask<{ entries: { action: string }[] }>(`audit-log?record_type=product&record_id=${productId}`);

    expect(movements.map(({ kind }) => kind)).toEqual(["receive"]);
    expect(entries.map(({ action }) => action)).toEqual(["stock.receive", "product.create"]);
  });

  it("a transfer that left, and its receipt", async ({ expect }) => {
    const [one, other] = [await made(8, 5), await made(8, 5)];
    const items = [one, other].map((productId) => ({ product_id: productId, quantity: 4 }));
    const sent = await post("/api/v1/inventory/transfers", { from_warehouse_id: "BLR", to_warehouse_id: "MUM", items }, ADMIN);
    const { transfer_id: id } = await sent.json<{ transfer_id: string }>();
    for (const productId of [one, other]) {
      expect(await shownOf(productId)).toMatchObject({ stock: [4, 4, "low_stock"], isLow: true, alerts: ["low_stock"] });
    }

    const received = await post(`/api/v1/inventory/transfers/${id}/receipts`, { items }, ADMIN);

    expect([sent.status, received.status]).toEqual([201, 200]);
    for (const productId of [one, other]) expect(await shownOf(productId)).toMatchObject({ stock: [8, 8, "in_stock"], ...FULL });
  });

  it("a changed minimum, an archived product, a new bundle and its changed minimum, and the variants of a new product", async ({
    expect,
  }) => {
    const productId = await made(8, 5);
    const change = (id: string, body: object) => patch(`/api/v1/products/${id}`, body, ADMIN);
    await change(productId, { min_stock_level: 8 });
    expect(await shownOf(productId)).toMatchObject({ isLow: true, alerts: ["low_stock"] });
    const { productId: set } = await bundle([{ productId, quantity: 3 }]);
    expect(await shownOf(set)).toMatchObject({ stock: [2, 0, "in_stock"], ...FULL });
    await change(set, { min_stock_level: 2 });
    expect(await shownOf(set)).toMatchObject({ isLow: true, alerts: ["low_stock"] });
    await change(productId, { status: "archived" });
    expect(await shownOf(productId)).toMatchObject({ stock: [undefined, undefined, undefined], ...FULL });
    const sizes = ["S", "M"].map((name) => ({ variant_id: newId(name), sku: newId(name) }));
    const { productId: shirt } = await product({ variants: sizes });

    const { products } = await ask<{ products: { variants: object[] }[] }>(`inventory/products?q=${shirt}`);

    expect(products[0]?.variants).toHaveLength(2);
  });
});

describe("an object that is asked to tell D1 first", () => {
  it("answers all the same where D1 does not take it, and its alarm tells it later", async ({ expect }) => {
    const { productId, stock } = newStock();
    const endSilence = silenceD1();

    const answer = await stock.adjust(adjustment("receive", 5, { flushFirst: true }));

    expect(answer).toMatchObject({ outcome: "moved" });
    endSilence();
    expect(await projectionOf(productId)).toEqual([]);
    await runAlarm(productId);
    expect(await projectionOf(productId)).toEqual(await stock.levels());
  });

  it("tells it for the repeat of a change whose first attempt was not told, and tells nothing twice", async ({ expect }) => {
    const { productId, stock } = newStock();
    const change = adjustment("receive", 5);
    await stock.adjust(change);

    const repeated = await stock.adjust({ ...change, flushFirst: true });
    const batch = vi.spyOn(env.DB, "batch");
    await stock.adjust({ ...change, flushFirst: true });

    expect(repeated).toMatchObject({ outcome: "moved", replayed: true });
    expect(await projectionOf(productId)).toEqual(await stock.levels());
    expect(batch).not.toHaveBeenCalled();
  });

  it("tells simultaneous changes in two flushes at most, and each caller after its own", async ({ expect }) => {
    const { productId } = newStock();
    const batch = vi.spyOn(env.DB, "batch");

    const seen = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        await stockOf(productId).adjust(adjustment("receive", 1, { flushFirst: true, variantId: `v${index}` }));
        return (await projectionOf(productId)).some(({ variantId }) => variantId === `v${index}`);
      }),
    );

    expect(seen).toEqual(Array.from({ length: 8 }, () => true));
    expect(batch.mock.calls.length).toBeLessThanOrEqual(2);
  });
});
