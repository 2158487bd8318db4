import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, it, vi } from "vitest";
import { StockCounter } from "../../../src/index.ts";
import type { TrackedLevel } from "../../../src/stock/rules/messages.ts";
import { allInD1, audit, projectedProduct } from "../../support/stock/audits.ts";
import { demoWarehouses, flush } from "../../support/shop/shop.ts";
import { sqlInD1 } from "../../support/stock/stock.ts";

beforeAll(demoWarehouses);
beforeEach(() => env.DB.exec("DELETE FROM products"));

/** Has the objects report as those of a release before 0.4.0, which do not say what is allocated. */
function reportAsBefore() {
  const real = Reflect.get(StockCounter.prototype, "report");
  return vi.spyOn(StockCounter.prototype, "report").mockImplementation(async function report(this: StockCounter) {
    const { levels, ...rest } = await real.call(this);
    return { ...rest, levels: levels.map(({ allocated: _, ...level }) => level as TrackedLevel) };
  });
}

it("the audit of a product whose object is of a release before 0.4.0 finds no difference", async ({ expect }) => {
  await projectedProduct();
  const former = reportAsBefore();

  const { body } = await audit();
  former.mockRestore();

  expect(body).toMatchObject({ checked: 1, differences: [], repaired: [] });
});

describe("the audit of an altered projection", () => {
  it.for([
    ["all its levels are gone", "DELETE FROM stock_levels WHERE product_id = ?", "version"],
    ["one level is gone", "DELETE FROM stock_levels WHERE product_id = ? AND warehouse_id = 'MUM'", "version"],
    ["a level is older", "UPDATE stock_levels SET version = 0, on_hand = 1 WHERE product_id = ?", "version"],
    ["a level is newer", "UPDATE stock_levels SET version = 99, on_hand = 1 WHERE product_id = ?", "version"],
    ["a level has other units", "UPDATE stock_levels SET on_hand = 9 WHERE product_id = ? AND warehouse_id = 'BLR'", "on_hand"],
    [
      "a level has units allocated that nobody bought",
      "UPDATE stock_levels SET allocated = 2 WHERE product_id = ? AND warehouse_id = 'BLR'",
      "allocated",
    ],
    [
      "it has a level too many",
      `INSERT INTO stock_levels (product_id, variant_id, warehouse_id, on_hand, reserved, version, as_of_ms)
       SELECT product_id, variant_id, 'DEL', 7, 0, 1, 0 FROM stock_levels WHERE product_id = ? LIMIT 1`,
      "version",
    ],
    ["all its movements are gone", "DELETE FROM stock_movements WHERE product_id = ?", "movements"],
    ["one movement is gone", "DELETE FROM stock_movements WHERE product_id = ? AND seq = 1", "movements"],
    [
      "a movement has other units",
      "UPDATE stock_movements SET delta_on_hand = 9 WHERE product_id = ? AND seq = 1",
      "moved_units",
    ],
    ["a movement has another number", "UPDATE stock_movements SET seq = 99 WHERE product_id = ? AND seq = 1", "newest_movement"],
    ["its sums are gone", "DELETE FROM product_stock WHERE product_id = ?", "product_row"],
    ["its sums are wrong", "UPDATE product_stock SET on_hand = 9 WHERE product_id = ?", "product_on_hand"],
    ["its sum of allocated units is wrong", "UPDATE product_stock SET allocated = 9 WHERE product_id = ?", "product_allocated"],
  ] as const)("finds that %s, and restores it", async ([, damage, what], { expect }) => {
    const productId = await projectedProduct();
    const before = await allInD1(productId);
    await sqlInD1(damage, productId);

    const { status, body } = await audit();
    await flush(productId);

    expect(status).toBe(200);
    expect(body).toMatchObject({ checked: 1, repaired: [productId], unanswered: [], next_cursor: null });
    expect(body.differences.map((each) => each.what)).toContain(what);
    expect(body.differences.every((each) => each.product_id === productId && each.where === "projection")).toBe(true);
    expect(await allInD1(productId)).toEqual(before);
    expect((await audit()).body).toMatchObject({ differences: [], repaired: [] });
  });

  it("repairs nothing with `repair: false`, and reports the same again", async ({ expect }) => {
    const productId = await projectedProduct();
    await sqlInD1("DELETE FROM stock_levels WHERE product_id = ?", productId);

    const reports = [await audit({ repair: false }), await audit({ repair: false })];
    await flush(productId);

    expect(reports.map(({ body }) => body.repaired)).toEqual([[], []]);
    expect(reports[1]?.body.differences).toEqual(reports[0]?.body.differences);
    expect(await sqlInD1("SELECT * FROM stock_levels WHERE product_id = ?", productId)).toEqual([]);
  });

  it("is in the audit log with the differences", async ({ expect }) => {
    const productId = await projectedProduct();
    await sqlInD1("DELETE FROM stock_levels WHERE product_id = ?", productId);

    await audit();

    const logged = await sqlInD1<{ actor: string; after: string }>(
      "SELECT actor, after FROM audit_log WHERE action = 'stock.repair' AND record_id = ?",
      productId,
    );
    expect(logged.map(({ actor }) => actor)).toEqual(["admin"]);
    expect(JSON.parse(String(logged[0]?.after))).toMatchObject({ differences: [{ what: "version" }, { what: "version" }] });
  });
});
