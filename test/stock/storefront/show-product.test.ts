import { beforeAll, describe, it } from "vitest";
import { get, post } from "../../support/http/requests.ts";
import { archive, demoWarehouses, bundle, flush, newId, product, receive, stockedProduct } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

const ADMIN = { admin: true };

function show(productId: string, query = "", options = {}): Promise<Response> {
  return get(`/api/v1/products/${productId}${query}`, options);
}

/** A product with units in BLR and MUM, flushed to the projection. */
async function knownProduct(inBlr: number, inMum: number): Promise<{ productId: string }> {
  const made = await stockedProduct(inBlr);
  await receive(made.productId, inMum, { warehouseId: "MUM" });
  await flush(made.productId);
  return made;
}

describe("a product's page", () => {
  it("shows the product and the units that one order could get", async ({ expect }) => {
    const { productId } = await knownProduct(5, 2);

    const response = await show(productId);

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      product_id: productId,
      name: "Basmati Rice 1kg",
      price: 150,
      currency: "INR",
      status: "active",
      variants: [{ variant_id: productId, sku: `SKU-${productId}` }],
      availability: {
        current_stock: 7,
        in_stock: true,
        components: [],
        ranked_by: "default",
        variants: [{ variant_id: productId, current_stock: 7 }],
        location: { source: "unknown", postal_code: null },
      },
    });
  });

  it("takes one hop, also for a bundle", async ({ expect }) => {
    const { productId } = await bundle([await product(), await product()]);

    const response = await show(productId);

    expect(response.headers.get("Server-Timing")).toContain(`hops;desc="1"`);
  });

  it("shows when its stock figures were written", async ({ expect }) => {
    const before = new Date().toISOString();
    const { productId } = await knownProduct(5, 2);
    const after = new Date().toISOString();

    const { availability } = await (await show(productId)).json<{ availability: { as_of: string } }>();

    expect(availability.as_of >= before && availability.as_of <= after).toBe(true);
  });

  it("has no stock if no object has written any", async ({ expect }) => {
    const { productId } = await product();

    const response = await show(productId);

    expect(await response.json()).toMatchObject({ availability: { current_stock: 0, in_stock: false } });
  });

  it("shows levels, cost and supplier only to admins", async ({ expect }) => {
    const { productId } = await product({ cost_price: 118, supplier_name: "Saltwind" });
    await receive(productId, 5);
    await flush(productId);

    const guest = await (await show(productId)).text();
    const admin = await show(productId, "", ADMIN);

    for (const word of ["cost_price", "supplier", "on_hand", "allocated", "by_warehouse"]) expect(guest).not.toContain(word);
    const units = { on_hand: 5, reserved: 0, allocated: 0 };
    expect(await admin.json()).toMatchObject({
      cost_price: 118,
      supplier_name: "Saltwind",
      availability: {
        variants: [{ ...units, current_stock: 5, by_warehouse: [{ warehouse_id: "BLR", ...units, available: 5 }] }],
      },
    });
  });

  it("is ranked by the postal code if one is given", async ({ expect }) => {
    const { productId } = await product();

    const known = await show(productId, "?postal_code=400050");
    const alike = await show(productId, "?postal_code=400051&country=in");
    const unknown = await show(productId, "?postal_code=999999");

    expect(await known.json()).toMatchObject({ availability: { ranked_by: "distance", location: { source: "postal_code" } } });
    expect(await alike.json()).toMatchObject({ availability: { location: { source: "postal_code_prefix", matched: "40005" } } });
    expect(await unknown.json()).toMatchObject({ availability: { ranked_by: "default", location: { source: "unknown" } } });
  });

  it("is ranked by the edge's estimate of the client's location", async ({ expect }) => {
    const { productId } = await product();

    const response = await show(productId, "", { cf: { latitude: "19.07", longitude: "72.88", country: "IN" } });

    expect(await response.json()).toMatchObject({ availability: { ranked_by: "edge_location", location: { source: "edge" } } });
  });

  it("counts only warehouses that ship to the country", async ({ expect }) => {
    const abroad = {
      warehouse_id: "CMB",
      name: "Colombo",
      country: "LK",
      postal_code: "00100",
      latitude: 6.93,
      longitude: 79.85,
    };
    await post("/api/v1/warehouses", abroad, ADMIN);
    const { productId } = await stockedProduct(5);
    await receive(productId, 2, { warehouseId: "CMB" });
    await flush(productId);

    expect(await (await show(productId)).json()).toMatchObject({ availability: { current_stock: 5 } });
    expect(await (await show(productId, "?country=LK")).json()).toMatchObject({ availability: { current_stock: 2 } });
    expect((await show(productId, "?country=FR")).status).toBe(422);
  });

  it("adds up the stock of its variants, without archived ones", async ({ expect }) => {
    const id = newId();
    const [small, large, old] = ["s", "l", "o"].map((size) => ({ variant_id: `${id}-${size}`, sku: `${id}-${size}` }));
    await product({ product_id: id, variants: [small, large, { ...old, status: "archived" }] });
    await receive(id, 3, { variantId: `${id}-s` });
    await receive(id, 4, { variantId: `${id}-l` });
    await receive(id, 9, { variantId: `${id}-o` });
    await flush(id);

    const response = await show(id);

    expect(await response.json()).toMatchObject({
      availability: {
        current_stock: 7,
        variants: [
          { variant_id: `${id}-s`, current_stock: 3 },
          { variant_id: `${id}-l`, current_stock: 4 },
          { variant_id: `${id}-o`, current_stock: 0 },
        ],
      },
    });
  });

  it("of an archived product is still shown, with nothing available", async ({ expect }) => {
    const { productId } = await stockedProduct(3);
    await archive(productId);

    const response = await show(productId);

    expect([response.status, await response.json()]).toMatchObject([
      200,
      { status: "archived", availability: { current_stock: 0 } },
    ]);
  });

  it("is 404 for an unknown product", async ({ expect }) => {
    const response = await show(newId());

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "not_found" });
  });

  it.for([
    ["product_id", "x".repeat(10_000)],
    ["product_id", "%27%20OR%201=1"],
    ["postal_code", "x?postal_code=%3Cscript%3E"],
    ["country", "x?country=IND"],
  ] as const)("is refused for a bad %s", async ([field, path], { expect }) => {
    const response = await show(path);

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field }] });
  });
});
