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

  it("of the first release is migrated when its object wakes, and its data is kept", async ({ expect }) => {
    const { productId, stock } = await stockWith(5);
    const holdId = await held(stock, reserveRequest(2));
    const asReleased =
      "ALTER TABLE movements DROP COLUMN request_id; DROP TABLE transfers_ended; DROP TABLE checkouts; DROP TABLE adjustments_refused; ALTER TABLE holds DROP COLUMN cart_expires_at_ms; UPDATE schema_version SET version = 1";
    await sqlIn(productId, asReleased);

    await evict(productId);

    expect(await unitsOf(stock)).toEqual([5, 2]);
    expect(await versionOf(productId)).toEqual([{ version: STEPS.length }]);
    expect(await sqlIn(productId, "SELECT request_id FROM movements")).toEqual([{ request_id: null }, { request_id: null }]);
    await stock.commit(holdId);
    await stock.takeBack("TRF-never-left");
    expect(await stock.adjust(adjustment("receive", 1, { requestId: "R1" }))).toMatchObject({ movement: { requestId: "R1" } });
    expect(await unitsOf(stock)).toEqual([4, 0]);
    expect(await stock.audit()).toEqual([]);
  });

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
