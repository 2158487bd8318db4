import { beforeAll, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import { get, post } from "../../support/http/requests.ts";
import { bundle, demoWarehouses, newId, product, receive, stockedProduct } from "../../support/shop/shop.ts";
import { stateOf } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

const URL = "/api/v1/inventory/counts";
const ADMIN = { admin: true };

interface Report {
  status: number;
  code?: string;
  dry_run: boolean;
  totals: Record<string, number>;
  rows: {
    row: number;
    outcome: string;
    code: string | null;
    previous_on_hand: number | null;
    on_hand: number | null;
    errors: object[];
  }[];
}

async function imported(body: string | object, options: { key?: string; query?: string; type?: string } = {}): Promise<Report> {
  const { key, query = "", type = typeof body === "string" ? "text/csv" : "application/json" } = options;
  const asked = { ...ADMIN, ...(key && { key }), headers: { "Content-Type": type } };
  const response = await post(`${URL}/import${query}`, body, asked);
  return { ...(await response.json<Report>()), status: response.status };
}

const outcomes = ({ rows }: Report) => rows.map(({ outcome, code }) => code ?? outcome);
const csv = (...lines: string[]) => ["sku,warehouse_id,expected_on_hand,counted", ...lines].join("\r\n");
const skuOf = (productId: string) => `SKU-${productId}`;

async function skuWith(units: number): Promise<{ productId: string; sku: string }> {
  const { productId } = await stockedProduct(units);
  return { productId, sku: skuOf(productId) };
}

/** What the object has on hand in a warehouse. */
async function onHand(productId: string, warehouseId = "BLR"): Promise<number> {
  return (await stateOf(productId)).levels.find((level) => level.warehouseId === warehouseId)?.onHand ?? 0;
}

describe("an import of counts by warehouse", () => {
  it("refuses a row of JSON with a member that it does not know, naming it, and that row alone", async ({ expect }) => {
    const [strange, plain] = [await skuWith(5), await skuWith(5)];
    const row = (sku: string) => ({ sku, warehouse_id: "BLR", counted: 3 });

    const report = await imported({ counts: [{ ...row(strange.sku), quantity: 9 }, row(plain.sku)] });

    expect(outcomes(report)).toEqual(["validation_failed", "counted"]);
    expect(report.rows[0]?.errors).toMatchObject([{ field: "quantity" }]);
    expect([await onHand(strange.productId), await onHand(plain.productId)]).toEqual([5, 3]);
  });

  it("counts each row by compare-and-set, and says of each what became of it", async ({ expect }) => {
    const [fewer, same, moved, blank] = [await skuWith(5), await skuWith(5), await skuWith(5), await skuWith(5)];
    const set = await bundle([{ productId: fewer.productId }]);
    await receive(moved.productId, 1);

    const report = await imported(
      csv(
        `${fewer.sku},BLR,5,3`,
        `${same.sku},BLR,5,5`,
        `${moved.sku},BLR,5,4`,
        `${blank.sku},BLR,5,`,
        `${fewer.sku},MUM,0,7`,
        `${skuOf(set.productId)},BLR,0,1`,
        "no-such-sku,BLR,0,1",
        `${same.sku},NOWHERE,0,1`,
        `${same.sku},BLR,5,9`,
        `${same.sku},DEL,0,many`,
      ),
    );

    expect(outcomes(report).join(" ")).toBe(
      "counted unchanged count_outdated skipped counted bundle_has_no_stock validation_failed validation_failed validation_failed validation_failed",
    );
    expect(report.totals).toEqual({ rows: 10, counted: 2, unchanged: 1, skipped: 1, refused: 6, unresolved: 0 });
    expect(report.rows[0]).toMatchObject({ row: 1, previous_on_hand: 5, on_hand: 3, errors: [] });
    expect(report.rows[2]).toMatchObject({ previous_on_hand: 6, on_hand: 6, errors: [{ field: "expected_on_hand" }] });
    expect(report.rows[8]).toMatchObject({ errors: [{ field: "row", message: "row 2 has the same SKU and warehouse" }] });
    expect(report.rows[9]).toMatchObject({ errors: [{ field: "counted" }] });
    expect([await onHand(fewer.productId), await onHand(fewer.productId, "MUM"), await onHand(moved.productId)]).toEqual([
      3, 7, 6,
    ]);
  });

  it("moves nothing in a dry run, and says the same", async ({ expect }) => {
    const [one, two] = [await stockedProduct(5), await stockedProduct(5)];
    const file = csv(`${skuOf(one.productId)},BLR,5,2`, `${skuOf(two.productId)},BLR,4,2`);

    const dry = await imported(file, { query: "?dry_run=true", key: newId("key") });
    const before = [await onHand(one.productId), await onHand(two.productId)];
    const wet = await imported(file);

    expect([dry.dry_run, wet.dry_run, before]).toEqual([true, false, [5, 5]]);
    expect(dry.rows).toEqual(wet.rows);
    expect(outcomes(wet)).toEqual(["counted", "count_outdated"]);
  });

  it("counts once per key, whatever was sold since, and refuses another file under it", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const [key, file] = [newId("key"), csv(`${skuOf(productId)},BLR,5,3`)];

    const first = await imported(file, { key });
    await receive(productId, 4);
    const again = await imported(file, { key });
    const other = await imported(csv(`${skuOf(productId)},BLR,7,1`), { key });

    expect(again.rows).toEqual(first.rows);
    expect([other.status, other.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await onHand(productId)).toBe(7);
  });

  it("counts once where the same file comes twice at once, with a key", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const [key, file] = [newId("key"), csv(`${skuOf(productId)},BLR,5,3`)];

    const reports = await Promise.all([imported(file, { key }), imported(file, { key })]);

    expect(reports.map(outcomes)).toEqual([["counted"], ["counted"]]);
    expect((await stateOf(productId)).differences).toEqual([]);
  });

  it("says which rows an object left open, and settles them with the key", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    const [key, file] = [newId("key"), csv(`${skuOf(productId)},BLR,,3`)];
    const adjust = vi.spyOn(StockCounter.prototype, "adjust").mockResolvedValue(undefined as never);

    const open = await imported(file, { key });
    adjust.mockRestore();
    const settled = await imported(file, { key });

    expect([outcomes(open), outcomes(settled)]).toEqual([["unresolved"], ["counted"]]);
    expect(await onHand(productId)).toBe(3);
  });

  it("takes JSON, and SKUs and warehouses as they are written", async ({ expect }) => {
    const { productId } = await stockedProduct(5);

    const good = await imported({ counts: [{ sku: skuOf(productId), warehouse_id: "BLR", counted: 6, expected_on_hand: 5 }] });
    const unknown = await imported({ counts: [{ sku: skuOf(productId), warehouse_id: "BLR", quantity: 6 }] });

    expect([outcomes(good), await onHand(productId)]).toEqual([["counted"], 6]);
    expect(outcomes(unknown)).toEqual(["validation_failed"]);
  });

  it.for([
    ["another media type", "a", { type: "text/plain" }, 415],
    ["no JSON", "{", { type: "application/json" }, 400],
    ["JSON without counts", { rows: [] }, {}, 422],
    ["a header without counted", "sku,warehouse_id\r\na,BLR", {}, 422],
    ["more than 500 rows", csv(...Array.from({ length: 501 }, (_, n) => `s-${n},BLR,,1`)), {}, 413],
    ["an unknown query parameter", csv("a,BLR,,1"), { query: "?dry=true" }, 422],
  ] as const)("is refused as a whole: %s", async ([, body, options, status], { expect }) => {
    expect((await imported(body, options)).status).toBe(status);
  });
});

