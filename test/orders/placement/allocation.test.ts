import { beforeAll, describe, it } from "vitest";
import { post } from "../../support/http/requests.ts";
import { bodyOf, footprint, inStock, lineOf, placed, send } from "../../support/orders/http.ts";
import { openShop } from "../../support/shop/warehouses.ts";

beforeAll(async () => {
  await openShop();
  // Ships abroad and serves a district, but offers no self-service.
  const paris = { warehouse_id: "PAR", name: "Paris", country: "FR", postal_code: "75001", latitude: 48.86, longitude: 2.34 };
  const more = { ships_to: ["FR", "IN"], served_postal_codes: ["7999"] };
  const response = await post("/api/v1/warehouses", { ...paris, ...more }, { admin: true });
  if (!response.ok) throw new Error(await response.text());
});

const admin = { admin: true };
const MUMBAI = { postal_code: "400050" };

function from(order: { items: { allocations: { warehouse_id: string; quantity: number }[] }[] }): string[][] {
  return order.items.map(({ allocations }) => allocations.map(({ warehouse_id: id, quantity }) => `${quantity} ${id}`));
}

describe("the warehouses of an order", () => {
  it("are the nearest one that has the whole quantity", async ({ expect }) => {
    const rice = await inStock({ BLR: 5, MUM: 2, DEL: 5 });

    const orders = [await placed(bodyOf([lineOf(rice, 2)], MUMBAI)), await placed(bodyOf([lineOf(rice, 2)], MUMBAI))];

    expect(orders.map(from)).toEqual([[["2 MUM"]], [["2 BLR"]]]);
    expect(orders.map((order) => order.warehouse_id)).toEqual(["MUM", "BLR"]);
  });

  it("fill up from the nearest outward when none has it all, and the order names no single warehouse", async ({ expect }) => {
    const rice = await inStock({ BLR: 3, MUM: 2, DEL: 4 });

    const order = await placed(bodyOf([lineOf(rice, 7)], { postal_code: "560034" }));

    expect(from(order)).toEqual([["3 BLR", "2 MUM", "2 DEL"]]);
    expect(order.warehouse_id).toBeNull();
  });

  it("may differ from line to line, and then the order names no single one", async ({ expect }) => {
    const [rice, dal] = [await inStock({ BLR: 1 }), await inStock({ DEL: 1 })];

    const order = await placed(bodyOf([rice, dal]));

    expect([from(order), order.warehouse_id]).toEqual([[["1 BLR"], ["1 DEL"]], null]);
  });

  it("are under `nearest` only the nearest, even when others have stock", async ({ expect }) => {
    const rice = await inStock({ BLR: 9, MUM: 1 });
    const nearest = { ...MUMBAI, allocation_policy: "nearest" };

    const refused = await send(bodyOf([lineOf(rice, 2)], nearest), admin);
    const order = await placed(bodyOf([lineOf(rice, 1)], nearest), admin);

    expect(refused.body.stock_errors).toMatchObject([{ requested_quantity: 2, available_stock: 1 }]);
    expect(from(order)).toEqual([["1 MUM"]]);
  });

  it("are under `single` the nearest that has it all, or none", async ({ expect }) => {
    const rice = await inStock({ BLR: 3, MUM: 2 });
    const single = { ...MUMBAI, allocation_policy: "single" };

    const refused = await send(bodyOf([lineOf(rice, 4)], single), admin);
    const order = await placed(bodyOf([lineOf(rice, 3)], single), admin);

    expect(refused.body.stock_errors).toMatchObject([{ requested_quantity: 4, available_stock: 3 }]);
    expect(from(order)).toEqual([["3 BLR"]]);
  });

  it("are under `nearest_available` split, and an admin may choose the policy", async ({ expect }) => {
    const rice = await inStock({ BLR: 1, MUM: 1 });

    const order = await placed(bodyOf([lineOf(rice, 2)], { allocation_policy: "nearest_available" }), admin);

    expect(from(order)).toEqual([["1 BLR", "1 MUM"]]);
  });

  it("take no allocation policy from a guest", async ({ expect }) => {
    const rice = await inStock(1);
    const before = await footprint(rice);

    const { status, body } = await send(bodyOf([rice], { allocation_policy: "single" }));

    expect([status, body.code, body.errors?.map(({ field }) => field)]).toEqual([403, "forbidden", ["allocation_policy"]]);
    expect(await footprint(rice)).toEqual(before);
  });
});

