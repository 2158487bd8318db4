import { beforeAll, describe, it, vi } from "vitest";
import { MOVE, move } from "../../support/stock/inventory.ts";
import { askInventory as ask, moved } from "../../support/stock/movements.ts";
import { inStock, placed, unitsOf } from "../../support/orders/http.ts";
import { move as advance } from "../../support/orders/lifecycle.ts";
import { demoWarehouses, flush, newId } from "../../support/shop/shop.ts";

beforeAll(demoWarehouses);

interface Page {
  movements: { movement_id: string; kind: string; at: string; product_id: string }[];
  next_cursor: string | null;
  read_at: string;
}

async function list(path: string, query: Record<string, string> = {}): Promise<Page> {
  const response = await ask(path, query);
  if (response.status !== 200) throw new Error(await response.text());
  return response.json();
}

/** The ids on all pages of a list, and the length of each page. */
async function allOf(path: string, query: Record<string, string>): Promise<{ ids: string[]; sizes: number[] }> {
  const [ids, sizes]: [string[], number[]] = [[], []];
  for (let cursor: string | null = ""; cursor !== null && sizes.length < 100;) {
    const page: Page = await list(path, { ...query, ...(cursor !== "" && { cursor }) });
    ids.push(...page.movements.map((each) => each.movement_id));
    sizes.push(page.movements.length);
    cursor = page.next_cursor;
  }
  return { ids, sizes };
}

describe("the movements of a product", () => {
  it("are the changes of its units on hand, newest first, each with its cause", async ({ expect }) => {
    const productId = await inStock(9);
    const { order_id: orderId } = await placed({ customer_name: "Asha", items: [{ product_id: productId, quantity: 2 }] });
    await vi.waitFor(async () => expect(await unitsOf(productId)).toEqual({ BLR: [9, 0, 2] }));
    await flush(productId);
    const sold = await list(`products/${productId}/movements`);
    for (const status of ["PROCESSING", "COMPLETED"]) await advance(orderId, status);
    await vi.waitFor(async () => expect(await unitsOf(productId)).toEqual({ BLR: [7, 0] }));
    await flush(productId);

    const page = await list(`products/${productId}/movements`);

    const both = { product_id: productId, variant_id: productId, warehouse_id: "BLR", reference_id: null };
    expect(sold.movements.map(({ kind }) => kind)).toEqual(["receive"]);
    expect(page).toEqual({
      movements: [
        {
          ...both,
          movement_id: `${productId}:4`,
          kind: "ship",
          delta: -2,
          previous_stock: 9,
          new_stock: 7,
          reason: null,
          reference: { type: "order", id: orderId },
          actor: "admin",
          at: expect.stringMatching(/Z$/) as string,
        },
        {
          ...both,
          movement_id: `${productId}:1`,
          kind: "receive",
          delta: 9,
          previous_stock: 0,
          new_stock: 9,
          reason: "test",
          reference: { type: "adjustment", id: expect.stringMatching(/^ADJ/) as string },
          actor: "admin",
          at: expect.stringMatching(/Z$/) as string,
        },
      ],
      next_cursor: null,
      read_at: expect.stringMatching(/Z$/) as string,
    });
  });

  it("are paged without gaps or repetitions", async ({ expect }) => {
    const { productId, idOf } = await moved(Array.from({ length: 5 }, (_, index) => [index, "receive"] as const));

    const { ids, sizes } = await allOf(`products/${productId}/movements`, { limit: "2" });

    expect(ids).toEqual([5, 4, 3, 2, 1].map(idOf));
    expect(sizes).toEqual([2, 2, 1]);
  });

  it("are filtered by kind, warehouse, actor and time, the end excluded", async ({ expect }) => {
    const { productId, idOf } = await moved([
      [1_000, "receive"],
      [2_000, "damage"],
      [3_000, "receive"],
      [4_000, "receive"],
    ]);
    const path = `products/${productId}/movements`;
    const at = (ms: number) => new Date(ms).toISOString();

    expect((await allOf(path, { kind: "damage" })).ids).toEqual([idOf(2)]);
    expect((await allOf(path, { warehouse_id: "MUM" })).ids).toEqual([]);
    expect((await allOf(path, { warehouse_id: "BLR", actor: "admin" })).ids).toHaveLength(4);
    expect((await allOf(path, { actor: "user:x" })).ids).toEqual([]);
    expect((await allOf(path, { from: at(2_000), to: at(4_000) })).ids).toEqual([idOf(3), idOf(2)]);
    expect((await allOf(path, { from: at(2_000), to: at(4_000), kind: "receive", limit: "1" })).ids).toEqual([idOf(3)]);
  });

  it("are 404 for an unknown product", async ({ expect }) => {
    for (const accept of ["application/json", "text/csv"]) {
      const response = await ask("products/nothing/movements", {}, accept);

      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "not_found" });
    }
  });
});

describe("the movements of the shop", () => {
  it("are those of all products in the order of time, even with equal times", async ({ expect }) => {
    const actor = newId("actor");
    const made = [];
    for (let count = 0; count < 3; count += 1) {
      made.push(
        await moved(
          [
            [5_000, "receive"],
            [5_000, "receive"],
            [6_000, "damage"],
          ],
          { warehouseId: "BLR", actor },
        ),
      );
    }
    const byId = made.toSorted((a, b) => (a.productId < b.productId ? 1 : -1));

    const { ids } = await allOf("movements", { actor, limit: "2" });

    expect(ids).toEqual([...byId.map(({ idOf }) => idOf(3)), ...byId.flatMap(({ idOf }) => [idOf(2), idOf(1)])]);
  });

  it("end at the start of the period, without reading further", async ({ expect }) => {
    const base = Date.UTC(2031, 0, 1);
    const { idOf } = await moved([
      [base - 1, "receive"],
      [base, "receive"],
      [base + 1, "receive"],
      [base + 2, "receive"],
    ]);
    const from = new Date(base).toISOString();
    const to = new Date(base + 2).toISOString();

    const { ids, sizes } = await allOf("movements", { from, to, limit: "1" });

    expect(ids).toEqual([idOf(3), idOf(2)]);
    expect(sizes.length).toBeLessThanOrEqual(3);
  });

  it.for([
    ["kind", "reserve"],
    ["kind", "theft"],
    ["from", "yesterday"],
    ["to", "2026-02-30"],
    ["warehouse_id", " "],
    ["limit", "0"],
    ["cursor", btoa("7")],
    ["cursor", btoa('[1,"a b",2]')],
  ] as const)("are refused for %s=%s, naming the parameter", async ([field, value], { expect }) => {
    const response = await ask("movements", { [field]: value });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field }] });
  });
});

it("an adjustment answers the movement id of the list", async ({ expect }) => {
  const productId = await inStock({});
  const { movement } = await (await move(productId, MOVE)).json<{ movement: { movement_id: string } }>();
  await flush(productId);

  const { movements } = await list(`products/${productId}/movements`);

  expect(movements.map((each) => each.movement_id)).toEqual([movement.movement_id]);
});
