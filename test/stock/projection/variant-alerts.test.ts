import { beforeEach, describe, it } from "vitest";
import { alertsOf, change } from "../../support/stock/alerts.ts";
import { alertsOfVariant, changeVariant, moveVariant, productOf } from "../../support/stock/variants.ts";
import { sqlInD1, stopTime } from "../../support/stock/stock.ts";

beforeEach(stopTime);

describe("the alerts of a variant", () => {
  it("say that size M is sold out while size S is full", async ({ expect }) => {
    const productId = await productOf([
      { id: "M", units: 1 },
      { id: "S", units: 90 },
    ]);

    await moveVariant(productId, "M", -1);

    expect(await alertsOfVariant(productId, "M")).toEqual(["out_of_stock open"]);
    expect(await alertsOfVariant(productId, "S")).toEqual([]);
    expect(await alertsOf(productId)).toEqual([]);
    const [alert] = await sqlInD1<{ details: string }>(
      "SELECT details FROM alerts WHERE subject = ?",
      `${productId}/${productId}-M`,
    );
    expect(JSON.parse(alert?.details ?? "")).toEqual({
      product_id: productId,
      variant_id: `${productId}-M`,
      name: "Shirt",
      variant_name: "Size M",
      sku: `SKU-${productId}-M`,
      current_stock: 0,
      min_stock_level: null,
      stock_status: "out_of_stock",
    });
  });

  it("open once at its own minimum and at zero, close above, and are raised again after that", async ({ expect }) => {
    const productId = await productOf([
      { id: "M", units: 5, min: 3 },
      { id: "S", units: 9 },
    ]);
    await moveVariant(productId, "M", -2);
    await moveVariant(productId, "M", -1);
    expect(await alertsOfVariant(productId, "M")).toEqual(["low_stock open"]);
    await moveVariant(productId, "M", -2);
    expect(await alertsOfVariant(productId, "M")).toEqual(["low_stock open", "out_of_stock open"]);

    await moveVariant(productId, "M", 9);
    expect(await alertsOfVariant(productId, "M")).toEqual(["low_stock closed", "out_of_stock closed"]);
    await moveVariant(productId, "M", -9);

    expect((await alertsOfVariant(productId, "M")).filter((each) => each.endsWith("open"))).toEqual([
      "low_stock open",
      "out_of_stock open",
    ]);
  });

  it("are beside those of the product, whose minimum is about the sum", async ({ expect }) => {
    const productId = await productOf(
      [
        { id: "M", units: 5 },
        { id: "S", units: 5 },
      ],
      { min: 6 },
    );
    expect(await alertsOf(productId)).toEqual([]);

    await moveVariant(productId, "M", -4);
    expect([await alertsOf(productId), await alertsOfVariant(productId, "M")]).toEqual([["low_stock open"], []]);
    await moveVariant(productId, "M", -1);
    await moveVariant(productId, "S", -5);

    expect(await alertsOf(productId)).toEqual(["low_stock open", "out_of_stock open"]);
    expect(await alertsOfVariant(productId, "M")).toEqual(["out_of_stock open"]);
    expect(await alertsOfVariant(productId, "S")).toEqual(["out_of_stock open"]);
  });

  it("close when the variant or its product is archived, and never open for a variant that never had units", async ({
    expect,
  }) => {
    const productId = await productOf([{ id: "L" }, { id: "M", units: 1 }, { id: "S", units: 1 }]);
    await moveVariant(productId, "M", -1);
    await moveVariant(productId, "S", -1);
    expect(await alertsOfVariant(productId, "L")).toEqual([]);

    await changeVariant(productId, "M", "status", "archived");
    expect([await alertsOfVariant(productId, "M"), await alertsOfVariant(productId, "S")]).toEqual([
      ["out_of_stock closed"],
      ["out_of_stock open"],
    ]);
    await change(productId, "status", "archived");

    expect(await alertsOfVariant(productId, "S")).toEqual(["out_of_stock closed"]);
  });

  it("are told to webhooks as events of their own, so that those of products mean the whole product as before", async ({
    expect,
  }) => {
    await sqlInD1(
      `INSERT INTO webhook_endpoints (endpoint_id, url, events, status, secret_no, created_at_ms, updated_at_ms)
       VALUES ('variants', 'https://example.test', '["stock.low","stock.out","stock.back","stock.variant_low","stock.variant_out","stock.variant_back"]',
         'active', 1, 0, 0)`,
    );
    const productId = await productOf([
      { id: "M", units: 3, min: 2 },
      { id: "S", units: 9 },
    ]);
    await moveVariant(productId, "M", -1);
    await moveVariant(productId, "M", -2);
    await moveVariant(productId, "M", 1);

    const rows = await sqlInD1<{ payload: string }>(
      "SELECT payload FROM webhook_deliveries WHERE endpoint_id = 'variants' ORDER BY created_at_ms, event_type",
    );

    const events = rows.map(({ payload }) => JSON.parse(payload) as { type: string; data: Record<string, unknown> });
    expect(events.map(({ type, data }) => [type, data.variant_id, data.current_stock])).toEqual([
      ["stock.variant_low", `${productId}-M`, 2],
      ["stock.variant_out", `${productId}-M`, 0],
      ["stock.variant_back", `${productId}-M`, 1],
    ]);
  });
});
