import { describe, it } from "vitest";
import { CATALOG } from "./catalog-bases.ts";
import { readOperations } from "./document.ts";
import { OFFICE } from "./office-bases.ts";
import { SHOPPING } from "./shopping-bases.ts";
import { STOCK } from "./stock-bases.ts";

describe("the attacks", () => {
  it("are on every operation of the document, each once", async ({ expect }) => {
    const { operations } = await readOperations();
    const attacked = [CATALOG, OFFICE, SHOPPING, STOCK].flatMap((bases) => Object.keys(bases));

    expect(operations.length).toBeGreaterThan(80);
    expect(attacked.toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  });
});