describe("an export of stock by warehouse", () => {
  it("changes nothing when it is imported, as CSV and as JSON, and lists each place once", async ({ expect }) => {
    const { productId } = await stockedProduct(5);
    await receive(productId, 2, { warehouseId: "MUM" });

    const file = await (await get(`${URL}/export?warehouse_id=MUM`, { ...ADMIN, headers: { Accept: "text/csv" } })).text();
    const listed: { sku: string; warehouse_id: string; counted: number }[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page = await get(`${URL}/export?limit=3${cursor && `&cursor=${cursor}`}`, ADMIN);
      const { counts, next_cursor: next } = await page.json<{ counts: typeof listed; next_cursor: string | null }>();
      listed.push(...counts);
      cursor = next;
    }
    const [asCsv, asJson] = [await imported(file), await imported({ counts: listed })];

    expect(file.split("\r\n")[0]).toBe("sku,product_id,variant_id,name,warehouse_id,expected_on_hand,counted");
    expect(listed.filter(({ sku }) => sku === skuOf(productId)).map(({ warehouse_id: id, counted }) => [id, counted])).toEqual([
      ["BLR", 5],
      ["MUM", 2],
    ]);
    expect(new Set([...outcomes(asCsv), ...outcomes(asJson)])).toEqual(new Set(["unchanged"]));
    expect(asJson.totals["rows"]).toBe(listed.length);
  });

  it("is not for guests, and neither is an import", async ({ expect }) => {
    const { productId } = await product();

    expect((await get(`${URL}/export`)).status).toBe(401);
    expect(
      (await post(`${URL}/import`, csv(`${skuOf(productId)},BLR,0,1`), { headers: { "Content-Type": "text/csv" } })).status,
    ).toBe(401);
  });
});
