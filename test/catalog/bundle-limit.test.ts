import { foreseeImport } from "../../src/catalog/bulk/foresee-import.ts";
import { readRows } from "../../src/catalog/bulk/import-json.ts";
import { BULK_FORMATS } from "../../src/catalog/rules/bulk-file.ts";
import { faultyWorker } from "../support/faults.ts";
import { describe, it } from "vitest";
import { MAX_BUNDLES } from "../../src/catalog/rules/bundle.ts";
import { importRows } from "../support/shop/bulk.ts";
import { createdProduct, ownId, productBody } from "../support/shop/catalog.ts";
import { patch, post } from "../support/http/requests.ts";
import { sqlInD1 } from "../support/stock/stock.ts";

/** A product that is in a number of bundles, in each with two of its variants. */
async function partIn(bundles: number): Promise<string> {
  const part = await createdProduct();
  await sqlInD1(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2 * ?1 - 1)
     INSERT INTO components SELECT ?2 || '-set-' || (i / 2), i % 2, ?2, iif(i % 2, ?2, ?2 || '-other'), 1 FROM n`,
    bundles,
    part,
  );
  return part;
}

const of = (...parts: string[]) => parts.map((productId) => ({ product_id: productId, quantity: 1 }));

const row = (...parts: string[]) => ({ product_id: ownId("set"), name: "Set", price: 5, components: of(...parts) });

async function answerTo(request: Promise<Response>): Promise<object> {
  const response = await request;
  return { http: response.status, ...(await response.json<object>()) };
}

const REFUSED = {
  http: 422,
  code: "invalid_bundle",
  errors: [{ field: "components[1]", message: `is in ${MAX_BUNDLES} bundles already, which is the limit` }],
};

describe("a product in the maximum number of bundles", () => {
  it("cannot be in a new bundle; a product in fewer can, up to the limit", async ({ expect }) => {
    const [other, part] = [await createdProduct(), await partIn(MAX_BUNDLES - 1)];
    const create = () => answerTo(post("/api/v1/products", productBody({ components: of(other, part) }), { admin: true }));

    const [last, refused] = [await create(), await create()];

    expect(last).toMatchObject({ http: 201 });
    expect(refused).toMatchObject(REFUSED);
  });

  it("cannot be added to a bundle by a change, and stays in its bundles", async ({ expect }) => {
    const [other, part] = [await createdProduct(), await partIn(MAX_BUNDLES - 1)];
    const [first, second] = [await createdProduct({ components: of(part) }), await createdProduct({ components: of(other) })];
    const change = (id: string) => answerTo(patch(`/api/v1/products/${id}`, { components: of(other, part) }, { admin: true }));

    expect(await change(first)).toMatchObject({ http: 200 });
    expect(await change(second)).toMatchObject(REFUSED);
  });

  it("cannot be added to a bundle by an import, whose own rows count too", async ({ expect }) => {
    const [other, part] = [await createdProduct(), await partIn(MAX_BUNDLES - 2)];
    const had = await createdProduct({ components: of(part) });

    const { rows } = await importRows([
      row(other, part),
      { product_id: had, components: of(other, part) },
      row(other, part),
      row(other),
    ]);

    expect(rows.map(({ outcome, errors }) => [outcome, errors])).toEqual([
      ["created", []],
      ["updated", []],
      ["refused", REFUSED.errors.map((error) => ({ ...error, value: JSON.stringify({ product_id: part, quantity: 1 }) }))],
      ["created", []],
    ]);
  });

  it("cannot be added by a dry run either, which counts the bundles of the chunks before", async ({ expect }) => {
    const [other, part] = [await createdProduct(), await partIn(MAX_BUNDLES - 1)];
    const had = await createdProduct({ components: of(part) });
    const lines = [{ product_id: had, components: of(other) }, row(other, part), row(other, part)];

    const rows = readRows(lines.map((line) => JSON.stringify(line)).join("\n"), BULK_FORMATS.ndjson, 2);
    const { report } = await foreseeImport(faultyWorker().deps, rows, { limits: { items: 1, weight: 1 } });

    expect(report.map(({ outcome }) => outcome)).toEqual(["updated", "created", "refused"]);
  });
});
