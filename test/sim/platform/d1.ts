import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { failedConstraint } from "../../../src/writes/constraint.ts";
import { refusedBy } from "../coverage.ts";
import { sendCall } from "./network.ts";
import { openSql, type Row, type Sql } from "./sql.ts";
import { type Actor, type Scheduler, trace } from "../engine/scheduler.ts";

const MIGRATIONS = resolve(import.meta.dirname, "../../../migrations");

/** One statement of a batch with its bindings. */
export interface BoundStatement {
  text: string;
  bindings: readonly unknown[];
}

/** The database that batches run on, and a check that runs after each batch that took effect. */
export interface D1 {
  sql: Sql;
  afterBatch: (scheduler: Scheduler, statements: readonly BoundStatement[], changes: readonly number[]) => void;
}

/** An empty D1 with the schema of the migrations. */
export function emptyD1(): Sql {
  const sql = openSql();
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"));
  for (const name of files.toSorted()) sql.script(readFileSync(join(MIGRATIONS, name), "utf8"));
  return sql;
}

/**
 * Runs a batch in one transaction, which is rolled back if a statement fails.
 * @throws Error in D1's label, such as `D1_ERROR: UNIQUE constraint failed: orders.order_id: SQLITE_CONSTRAINT`
 */
export function runBatch(sql: Sql, statements: readonly BoundStatement[]) {
  try {
    return sql.transaction(() => statements.map(({ text, bindings }) => resultOf(sql.run(text, bindings))));
  } catch (error) {
    const isConstraint = String(error).includes("constraint failed");
    throw new Error(`D1_ERROR: ${(error as Error).message}: ${isConstraint ? "SQLITE_CONSTRAINT" : "SQLITE_ERROR"}`, {
      cause: error,
    });
  }
}

/** The members of D1's results that the sources read. */
function resultOf({ rows, changes }: { rows: Row[]; changes: number }) {
  return { results: rows, success: true, meta: { changes, rows_read: 0, rows_written: 0 } };
}

/** D1 as one actor calls it. Only `prepare`, `bind` and `batch` exist, because the sources use nothing else. */
export function d1For(scheduler: Scheduler, actor: Actor, d1: D1): D1Database {
  const bound = (text: string, bindings: readonly unknown[]) => ({
    text,
    bindings,
    bind: (...values: unknown[]) => bound(text, values),
  });
  const batch = (statements: readonly BoundStatement[]) =>
    sendCall(scheduler, actor, {
      to: "d1",
      label: () => `D1 ${labelOf(statements)}`,
      disconnected: () => new Error("D1_ERROR: Network connection lost."),
      execute: async () => {
        const results = countRefusals(scheduler, () => runBatch(d1.sql, statements));
        d1.afterBatch(
          scheduler,
          statements,
          results.map(({ meta }) => meta.changes),
        );
        return results;
      },
    });
  return { prepare: (text: string) => bound(text, []), batch } as unknown as D1Database;
}

/** Counts the constraints that fail batches: they are the guards by which exactly one of two concurrent writers wins. */
function countRefusals<T>(scheduler: Scheduler, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const constraint = failedConstraint(error);
    if (constraint !== undefined) scheduler.cover(refusedBy(constraint));
    trace(scheduler, scheduler.network, () => String(error));
    throw error;
  }
}

const WRITES = /^\s*(INSERT|UPDATE|DELETE)\s(?:OR IGNORE )?(?:INTO |FROM )?\s*"?(\w+)"?/;
const SIGNS: Readonly<Record<string, string>> = { INSERT: "+", UPDATE: "~", DELETE: "-" };

/** For the trace: the tables that a batch inserts into (+), updates (~) and deletes from (-), and how many of its statements read (?). */
function labelOf(statements: readonly BoundStatement[]): string {
  const writes = statements.flatMap(({ text }) => {
    const [, verb = "", table = ""] = WRITES.exec(text) ?? [];
    return table === "" ? [] : [`${SIGNS[verb]}${table}`];
  });
  const reads = statements.length - writes.length;
  return [...new Set(writes), ...(reads > 0 ? [`?${reads}`] : [])].join(" ");
}
