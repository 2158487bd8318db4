import { beforeAll, describe, it } from "vitest";
import { cartOf } from "../support/carts/carts.ts";
import { type AskOptions, get, patch, post, put } from "../support/http/requests.ts";
import { bodyOf, inStock, ORDERS, placed, read, show, unitsOf } from "../support/orders/http.ts";
import { importFile } from "../support/shop/bulk.ts";
import { openShop } from "../support/shop/warehouses.ts";

const ADMIN: AskOptions = { admin: true };

beforeAll(openShop);

/** What a request is refused for: `[422, field]`. */
async function refusal(answer: Promise<Response>): Promise<[number, string | undefined]> {
  const { status, body } = await read<{ errors?: { field: string }[] }>(await answer);
  return [status, body.errors?.[0]?.field];
}

describe("a member with a name that is not quite right is named, and nothing is done:", () => {
  it("a cancellation of one `item` does not cancel the order", async ({ expect }) => {
    const { order_id } = await placed(bodyOf([await inStock(5)]));

    const said = await refusal(post(`${ORDERS}/${order_id}/cancel`, { item: [{ line_no: 1, quantity: 1 }] }, ADMIN));

    expect(said).toEqual([422, "item"]);
    expect((await show(order_id, ADMIN)).body).toMatchObject({ status: "PENDING", items: [{ cancelled: 0 }] });
  });

  it("a `promo_code` at the checkout does not make an order at the full price", async ({ expect }) => {
    const rice = await inStock(5);
    const cart_id = await cartOf({ [rice]: 2 });

    const said = await refusal(post("/api/v1/checkout", { cart_id, customer_name: "Asha", promo_code: "DIWALI10" }));

    expect(said).toEqual([422, "promo_code"]);
    expect((await read<{ order_id: unknown }>(await get(`/api/v1/carts/${cart_id}`))).body.order_id).toBeNull();
  });

  it("a tax rate of a `region` does not become the country's", async ({ expect }) => {
    await put("/api/v1/tax-rates", { country: "CA", category: null, rate_bps: 500 }, ADMIN);

    const said = await refusal(put("/api/v1/tax-rates", { country: "CA", region: "QC", category: null, rate_bps: 1_498 }, ADMIN));
    const { tax_rates: rates } = await (await get("/api/v1/tax-rates")).json<{ tax_rates: object[] }>();

    expect(said).toEqual([422, "region"]);
    expect(rates).toContainEqual(expect.objectContaining({ country: "CA", rate_bps: 500 }));
  });

  it("a pricing rule of a `product` does not discount the whole shop", async ({ expect }) => {
    const rice = await inStock(1);
    const rule = { name: "Half", type: "bulk_quantity", min_quantity: 1, discount_type: "percent", discount_value: 50 };

    const said = await refusal(post("/api/v1/pricing-rules", { ...rule, product: rice }, ADMIN));

    expect(said).toEqual([422, "product"]);
    expect((await placed(bodyOf([rice]))).subtotal).toBe(150);
    expect((await placed(bodyOf([await inStock(1)]))).discount_total).toBe(0);
  });

  it("variants in an import do not lose a `price`, a `bar_code` or `stock`", async ({ expect }) => {
    const variants = JSON.stringify([
      { variant_id: "s", sku: crypto.randomUUID(), price: 90, bar_code: "4006381333931", stock: 4 },
    ]);
    const cell = `"${variants.replaceAll('"', '""')}"`;

    const { rows } = await importFile(`product_id,name,price,variants\n${crypto.randomUUID()},Shirt,100,${cell}\n`, "text/csv");

    expect(rows[0]).toMatchObject({ outcome: "refused" });
    expect(rows[0]?.errors.map(({ field }) => field)).toEqual(
      expect.arrayContaining(["variants[0].bar_code", "variants[0].stock"]),
    );
  });

  it("a change of status does not lose a `tracking_number`", async ({ expect }) => {
    const { order_id } = await placed(bodyOf([await inStock(5)]));

    const said = await refusal(put(`${ORDERS}/${order_id}`, { status: "PROCESSING", tracking_number: "BV1" }, ADMIN));

    expect(said).toEqual([422, "tracking_number"]);
    expect((await show(order_id, ADMIN)).body["status"]).toBe("PENDING");
  });

  it("a change of a product's `stock` is no change of its name", async ({ expect }) => {
    const rice = await inStock(3);

    const said = await refusal(patch(`/api/v1/products/${rice}`, { name: "Other", stock: 0 }, ADMIN));

    expect(said).toEqual([422, "stock"]);
    expect((await read<{ name: string }>(await get(`/api/v1/products/${rice}`))).body.name).toBe("Basmati Rice 1kg");
    expect(await unitsOf(rice)).toEqual({ BLR: [3, 0] });
  });
});
