import { beforeAll, describe, it } from "vitest";
import { importCsv, importFile, importFinished } from "../../support/shop/bulk.ts";
import { createdProduct, ownId } from "../../support/shop/catalog.ts";
import { get } from "../../support/http/requests.ts";
import { bundle, demoWarehouses, receive } from "../../support/shop/shop.ts";
import { bodyOf, lineOf, placed } from "../../support/orders/http.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);

const BLR = { query: "?warehouse_id=BLR" };
const SHOPIFY = "Handle,Title,Variant SKU,Variant Price,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy";
const WOO = "Type,SKU,Name,Regular price,Parent,In stock?,Stock,Backorders allowed?,Attribute 1 name,Attribute 1 value(s)";

const handle = () => ownId("tee").toLowerCase();
const levelsOf = (productId: string) =>
  sqlInD1("SELECT variant_id, warehouse_id, on_hand FROM stock_levels WHERE product_id = ? ORDER BY variant_id", productId);

describe("the quantity of another shop's file", () => {
  it("is received in the named warehouse after the answer, as opening stock that the ledger and the audit log name", async ({
    expect,
  }) => {
    const id = handle();

    const { rows, stock, import_id: importId, response } = await importCsv([SHOPIFY, `${id},Tee,${id}-S,5,shopify,7,deny`], BLR);
    const progress = await importFinished(importId);

    expect(rows[0]?.stock).toEqual([
      { sku: `${id}-S`, variant_id: id, quantity: 7, outcome: "opening", on_hand: null, message: null },
    ]);
    expect(stock).toEqual({ warehouse_id: "BLR", opening: 1, none: 0, same: 0, kept: 0, not_taken: 0 });
    expect(progress).toEqual({ warehouse_id: "BLR", total: 1, done: 1, pending: 0, kept: 0, kept_since: [] });
    expect(await levelsOf(id)).toEqual([{ variant_id: id, warehouse_id: "BLR", on_hand: 7 }]);
    const moved = "SELECT kind, reason, actor, reference_id, delta_on_hand FROM stock_movements WHERE product_id = ?";
    expect(await sqlInD1(moved, id)).toEqual([
      { kind: "receive", reason: "Opening stock", actor: "admin", reference_id: `opening/${importId}`, delta_on_hand: 7 },
    ]);
    const audited = "SELECT action FROM audit_log WHERE request_id = ? ORDER BY action";
    expect(
      (await sqlInD1<{ action: string }>(audited, response.headers.get("X-Request-Id"))).map(({ action }) => action),
    ).toEqual(["product.create", "stock.receive"]);
  });

  it("is the opening stock only where a variant never had a movement: later files change nothing", async ({ expect }) => {
    const [sold, emptied, elsewhere] = [handle(), handle(), handle()];
    const file = (units: number) => [
      SHOPIFY,
      ...[sold, emptied, elsewhere].map((id) => `${id},Tee,${id}-S,5,shopify,${units},deny`),
    ];
    await importFinished((await importCsv(file(0), { query: "?warehouse_id=BLR&stock=ignore" })).import_id);
    await receive(sold, 3);
    await receive(emptied, 2);
    await receive(elsewhere, 9, { warehouseId: "MUM" });

    const { rows, stock, import_id: importId } = await importCsv(file(7), BLR);
    await importFinished(importId);

    expect(rows.map(({ stock: [own] = [] }) => [own?.outcome, own?.on_hand])).toEqual([
      ["kept", 3],
      ["kept", 2],
      ["opening", null],
    ]);
    expect(rows[0]?.stock?.[0]?.message).toContain("/api/v1/inventory/counts/import");
    expect(stock).toMatchObject({ opening: 1, kept: 2 });
    expect(await levelsOf(elsewhere)).toHaveLength(2);
  });

  it("counts what can be ordered: an order in between shows as kept, a file of the same number as same", async ({ expect }) => {
    const id = handle();
    const line = (units: number) => [SHOPIFY, `${id},Tee,${id}-S,5,shopify,${units},deny`];
    await importFinished((await importCsv(line(7), BLR)).import_id);
    await placed(bodyOf([lineOf(id, 2)]));

    const [old, now] = [await importCsv(line(7), BLR), await importCsv(line(5), BLR)];
    const file = await (await get("/api/v1/products/export?format=shopify&warehouse_id=BLR", { admin: true })).text();

    expect([old, now].map(({ rows: [row] }) => [row?.outcome, row?.stock?.[0]?.outcome, row?.stock?.[0]?.on_hand])).toEqual([
      ["unchanged", "kept", 7],
      ["unchanged", "same", 7],
    ]);
    expect(file.split("\r\n").find((record) => record.startsWith(id))).toContain(",shopify,5,deny,");
  });

  it.for([
    ["shopify", "-3", "deny", "not_taken", null, "below zero"],
    ["shopify", "2.5", "deny", "not_taken", null, "not a whole number"],
    ["shopify", "2.0", "deny", "opening", 2, undefined],
    ["shopify", "0", "deny", "none", 0, undefined],
    ["shopify", "4", "continue", "opening", 4, "sold beyond its stock"],
    ["", "4", "deny", "not_taken", null, "not tracked"],
    ["", "", "deny", "not_taken", null, "not tracked"],
  ] as const)(
    "of Shopify with tracker %j, quantity %j and policy %s is %s",
    async ([tracker, cell, policy, outcome, quantity, words], { expect }) => {
      const id = handle();

      const { rows, import_id: importId } = await importCsv([SHOPIFY, `${id},Tee,,5,${tracker},${cell},${policy}`], BLR);
      await importFinished(importId);

      const [own] = rows[0]?.stock ?? [];
      expect([rows[0]?.outcome, own?.outcome, own?.quantity]).toEqual(["created", outcome, quantity]);
      expect(own?.message ?? "").toContain(words ?? "");
      expect(own?.message === null).toBe(words === undefined);
      expect(await levelsOf(id)).toHaveLength(outcome === "opening" ? 1 : 0);
    },
  );

  it("of Shopify's columns since 2025 is read, and one without a tracker's column", async ({ expect }) => {
    const [a, b] = [handle(), handle()];
    const header = "Title,URL handle,SKU,Price,Inventory tracker,Inventory quantity,Continue selling when out of stock";

    const since = await importCsv([header, `Tee,${a},${a},5,shopify,3,CONTINUE`], BLR);
    const bare = await importCsv(["Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty", `${b},Tee,${b},5,4`], BLR);

    expect([since, bare].map(({ rows: [row] }) => row?.stock?.map(({ quantity, outcome }) => [quantity, outcome]))).toEqual([
      [[3, "opening"]],
      [[4, "opening"]],
    ]);
  });

  it("of WooCommerce is read by variation, and is none where it is not managed or shared", async ({ expect }) => {
    const [id, shared] = [ownId("W"), ownId("W")];
    const rowsOf = (sku: string, cell: string) => [
      `variable,${sku},Hood,,,1,,0,Size,"S, M"`,
      `variation,${sku}-S,Hood - S,5,${sku},1,${cell},notify,Size,S`,
    ];

    const {
      rows,
      stock,
      import_id: importId,
    } = await importCsv(
      [WOO, ...rowsOf(id, "6"), `variation,${id}-M,Hood - M,5,${id},1,,0,Size,M`, ...rowsOf(shared, "parent")],
      BLR,
    );
    await importFinished(importId);

    expect(rows.map(({ stock: own = [] }) => own.map(({ sku, quantity, outcome }) => [sku, quantity, outcome]))).toEqual([
      [
        [`${id}-S`, 6, "opening"],
        [`${id}-M`, null, "not_taken"],
      ],
      [[`${shared}-S`, null, "not_taken"]],
    ]);
    expect(rows.flatMap(({ stock: own = [] }) => own.map(({ message }) => message?.split(",")[0]))).toEqual([
      "is sold beyond its stock in the other shop; here it is not",
      "is not tracked in the other shop",
      "is shared by all variants in the other shop",
    ]);
    expect(stock).toMatchObject({ opening: 1, not_taken: 2 });
    expect(await levelsOf(id)).toEqual([{ variant_id: `${id}-S`, warehouse_id: "BLR", on_hand: 6 }]);
  });

  it("that is no number refuses its row, naming column and value; that of a bundle is not taken", async ({ expect }) => {
    const id = handle();
    const { productId: set } = await bundle([{ productId: await createdProduct() }]);

    const { rows } = await importCsv([SHOPIFY, `${id},Tee,,5,shopify,many,deny`, `${set},Set,SKU-${set},5,shopify,3,deny`], BLR);

    expect(rows[0]).toMatchObject({
      outcome: "refused",
      errors: [{ field: "Variant Inventory Qty", message: expect.stringContaining("must be a whole number"), value: "many" }],
    });
    expect(rows[1]?.stock).toMatchObject([{ outcome: "not_taken", message: expect.stringContaining("bundle") }]);
  });

  it("needs one warehouse: with several and none named nothing is written, unless quantities are not to be read", async ({
    expect,
  }) => {
    const id = handle();
    const file = [SHOPIFY, `${id},Tee,,5,shopify,7,deny`];

    const answers = [
      await importCsv(file),
      await importCsv(file, { query: "?warehouse_id=NOWHERE" }),
      await importCsv(file, { query: "?dry_run=true" }),
    ];
    const written = await sqlInD1("SELECT 1 FROM products WHERE product_id = ?", id);
    const ignored = await importCsv(file, { query: "?stock=ignore" });

    expect(answers.map(({ http, errors }) => [http, errors?.[0]?.field])).toEqual(answers.map(() => [422, "warehouse_id"]));
    expect(answers[0]?.errors?.[0]?.message).toContain("BLR, MUM, DEL, or send stock=ignore");
    expect(written).toEqual([]);
    expect(ignored).toMatchObject({ http: 200, outcomes: ["created"], stock: { warehouse_id: null, opening: 0 } });
  });

  it("is foretold by a dry run as it is imported", async ({ expect }) => {
    const [a, b] = [handle(), handle()];
    const file = [SHOPIFY, `${a},Tee,${a}-S,5,shopify,7,deny`, `${b},Tee,${b}-S,5,,7,continue`].join("\n");
    await createdProduct({ product_id: b, sku: `${b}-S` });
    await receive(b, 1);

    const dry = await importFile(file, "text/csv", { query: "?dry_run=true&warehouse_id=BLR" });
    const owed = await sqlInD1("SELECT count(*) AS n FROM opening_stock WHERE product_id IN (?, ?)", a, b);
    const real = await importFile(file, "text/csv", BLR);

    expect(owed).toEqual([{ n: 0 }]);
    expect([dry.stock, dry.rows.map(({ stock }) => stock)]).toEqual([real.stock, real.rows.map(({ stock }) => stock)]);
  });
});
