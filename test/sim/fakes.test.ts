import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { STEPS } from "../../src/stock/migrations.ts";
import { D1_CASES } from "./agreement.ts";
import { type Bound, emptyD1, runBatch } from "./d1.ts";
import { MUTANTS } from "./mutants.ts";
import { openSql } from "./sql.ts";
import { stateFor } from "./storage.ts";
import { actorOf } from "./world.ts";

describe("the simulation's D1", () => {
  it.for(D1_CASES)("is as D1 is: $claim", ({ batches, outcomes }, { expect }) => {
    const sql = emptyD1();

    const found = batches.map((batch) => outcomeOf(() => runBatch(sql, batch.map(bound)).map(({ results }) => results)));

    expect(found.map((each) => (typeof each === "string" ? each : plain(each)))).toEqual(outcomes);
  });

  it("counts the rows that a write changes", ({ expect }) => {
    const sql = emptyD1();
    const insert = bound(["INSERT OR IGNORE INTO fences (id, at_ms) VALUES (?, 1)", "twice"]);

    const changes = runBatch(sql, [insert, insert]).map(({ meta }) => meta.changes);

    expect(changes).toEqual([1, 0]);
  });
});

describe("the simulation's object storage", () => {
  it("rolls a failed transaction back, one within another alone, and tells rows as the sources read them", ({ expect }) => {
    const { storage } = stateFor("rice", openSql(), actorOf("rice#1"), { get: () => null, set: () => {} }).state;
    for (const step of STEPS) storage.sql.exec(step);
    const level = (warehouseId: string, onHand: number, reserved: number) =>
      storage.sql.exec(
        "INSERT INTO levels (variant_id, warehouse_id, on_hand, reserved, version) VALUES ('v', ?, ?, ?, 1)",
        warehouseId,
        onHand,
        reserved,
      );

    storage.transactionSync(() => {
      level("BLR", 2, 1);
      expect(() => storage.transactionSync(() => (level("MUM", 1, 0), level("DEL", 1, 2)))).toThrow(/CHECK constraint failed/);
    });

    const all = storage.sql.exec("SELECT warehouse_id AS place, on_hand - reserved AS free FROM levels");
    expect(plain([all.toArray()])).toEqual([[{ place: "BLR", free: 1 }]]);
    expect(storage.sql.exec("SELECT count(*) AS n FROM levels").one()).toMatchObject({ n: 1 });
    expect(() => storage.sql.exec("SELECT 1 FROM holds").one()).toThrow();
  });

  it("is closed to a life that has ended", ({ expect }) => {
    const life = actorOf("rice#1");
    const { storage } = stateFor("rice", openSql(), life, { get: () => null, set: () => {} }).state;
    life.isAlive = false;

    expect(() => storage.sql.exec("SELECT 1")).toThrow("rice#1 is dead");
  });
});

describe("the mutants", () => {
  const patches = Object.entries(MUTANTS).flatMap(([name, mutant]) => mutant.patches.map((patch) => ({ name, ...patch })));

  it.for(patches)("$name finds what it replaces once in $file", ({ file, find, replace }, { expect }) => {
    const source = readFileSync(join(import.meta.dirname, "../../src", file), "utf8");

    expect(source.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  it("are six", ({ expect }) => {
    expect(Object.keys(MUTANTS)).toHaveLength(6);
  });
});

function bound([text, ...bindings]: readonly [string, ...unknown[]]): Bound {
  return { text, bindings };
}

/** Rows of `node:sqlite` have no prototype. */
function plain(rows: readonly (readonly object[])[]): object[][] {
  return rows.map((each) => each.map((row) => ({ ...row })));
}

function outcomeOf<T>(run: () => T): T | string {
  try {
    return run();
  } catch (error) {
    return (error as Error).message;
  }
}
