import { describe, it } from "vitest";
import { CATALOG } from "./valid-requests/catalog.ts";
import { readOperations } from "./checks/document.ts";
import { OFFICE } from "./valid-requests/office.ts";
import { SHOPPING } from "./valid-requests/shopping.ts";
import { STOCK } from "./valid-requests/stock.ts";

describe("the attacks", () => {
  it("are on every operation of the document, each once", async ({ expect }) => {
    const { operations } = await readOperations();
    const attacked = [CATALOG, OFFICE, SHOPPING, STOCK].flatMap((bases) => Object.keys(bases));

    expect(operations.length).toBeGreaterThan(80);
    expect(attacked.toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });
});
