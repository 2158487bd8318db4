import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { migrate, STEPS } from "../../../src/stock/object/migrations.ts";
import {
  adjustment,
  evict,
  held,
  newStock,
  stockWith,
  sqlIn,
  stopTime,
  TENTATIVE_MS,
  unitsOf,
  reserveRequest,
} from "../../support/stock/stock.ts";

beforeEach(stopTime);

/** Migrates an existing object with a newer list of steps, as after a deployment. @returns what it threw, if anything */
function migrateTo(productId: string, steps: readonly string[]): Promise<string | undefined> {
  return runInDurableObject(env.STOCK.getByName(productId), (_, state) => {
    try {
      migrate(state.storage, steps);
      return undefined;
    } catch (error) {
      return String(error);
    }
  });
}

/** A product's object as the release with that version of the schema left it: nine received, three sold, two reserved. */
async function stockOfVersion(version: number) {
  const own = newStock();
  await runInDurableObject(env.STOCK.getByName(own.productId), async (_, { storage }) => {
    await storage.deleteAll();
    migrate(storage, STEPS.slice(0, version));
    storage.sql.exec(`
      INSERT INTO levels (variant_id, warehouse_id, on_hand, reserved, version) VALUES ('v', 'BLR', 6, 2, 4);
      INSERT INTO holds (hold_id, variant_id, warehouse_id, quantity, purpose, expires_at_ms)
      VALUES ('ORD-2.reserved', 'v', 'BLR', 2, 'placing', ${Date.now() + TENTATIVE_MS});
      INSERT INTO movements (kind, variant_id, warehouse_id, delta_on_hand, delta_reserved, on_hand_after, reserved_after,
        reference_type, reference_id, actor, at_ms)
      VALUES ('receive', 'v', 'BLR', 9, 0, 9, 0, 'adjustment', 'ADJ-1', 'staff', 1),
        ('reserve', 'v', 'BLR', 0, 3, 9, 3, 'hold', 'ORD-1.sold', 'order', 2),
        ('sale', 'v', 'BLR', -3, -3, 6, 0, 'hold', 'ORD-1.sold', 'order', 3),
        ('reserve', 'v', 'BLR', 0, 2, 6, 2, 'hold', 'ORD-2.reserved', 'order', 4);`);
  });
  return own;
}

function versionOf(productId: string): Promise<{ version: number }[]> {
  return sqlIn(productId, "SELECT version FROM schema_version");
}

describe("the object's schema", () => {
  it("is complete in a new object", async ({ expect }) => {
    const { productId, stock } = newStock();

    expect(await stock.levels()).toEqual([]);

    expect(await versionOf(productId)).toEqual([{ version: STEPS.length }]);
  });

  it("is not changed in an object that has it, and neither is its data", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    await held(stock, reserveRequest(2));

    await evict(productId);

    expect(await unitsOf(stock)).toEqual([5, 2]);
    expect(await versionOf(productId)).toEqual([{ version: STEPS.length }]);
    expect(await stock.audit()).toEqual([]);
  });

  it.for(STEPS.slice(1).map((_, index) => index + 1))(
    "of version %i is migrated when its object wakes, and its data is kept",
    async (version, { expect }) => {
      const { productId, stock } = await stockOfVersion(version);

      await evict(productId);

      expect(await unitsOf(stock)).toEqual([6, 2]);
      expect(await versionOf(productId)).toEqual([{ version: STEPS.length }]);
      expect(await stock.audit()).toEqual([]);
      const added = "SELECT DISTINCT request_id, delta_allocated, allocated_after FROM movements";
      expect(await sqlIn(productId, added)).toEqual([{ request_id: null, delta_allocated: 0, allocated_after: 0 }]);
    },
  );

  it.for(STEPS.slice(1).map((_, index) => index + 1))(
    "of version %i, migrated, serves the orders that were in it and every call of today",
    async (version, { expect }) => {
      const { productId, stock } = await stockOfVersion(version);
      const lines = [{ variantId: "v", warehouseId: "BLR", quantity: 2 }];
      await evict(productId);

      await stock.commit("ORD-2.reserved");
      const committed = await unitsOf(stock);
      await stock.ship({ holdId: "ORD-2.reserved", shipmentId: "ship:ORD-2.reserved", lines, actor: "order" });
      await stock.cancelHold("ORD-1.sold");
      await stock.takeBack("TRF-never-left");
      const adjusted = await stock.adjust(adjustment("receive", 1, { requestId: "R1" }));

      expect(committed).toEqual([6, 0, 2]);
      expect(adjusted).toMatchObject({ movement: { requestId: "R1" } });
      expect(await unitsOf(stock)).toEqual([8, 0]);
      expect(await stock.audit()).toEqual([]);
    },
  );

  it("is migrated in an object with stock, by the steps that it has not run, in order", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const newer = [
      ...STEPS,
      "ALTER TABLE levels ADD COLUMN bin TEXT NOT NULL DEFAULT ''; CREATE TABLE bins (bin TEXT) STRICT;",
      "UPDATE levels SET bin = 'A1'; INSERT INTO bins VALUES ('A1');",
    ];

    const thrown = [await migrateTo(productId, newer), await migrateTo(productId, newer)];

    expect(thrown).toEqual([undefined, undefined]);
    expect(await sqlIn(productId, "SELECT on_hand, bin FROM levels")).toEqual([{ on_hand: 5, bin: "A1" }]);
    expect(await sqlIn(productId, "SELECT * FROM bins")).toHaveLength(1);
    expect(await versionOf(productId)).toEqual([{ version: STEPS.length + 2 }]);
    await held(stock, reserveRequest(2));
    expect(await unitsOf(stock)).toEqual([5, 2]);
  });

  it("keeps the steps that succeeded and rolls back one that failed, which is retried", async ({ expect }) => {
    const { productId } = await stockWith(5);
    const good = "CREATE TABLE bins (bin TEXT) STRICT;";
    const bad = "INSERT INTO bins VALUES ('A1'); INSERT INTO nowhere VALUES (1);";

    const thrown = await migrateTo(productId, [...STEPS, good, bad]);

    expect(thrown).toMatch(/no such table: nowhere/);
    expect(await sqlIn(productId, "SELECT * FROM bins")).toEqual([]);
    expect(await versionOf(productId)).toEqual([{ version: STEPS.length + 1 }]);
    await migrateTo(productId, [...STEPS, good, "INSERT INTO bins VALUES ('B2');"]);
    expect(await sqlIn(productId, "SELECT * FROM bins")).toEqual([{ bin: "B2" }]);
  });
});
