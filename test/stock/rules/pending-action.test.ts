import { describe, it } from "vitest";
import { byProduct } from "../../../src/stock/rules/pending-action.ts";

const line = (productId: string, variantId: string, warehouseId: string, quantity: number) => ({
  productId,
  variantId,
  warehouseId,
  quantity,
});

describe("the lines of a pending action for each product's object", () => {
  it("are those of the product only", ({ expect }) => {
    const found = byProduct([line("a", "v", "BLR", 1), line("b", "w", "BLR", 2), line("a", "v", "MUM", 3)]);

    expect([...found]).toEqual([
      [
        "a",
        [
          { variantId: "v", warehouseId: "BLR", quantity: 1 },
          { variantId: "v", warehouseId: "MUM", quantity: 3 },
        ],
      ],
      ["b", [{ variantId: "w", warehouseId: "BLR", quantity: 2 }]],
    ]);
  });

  it("are one per place, however many lines bring units there", ({ expect }) => {
    const lines = [line("a", "v", "BLR", 1), line("a", "w", "BLR", 5), line("a", "v", "BLR", 2)];

    const found = byProduct(lines);

    expect(found.get("a")).toEqual([
      { variantId: "v", warehouseId: "BLR", quantity: 3 },
      { variantId: "w", warehouseId: "BLR", quantity: 5 },
    ]);
    expect(lines[0]).toEqual(line("a", "v", "BLR", 1));
  });
});
