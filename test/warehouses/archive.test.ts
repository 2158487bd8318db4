import { beforeAll, describe, it } from "vitest";
import { get, post } from "../support/http/requests.ts";
import { stocked } from "../support/orders/orders.ts";
import { opened, setStatus, statusOf } from "../support/shop/archive.ts";
import { demoWarehouses, flush, newId } from "../support/shop/shop.ts";
import { sqlInD1 } from "../support/stock/stock.ts";
import { receive, sendTransfer, transferBody } from "../support/stock/transfers.ts";

beforeAll(demoWarehouses);

const NOTHING = { on_hand: 0, reserved: 0, allocated: 0, open_transfers: 0, unshipped_orders: 0, pending_movements: 0 };

describe("archived warehouses", () => {
  it("are listed and read, and may be activated again", async ({ expect }) => {
    const warehouseId = await opened();

    const archived = await setStatus(warehouseId, "archived");
    const twice = await setStatus(warehouseId, "archived");
    const listed = await (await get("/api/v1/warehouses?status=archived")).json<{ warehouses: { warehouse_id: string }[] }>();
    const shown = await (await get(`/api/v1/warehouses/${warehouseId}`)).json();
    const active = await setStatus(warehouseId, "active");

    expect([archived.http, twice.http, active]).toMatchObject([200, 200, { http: 200, status: "active" }]);
    expect(listed.warehouses.map(({ warehouse_id: id }) => id)).toEqual([warehouseId]);
    expect(shown).toMatchObject({ warehouse_id: warehouseId, name: "Kolkata", status: "archived" });
    expect(await statusOf(warehouseId)).toBe("active");
  });

  it("are 404 where there is none, and 422 for a status that is none", async ({ expect }) => {
    expect(await (await get("/api/v1/warehouses/nothing")).json()).toMatchObject({ status: 404, code: "not_found" });
    expect(await (await get("/api/v1/warehouses?status=closed")).json()).toMatchObject({
      status: 422,
      code: "validation_failed",
    });
  });
});

describe("a warehouse that is not empty", () => {
  it("is not archived while units are there", async ({ expect }) => {
    const warehouseId = await opened();
    const productId = await stocked({ [warehouseId]: 7 });
    await flush(productId);

    const answer = await setStatus(warehouseId, "archived");

    const units = { on_hand: 7, reserved: 0, allocated: 0 };
    expect(answer).toMatchObject({ http: 409, code: "warehouse_not_empty", warehouse_id: warehouseId, ...NOTHING, ...units });
    expect(answer).toMatchObject({
      products: [{ product_id: productId, variant_id: productId, ...units }],
      transfers: [],
      orders: [],
    });
    expect(await statusOf(warehouseId)).toBe("active");
  });

  it("is not archived while an order is to leave it, even if the copy of its levels in D1 is gone", async ({ expect }) => {
    const warehouseId = await opened();
    const [here, elsewhere] = [await stocked({ [warehouseId]: 1 }), await stocked(1)];
    const items = [here, elsewhere].map((productId) => ({ product_id: productId, quantity: 1 }));
    const ordered = await post("/api/v1/orders", { items, customer_name: "Asha" });
    const { order_id: orderId } = await ordered.json<{ order_id: string }>();
    await sqlInD1("DELETE FROM stock_levels WHERE warehouse_id = ?", warehouseId);

    const answer = await setStatus(warehouseId, "archived");
    const shipped = await post(`/api/v1/orders/${orderId}/shipments`, { warehouse_id: warehouseId }, { admin: true });
    await flush(here);
    const after = await setStatus(warehouseId, "archived");

    expect(answer).toMatchObject({ http: 409, code: "warehouse_not_empty", ...NOTHING, unshipped_orders: 1, orders: [orderId] });
    expect(shipped.status).toBe(201);
    expect(after).toMatchObject({ http: 200, status: "archived" });
  });

  it.for(["from_warehouse_id", "to_warehouse_id"])("is not archived while a transfer has it as %s", async (end, { expect }) => {
    const warehouseId = await opened();
    const productId = await stocked(end === "from_warehouse_id" ? { [warehouseId]: 2 } : 2);
    const { body } = await sendTransfer(transferBody({ [productId]: 2 }, { [end]: warehouseId }));
    await flush(productId);

    const answer = await setStatus(warehouseId, "archived");
    await receive(body.transfer_id, { items: [{ product_id: productId, quantity: 2 }] });
    await flush(productId);
    const after = await setStatus(warehouseId, "archived");

    expect(answer).toMatchObject({ http: 409, ...NOTHING, open_transfers: 1, transfers: [body.transfer_id] });
    expect(after).toMatchObject(end === "from_warehouse_id" ? { http: 200 } : { http: 409, ...NOTHING, on_hand: 2 });
  });

  it.for([
    ["a receipt", "transfer_in", (warehouseId: string) => [{ productId: "p", variantId: "p", warehouseId, quantity: 1 }]],
    ["a refused transfer", "transfer_back", () => ["p"]],
    ["an order that 0.3.0 cancelled", "restock", () => ["p"]],
  ] as const)("is not archived while the units of %s are still to come", async ([, kind, lines], { expect }) => {
    const warehouseId = await opened();
    const id = newId("cause");
    const transfer = `INSERT INTO transfers (transfer_id, from_warehouse_id, to_warehouse_id, status, actor, request_id, dispatch_by_ms,
      created_at_ms, updated_at_ms) VALUES (?, ?, 'BLR', 'refused', 'admin', '', 0, 0, 0)`;
    await sqlInD1(transfer, id, warehouseId);
    await sqlInD1(
      "INSERT INTO order_allocations (order_id, line_no, variant_id, warehouse_id, product_id, quantity) VALUES (?, 1, 'p', ?, 'p', 1)",
      id,
      warehouseId,
    );
    await sqlInD1(
      "INSERT INTO stock_actions VALUES (?, ?, ?, ?, ?, 0, NULL)",
      newId("action"),
      id,
      id,
      kind,
      JSON.stringify(lines(warehouseId)),
    );

    const answer = await setStatus(warehouseId, "archived");
    await sqlInD1("DELETE FROM stock_actions WHERE order_id = ?", id);

    // What 0.3.0 wrote for a cancelled order has a second action, for an object that knows allocated units (migration 0006).
    expect(answer).toMatchObject({ http: 409, ...NOTHING, pending_movements: kind === "restock" ? 2 : 1 });
  });
});
