import { describe, it } from "vitest";
import { CATALOG } from "./valid-requests/catalog.ts";
import { readOperations } from "./checks/document.ts";
import { ADMINISTRATION } from "./valid-requests/administration.ts";
import { SHOPPING } from "./valid-requests/shopping.ts";
import { STOCK } from "./valid-requests/stock.ts";

describe("the fuzz tests", () => {
  it("cover every operation of the OpenAPI document exactly once", async ({ expect }) => {
    const { operations } = await readOperations();
    const attacked = [CATALOG, ADMINISTRATION, SHOPPING, STOCK].flatMap((requests) => Object.keys(requests));

    expect(operations.length).toBeGreaterThan(80);
    expect(attacked.toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });
});
