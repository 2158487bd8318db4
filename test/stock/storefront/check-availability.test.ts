import { beforeAll, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import { get, post } from "../../support/http/requests.ts";
import { archive, bundle, demoWarehouses, newId, product, receive, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

function ask(productId: string, quantity: unknown, query = ""): Promise<Response> {
  return get(`/api/v1/inventory/products/${productId}/availability/${String(quantity)}${query}`);
}

describe("availability", () => {
  it("shows what one order could get now, without waiting for the projection", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    await receive(productId, 2, { warehouseId: "MUM" });

    const enough = await ask(productId, 7);
    const tooMany = await ask(productId, 8);

    expect(enough.status).toBe(200);
    expect(await enough.json()).toEqual({
      product_id: productId,
      variant_id: productId,
      requested_quantity: 7,
      available: true,
      current_stock: 7,
      on_hand: 7,
      reserved: 0,
      allocated: 0,
      components: [],
      ranked_by: "default",
      location: { source: "unknown", postal_code: null, matched: null, latitude: null, longitude: null },
    });
    expect(await tooMany.json()).toMatchObject({ requested_quantity: 8, available: false, current_stock: 7 });
  });

  it("takes two hops", async ({ expect }) => {
    const { productId } = await bundle([await stockedProduct(1), await stockedProduct(1)]);

    const response = await ask(productId, 1);

    expect(response.headers.get("Server-Timing")).toContain(`hops;desc="2"`);
  });

  it("subtracts reserved units and shows them", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    await post("/api/v1/orders", { customer_name: "Asha", payment_method: "card", item: productId, quantity: 3 });

    const response = await ask(productId, 3);

    expect(await response.json()).toMatchObject({ available: false, current_stock: 2, on_hand: 5, reserved: 3, allocated: 0 });
  });

  it("is ranked by the postal code if one is given", async ({ expect }) => {
    const { productId } = await stockedProduct(1);

    const response = await ask(productId, 1, "?postal_code=400050&country=IN");

    expect(await response.json()).toMatchObject({
      ranked_by: "distance",
      location: { source: "postal_code", postal_code: "400050", matched: "400050" },
    });
  });

  it("counts only warehouses that ship to the country", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const abroad = {
      warehouse_id: "CMB",
      name: "Colombo",
      country: "LK",
      postal_code: "00100",
      latitude: 6.93,
      longitude: 79.85,
    };
    await post("/api/v1/warehouses", abroad, { admin: true });
    await receive(productId, 2, { warehouseId: "CMB" });

    const response = await ask(productId, 3, "?country=lk");

    expect(await response.json()).toMatchObject({ available: false, current_stock: 2, on_hand: 7 });
  });

  it("of a bundle is limited by its scarcest component", async ({ expect }) => {
    const [frame, slat] = [await stockedProduct(5), await stockedProduct(7)];
    const { productId } = await bundle([frame, { ...slat, quantity: 2 }]);

    const three = await ask(productId, 3);
    const four = await ask(productId, 4);

    expect(await three.json()).toMatchObject({
      available: true,
      current_stock: 3,
      on_hand: 0,
      reserved: 0,
      allocated: 0,
      components: [
        { product_id: frame.productId, quantity: 1, current_stock: 5, on_hand: 5 },
        { product_id: slat.productId, quantity: 2, current_stock: 7, on_hand: 7 },
      ],
    });
    expect(await four.json()).toMatchObject({ available: false });
  });

  it("of a bundle is none if a component is archived", async ({ expect }) => {
    const [frame, slat] = [await stockedProduct(5), await stockedProduct(7)];
    const { productId } = await bundle([frame, slat]);
    await archive(slat.productId);

    const response = await ask(productId, 1);

    expect(await response.json()).toMatchObject({ available: false, current_stock: 0 });
  });

  it("is per variant if the product has several", async ({ expect }) => {
    const id = newId();
    const variants = ["s", "l"].map((size) => ({ variant_id: `${id}-${size}`, sku: `${id}-${size}` }));
    const { productId } = await product({ product_id: id, variants });
    await receive(productId, 4, { variantId: `${id}-l` });

    const unnamed = await ask(productId, 1);
    const named = await ask(productId, 1, `?variant_id=${id}-l`);
    const empty = await ask(productId, 1, `?variant_id=${id}-s`);
    const foreign = await ask(productId, 1, "?variant_id=nobody");

    expect([unnamed.status, await unnamed.json()]).toMatchObject([422, { errors: [{ field: "variant_id" }] }]);
    expect(await named.json()).toMatchObject({ variant_id: `${id}-l`, available: true, current_stock: 4 });
    expect(await empty.json()).toMatchObject({ available: false, current_stock: 0 });
    expect([foreign.status, await foreign.json()]).toMatchObject([404, { code: "not_found" }]);
  });

  it("is 404 for an unknown and for an archived product", async ({ expect }) => {
    const { productId } = await stockedProduct(1);
    await archive(productId);

    for (const response of [await ask(newId(), 1), await ask(productId, 1)]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "not_found" });
    }
  });

  it.for([0, -1, 1.5, 10_001, "1e400", "1e3", "0x10", "ten", "%20"])(
    "is refused for the quantity %s",
    async (quantity, { expect }) => {
      const { productId } = await stockedProduct(1);

      const response = await ask(productId, quantity);

      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field: "quantity" }] });
    },
  );

  it.for([
    [`${"x".repeat(10_000)}/availability/1`, "product_id"],
    [`x/availability/1?variant_id=${"x".repeat(10_000)}`, "variant_id"],
    ["x/availability/1?postal_code=%3Cb%3E", "postal_code"],
    ["x/availability/1?country=India", "country"],
  ] as const)("is refused for a bad id, postal code or country: %$", async ([path, field], { expect }) => {
    const response = await get(`/api/v1/inventory/products/${path}`);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ field }] });
  });

  it("is refused for a country that no warehouse ships to", async ({ expect }) => {
    const { productId } = await stockedProduct(1);

    const response = await ask(productId, 1, "?country=FR");

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "country_not_served" });
  });

  it("is 503 while the object does not answer, with Retry-After", async ({ expect }) => {
    const { productId } = await stockedProduct(1);
    const overloaded = Object.assign(new Error("inner words"), { overloaded: true });
    const levels = vi.spyOn(StockCounter.prototype, "levels").mockRejectedValue(overloaded);

    const response = await ask(productId, 1);
    levels.mockRestore();

    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });
});
