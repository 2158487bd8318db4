import { type SQL, sql } from "drizzle-orm";
import type { Measure, Meter } from "../meter.ts";
import { render } from "./render.ts";

export const D1_TIMEOUT_MS = 5_000;

/** One statement of a batch, with the function that reads its result. */
export interface Query<T> {
  statement: SQL;
  read(result: D1Result<Record<string, unknown>>): T;
}

/** The queries of a batch, by name and in order. An entry is a query, a list of queries, or `undefined` to run none. */
type Queries = Readonly<Record<string, Query<unknown> | readonly Query<unknown>[] | undefined>>;

type AnswerOf<Q> =
  Q extends Query<infer T>
    ? T
    : Q extends readonly Query<unknown>[]
      ? { -readonly [K in keyof Q]: Q[K] extends Query<infer T> ? T : never }
      : undefined;

/** The results of a batch, under the names of its queries. */
export type Answers<Q extends Queries> = { [K in keyof Q]: AnswerOf<Q[K]> };

/** D1 for the verbs. Batches are the only way to query, so every round trip is counted and has a timeout. */
export interface Database {
  /**
   * Runs the queries in one round trip and one transaction; if one fails, all are rolled back. Without queries there is no round trip.
   * @param name the purpose of the batch: tests aim faults at it, and a timeout names it
   * @throws Error of D1 when a statement fails; TimeoutError after 5 s, when the batch may still run
   */
  batch<const Q extends Queries>(name: string, queries: Q): Promise<Answers<Q>>;
}

/** A call to D1 or an object took longer than its limit. It may still take effect. */
export class TimeoutError extends Error {
  override name = "TimeoutError";
}

/** Reads all rows, with the column names of the statement. */
export function rows<T>(statement: SQL): Query<T[]> {
  return { statement, read: (result) => result.results as T[] };
}

/** Reads the first row, or `undefined`. */
export function row<T>(statement: SQL): Query<T | undefined> {
  return { statement, read: (result) => result.results[0] as T | undefined };
}

/** A write; its result is the number of changed rows. */
export function write(statement: SQL): Query<number> {
  return { statement, read: (result) => result.meta.changes };
}

/** A query of one value, which `inOne` selects as a column, because D1 would count a row of its own as read. */
interface Value<T> extends Query<T> {
  column: SQL;
}

/** A query of one value, as a column of that name. */
export function oneValue<T>(name: string, expression: SQL, read: (value: string) => T): Value<T> {
  const column = sql`${expression} AS ${sql.identifier(name)}`;
  return { column, statement: sql`SELECT ${column}`, read: ({ results }) => read(String(results[0]?.[name])) };
}

/**
 * Combines several queries into one statement. Each must return exactly one row whatever D1 contains, column names must be distinct, and
 * at least one query must not be a `oneValue`.
 */
export function inOne<const Q extends Readonly<Record<string, Query<unknown> | Value<unknown> | undefined>>>(
  queries: Q,
): Query<Answers<Q>> {
  const present = Object.values(queries).filter((query) => query !== undefined);
  const columns = present.flatMap((query) => ("column" in query ? [query.column] : []));
  const parts = present.flatMap((query) => ("column" in query ? [] : [sql`(${query.statement})`]));
  return {
    statement: sql`SELECT ${sql.join([...columns, sql`*`], sql`, `)} FROM ${sql.join(parts, sql` CROSS JOIN `)}`,
    read: (result) => answersOf(queries, (query) => query.read(result)),
  };
}

/** Binds D1 for one request. All statements run on the primary, never on a read replica. */
export function openDatabase(d1: D1Database, meter: Meter, measure: Measure): Database {
  async function batch<const Q extends Queries>(name: string, queries: Q): Promise<Answers<Q>> {
    const statements = Object.values(queries).flatMap((each) => each ?? []);
    if (statements.length === 0) return answersOf(queries, missing);
    const prepared = statements.map((query) => prepare(d1, query.statement));
    const call = () => withTimeout(D1_TIMEOUT_MS, `D1 (${name})`, d1.batch<Record<string, unknown>>(prepared));
    const results = await measure("d1", call);
    meter.statements += results.length;
    for (const { meta } of results) {
      meter.rowsRead += meta.rows_read;
      meter.rowsWritten += meta.rows_written;
    }
    let next = 0;
    return answersOf(queries, (query) => query.read(results[next++] ?? missing()));
  }
  return { batch };
}

/** Assembles the results under the names of the queries. @param read is called once per query, in order */
function answersOf<Q extends Queries>(queries: Q, read: (query: Query<unknown>) => unknown): Answers<Q> {
  const answers = Object.entries(queries).map(([name, each]) => {
    if (each === undefined) return [name, undefined];
    return [name, "statement" in each ? read(each) : each.map(read)];
  });
  return Object.fromEntries(answers) as Answers<Q>;
}

/** Prepares a drizzle template for D1. Exported for the object, which writes its projection outside of requests. */
export function prepare(d1: D1Database, statement: SQL): D1PreparedStatement {
  const { text, params } = render(statement);
  return d1.prepare(text).bind(...params);
}

/**
 * Waits for a call for a limited time.
 * @throws TimeoutError when the limit is reached first
 */
export async function withTimeout<T>(limitMs: number, what: string, call: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`${what} did not answer in ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether D1 failed, as opposed to our code: a timeout or an error of D1. */
export function isDatabaseError(error: unknown): boolean {
  return error instanceof TimeoutError || (error instanceof Error && error.message.startsWith("D1_"));
}

function missing(): never {
  throw new Error("D1 answered fewer results than statements");
}
