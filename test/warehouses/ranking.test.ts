import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, it } from "vitest";
import { openDatabase } from "../../src/db/client.ts";
import type { Deps } from "../../src/deps.ts";
import { createMeter } from "../../src/meter.ts";
import { rankingQuery } from "../../src/warehouses/ranking.ts";
import { openShop } from "../support/shop/warehouses.ts";

describe("a ranking in the caller's batch", () => {
  let nowMs = 0;
  const { meter, measure } = createMeter(() => 0);
  const deps = { db: openDatabase(env.DB, meter, measure), cache: {}, nowMs: () => nowMs } as Pick<
    Deps,
    "db" | "cache" | "nowMs"
  > as Deps;
  async function rank(postalCode?: string) {
    const before = meter.rowsRead;
    const { ranked } = await deps.db.batch("rank", { ranked: rankingQuery(deps, { country: "IN", postalCode }) });
    return {
      ids: ranked({ selfService: false }).ranking.map((each) => each.warehouse.warehouseId),
      rowsRead: meter.rowsRead - before,
    };
  }
  beforeAll(openShop);
  beforeEach(() => {
    deps.cache = {};
  });

  it("reads the warehouses once in 30 seconds, and the two neighbours of a postal code", async ({ expect }) => {
    const cold = await rank("600001");
    const warm = await rank("600001");
    nowMs += 30_001;
    const late = await rank("600001");

    expect([cold.ids, warm.ids, late.ids]).toEqual(Array.from({ length: 3 }, () => ["BLR", "MUM", "DEL"]));
    expect(warm.rowsRead).toBeLessThanOrEqual(5);
    expect(cold.rowsRead - warm.rowsRead).toBeGreaterThanOrEqual(3);
    expect(late.rowsRead).toBe(cold.rowsRead);
  });

  it("reads equally few rows for any number of postal codes", async ({ expect }) => {
    await rank();
    const before = await rank("600050");
    const insert = `INSERT INTO postal_codes SELECT 'IN', printf('%06d', 600100 + value), 13, 80 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`;
    await env.DB.prepare(insert)
      .bind(JSON.stringify(Array.from({ length: 20_000 }, (_, index) => index)))
      .run();

    expect(await rank("600050")).toEqual(before);
  });

  it("reads no row without a postal code, once the list is cached", async ({ expect }) => {
    await rank();

    expect(await rank()).toEqual({ ids: ["BLR", "MUM", "DEL"], rowsRead: 0 });
  });

  it("ranks for self-service from the same answer", async ({ expect }) => {
    const { ranked } = await deps.db.batch("batch", { ranked: rankingQuery(deps, { country: "IN", postalCode: "110017" }) });

    expect(ranked({ selfService: true }).ranking.map((each) => each.warehouse.warehouseId)).toEqual(["MUM", "BLR"]);
    expect(ranked({ selfService: false }).ranking.map((each) => each.warehouse.warehouseId)).toEqual(["DEL", "MUM", "BLR"]);
  });
});
