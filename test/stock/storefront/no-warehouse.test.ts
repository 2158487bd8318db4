import { describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { product } from "../../support/shop/shop.ts";

describe("a shop without a warehouse", () => {
  it("shows its products with nothing available", async ({ expect }) => {
    const { productId } = await product();

    const page = await get(`/api/v1/products/${productId}`);
    const checked = await get(`/api/v1/inventory/products/${productId}/availability/1`);

    expect(await page.json()).toMatchObject({ availability: { current_stock: 0, ranked_by: "default" } });
    expect(await checked.json()).toMatchObject({ available: false, current_stock: 0 });
  });

  it("refuses a requested country", async ({ expect }) => {
    const { productId } = await product();

    const response = await get(`/api/v1/products/${productId}?country=IN`);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "country_not_served", errors: [{ field: "country" }] });
  });
});