describe("a self-service order", () => {
  const collected = { delivery_method: "self_service" };

  it("comes whole from the nearest warehouse that offers it, at no cost", async ({ expect }) => {
    const [rice, dal] = [await inStock({ BLR: 9, MUM: 2, DEL: 9 }), await inStock({ BLR: 9, MUM: 2, DEL: 9 })];

    // Delhi offers no self-service, and Mumbai is the next.
    const order = await placed(bodyOf([rice, dal], { ...collected, postal_code: "110017" }));

    expect([from(order), order.warehouse_id, order.delivery_cost]).toEqual([[["1 MUM"], ["1 MUM"]], "MUM", 0]);
  });

  it("is refused what that warehouse lacks, even when others have it", async ({ expect }) => {
    const [rice, dal] = [await inStock({ BLR: 9, MUM: 9 }), await inStock({ BLR: 9, MUM: 1 }, { name: "Toor Dal 1kg" })];
    const before = await footprint(rice, dal);

    const { status, body } = await send(bodyOf([rice, lineOf(dal, 2)], { ...collected, ...MUMBAI }));

    expect(status).toBe(409);
    expect(body.stock_errors?.map(({ message }) => message)).toEqual([
      "Insufficient stock for Toor Dal 1kg. Requested: 2, Available: 1",
    ]);
    expect(await footprint(rice, dal)).toEqual(before);
  });
});

describe("the ranking of an order", () => {
  it.for([
    ["its postal code", { postal_code: "110017" }, "distance", "DEL"],
    ["the known beginning of its postal code", { postal_code: "400999" }, "distance", "MUM"],
    ["nothing, where the postal code is unknown: the fixed order", { postal_code: "999999" }, "default", "BLR"],
    ["nothing, without a postal code: the fixed order", {}, "default", "BLR"],
    ["a warehouse that serves its postal code", { postal_code: "799912" }, "served_postal_code", "PAR"],
    ["its country", { country: "fr", postal_code: "75011" }, "default", "PAR"],
  ] as const)("uses %s", async ([, more, rankedBy, warehouseId], { expect }) => {
    const rice = await inStock({ BLR: 1, MUM: 1, DEL: 1, PAR: 1 });

    const order = await placed(bodyOf([rice], more));

    expect([order.ranked_by, order.warehouse_id]).toEqual([rankedBy, warehouseId]);
  });

  it("falls back to the client's location by network", async ({ expect }) => {
    const rice = await inStock({ BLR: 1, MUM: 1, DEL: 1 });
    const cf = { latitude: "28.6", longitude: "77.2", country: "IN" };

    const order = await placed(bodyOf([rice], { postal_code: "999999" }), { cf });

    expect([order.ranked_by, order.warehouse_id]).toEqual(["edge_location", "DEL"]);
  });

  it("does not use a traveller's location", async ({ expect }) => {
    const rice = await inStock({ BLR: 1, DEL: 1 });

    const order = await placed(bodyOf([rice]), { cf: { latitude: "40.7", longitude: "-74", country: "US" } });

    expect([order.ranked_by, order.warehouse_id]).toEqual(["default", "BLR"]);
  });

  it("refuses a country that no warehouse ships to, and self-service where none offers it", async ({ expect }) => {
    const rice = await inStock({ BLR: 1, PAR: 1 });
    const before = await footprint(rice);

    const nowhere = await send(bodyOf([rice], { country: "US" }));
    const collected = await send(bodyOf([rice], { country: "FR", delivery_method: "self_service" }));

    const summary = ({ status, body }: typeof nowhere) => [status, body.code, body.errors?.map(({ field }) => field)];
    expect(summary(nowhere)).toEqual([422, "country_not_served", ["country"]]);
    expect(summary(collected)).toEqual([422, "self_service_unavailable", ["delivery_method"]]);
    expect(await footprint(rice)).toEqual(before);
  });
});
