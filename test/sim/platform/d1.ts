import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { failedConstraint } from "../../../src/writes/constraint.ts";
import { refusedBy } from "../coverage.ts";
import { ask } from "./network.ts";
import { openSql, type Row, type Sql } from "./sql.ts";
import { type Actor, tell, type World } from "../engine/scheduler.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../../migrations");

/** One statement of a batch with its bindings, and how D1 tells what it did. */
export interface Bound {
  text: string;
  bindings: readonly unknown[];
}

/** D1's own place: what batches run on, and who looks at each that took effect. */
export interface D1 {
  sql: Sql;
  afterBatch: (world: World, statements: readonly Bound[], changes: readonly number[]) => void;
}

/** A D1 with the schema of the migrations and nothing in it. */
export function emptyD1(): Sql {
  const sql = openSql();
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  for (const name of files.toSorted()) sql.script(readFileSync(join(MIGRATIONS, name), "utf8"));
  return sql;
}

/**
 * Runs a batch: one transaction, which rolls back whole.
 * @throws Error in D1's words, such as `D1_ERROR: UNIQUE constraint failed: orders.order_id: SQLITE_CONSTRAINT`
 */
export function runBatch(sql: Sql, statements: readonly Bound[]) {
  try {
    return sql.whole(() => statements.map(({ text, bindings }) => resultOf(sql.run(text, bindings))));
  } catch (error) {
    const isConstraint = String(error).includes("constraint failed");
    throw new Error(`D1_ERROR: ${(error as Error).message}: ${isConstraint ? "SQLITE_CONSTRAINT" : "SQLITE_ERROR"}`, {
      cause: error,
    });
  }
}

/** What the sources read of D1's answers. */
function resultOf({ rows, changes }: { rows: Row[]; changes: number }) {
  return { results: rows, success: true, meta: { changes, rows_read: 0, rows_written: 0 } };
}

/** D1 as one actor has it: the sources prepare statements and send them as batches, nothing else. */
export function d1For(world: World, actor: Actor, d1: D1): D1Database {
  const bound = (text: string, bindings: readonly unknown[]) => ({
    text,
    bindings,
    bind: (...values: unknown[]) => bound(text, values),
  });
  const batch = (statements: readonly Bound[]) =>
    ask(world, actor, {
      to: "d1",
      words: () => `D1 ${wordsOf(statements)}`,
      broken: () => new Error("D1_ERROR: Network connection lost."),
      perform: async () => {
        const results = counted(world, () => runBatch(d1.sql, statements));
        d1.afterBatch(
          world,
          statements,
          results.map(({ meta }) => meta.changes),
        );
        return results;
      },
    });
  return { prepare: (text: string) => bound(text, []), batch } as unknown as D1Database;
}

/** Counts by what batches fail: the guards that make one of two win. */
function counted<T>(world: World, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const constraint = failedConstraint(error);
    if (constraint !== undefined) world.met(refusedBy(constraint));
    tell(world, world.network, () => String(error));
    throw error;
  }
}

const WRITES = /^\s*(INSERT|UPDATE|DELETE)\s(?:OR IGNORE )?(?:INTO |FROM )?\s*"?(\w+)"?/;
const SIGNS: Readonly<Record<string, string>> = { INSERT: "+", UPDATE: "~", DELETE: "-" };

/** What a batch inserts into (+), updates (~) and deletes from (-), and how many of its statements read (?), for the trace. */
function wordsOf(statements: readonly Bound[]): string {
  const writes = statements.flatMap(({ text }) => {
    const [, verb = "", table = ""] = WRITES.exec(text) ?? [];
    return table === "" ? [] : [`${SIGNS[verb]}${table}`];
  });
  const reads = statements.length - writes.length;
  return [...new Set(writes), ...(reads > 0 ? [`?${reads}`] : [])].join(" ");
}
