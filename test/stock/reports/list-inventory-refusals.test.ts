import { describe, it } from "vitest";
import { get } from "../../support/http/requests.ts";
import { askInventory } from "../../support/stock/movements.ts";

function ask(query: Record<string, string>): Promise<Response> {
  return askInventory("products", query);
}

describe("the inventory", () => {
  it.for([
    ["limit", "101"],
    ["cursor", "x"],
    ["cursor", btoa('"p-1"')],
    ["q", "x".repeat(101)],
    ["stock_status", "plenty"],
    ["warehouse_id", "B L R"],
    ["status", "gone"],
  ] as const)("is refused for %s=%s, naming the parameter", async ([field, value], { expect }) => {
    const response = await ask({ [field]: value });

    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field }] });
  });

  it("refuses the cursor of another index", async ({ expect }) => {
    const response = await ask({ warehouse_id: "BLR", cursor: btoa("7").replaceAll("=", "") });

    expect(await response.json()).toMatchObject({ code: "validation_failed", errors: [{ field: "cursor" }] });
  });

  it.for(["products", "products/low-stock", "summary", "inventory/summary", "movements", "products/p/movements"])(
    "is only for staff: %s answers a guest 401",
    async (path, { expect }) => {
      const response = await get(`/api/v1/inventory/${path}`);

      expect(response.status).toBe(401);
    },
  );
});
