import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { importFile } from "../support/shop/bulk.ts";
import { ownId } from "../support/shop/catalog.ts";

const CSV = "text/csv";
const HEADER = "product_id,name,price";

describe("an import as CSV", () => {
  it.for([
    ["\r\n", "\uFEFF"],
    ["\n", ""],
    ["\r", ""],
  ] as const)(
    "is read with line ends %j, after %j, with blank lines and blank rows among it",
    async ([end, mark], { expect }) => {
      const [a, b] = [ownId("p"), ownId("p")];

      const { rows } = await importFile(mark + [HEADER, `${a},"Rice",1`, "", ",,", `${b}, Rice ,"2"`, ""].join(end), CSV);

      expect(rows).toEqual([
        { row: 1, product_id: a, outcome: "created", errors: [] },
        { row: 4, product_id: b, outcome: "created", errors: [] },
      ]);
    },
  );

  it.for([
    ["\r", "\n"],
    ["\r", "\r\n"],
    ["\n", "\r"],
    ["\r\n", "\r"],
  ] as const)("with line ends %j keeps %j in quotes, and numbers its rows correctly", async ([end, inside], { expect }) => {
    const [a, b] = [ownId("p"), ownId("p")];
    const header = `"product_id",name,price,description`;

    const { rows } = await importFile([header, `${a},Rice,1,"two${inside}lines"`, `${b},Rice,one,`].join(end), CSV);

    expect(rows).toMatchObject([
      { row: 1, product_id: a, outcome: "created" },
      { row: 2, product_id: b, outcome: "refused", errors: [{ field: "price" }] },
    ]);
    const description = await env.DB.prepare("SELECT description FROM products WHERE product_id = ?")
      .bind(a)
      .first("description");
    expect(description).toBe(`two${inside}lines`);
  });
});
