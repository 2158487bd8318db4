import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { migrate } from "../../src/stock/object/migrations.ts";
import { D1_CASES, STORAGE_OUTCOMES, tryStorage } from "./platform/conformance.ts";
import { type BoundStatement, emptyD1, runBatch } from "./platform/d1.ts";
import { MUTANTS } from "./mutants.ts";
import { openSql } from "./platform/sql.ts";
import { stateFor } from "./platform/storage.ts";
import { newActor } from "./engine/scheduler.ts";

describe("the simulation's D1", () => {
  it.for(D1_CASES)("behaves as D1 does: $claim", ({ batches, outcomes }, { expect }) => {
    const sql = emptyD1();

    const actual = batches.map((batch) => outcomeOf(() => runBatch(sql, batch.map(bound)).map(({ results }) => results)));

    expect(actual.map((each) => (typeof each === "string" ? each : plain(each)))).toEqual(outcomes);
  });

  it("counts the rows that a write changes", ({ expect }) => {
    const sql = emptyD1();
    const insert = bound(["INSERT OR IGNORE INTO fences (id, at_ms) VALUES (?, 1)", "twice"]);

    const changes = runBatch(sql, [insert, insert]).map(({ meta }) => meta.changes);

    expect(changes).toEqual([1, 0]);
  });
});

describe("the simulation's object storage", () => {
  it("behaves as the storage of an object does", ({ expect }) => {
    const { storage } = stateFor("rice", openSql(), newActor("rice#1"), { get: () => null, set: () => {} }).state;
    migrate(storage);

    expect(tryStorage(storage)).toEqual(STORAGE_OUTCOMES);
  });

  it("rejects statements of an instance that has died", ({ expect }) => {
    const instance = newActor("rice#1");
    const { storage } = stateFor("rice", openSql(), instance, { get: () => null, set: () => {} }).state;
    instance.isAlive = false;

    expect(() => storage.sql.exec("SELECT 1")).toThrow("rice#1 is dead");
  });
});

describe("the mutants", () => {
  const patches = Object.entries(MUTANTS).flatMap(([name, mutant]) => mutant.patches.map((patch) => ({ name, ...patch })));

  it.for(patches)("$name finds the text to replace exactly once in $file", ({ file, find, replace }, { expect }) => {
    const source = readFileSync(join(import.meta.dirname, "../../src", file), "utf8");

    expect(source.split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  it("number fifteen", ({ expect }) => {
    expect(Object.keys(MUTANTS)).toHaveLength(15);
  });
});

function bound([text, ...bindings]: readonly [string, ...unknown[]]): BoundStatement {
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
