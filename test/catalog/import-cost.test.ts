import { describe, it } from "vitest";
import { importCsv } from "../support/shop/bulk.ts";
import { withCheckDigit } from "../support/shop/catalog.ts";
import { costOf } from "../support/cost/cost.ts";

const ROWS = 5_000;
const HEADER = "product_id,sku,name,description,category,brand,unit,price,mrp,cost_price,min_stock_level,supplier_name,barcode";
const filler = "x".repeat(100);

const file = (what: string) => [
  HEADER,
  ...Array.from(
    { length: ROWS },
    (_, n) =>
      `bulk-${n},SKU-${n},${what} ${n},${filler},Grains,Brand ${n % 50},kg,100,200,90,5,Anand,${withCheckDigit(String(n + 1).padStart(12, "0"))}`,
  ),
];

// D1 lets an invocation send 1,000 statements; a chunk of 500 rows takes at most 9.
describe("an import of 5,000 rows", () => {
  it.for([
    ["creates", "Product", "created", 90],
    ["changes", "Article", "updated", 90],
    ["leaves as they are", "Article", "unchanged", 60],
  ] as const)("that %s all of them stays within the limits", async ([, what, outcome, statements], { expect }) => {
    const { http, totals, response } = await importCsv(file(what), { key: `cost-${outcome}` });

    const cost = costOf(response);
    console.log(`${outcome}: ${JSON.stringify(cost)}`);
    expect({ http, rows: totals[outcome] }).toEqual({ http: 200, rows: ROWS });
    expect(cost.statements).toBeLessThanOrEqual(statements);
    expect(cost.hops).toBeLessThanOrEqual(30);
    expect(cost.rowsWritten).toBeLessThanOrEqual(25 * ROWS);
    expect(cost.rowsRead).toBeLessThanOrEqual(40 * ROWS);
  });
});
