import { type SQL, sql } from "drizzle-orm";
import type { Measure, Meter } from "../meter.ts";
import { render } from "./render.ts";

export const D1_TIMEOUT_MS = 5_000;

/** One statement of a batch and how its answer is read. */
export interface Query<T> {
  statement: SQL;
  read(result: D1Result<Record<string, unknown>>): T;
}

/** What a batch runs, by name and in this order: a query, several, or none where a condition leaves it out. */
type Queries = Readonly<Record<string, Query<unknown> | readonly Query<unknown>[] | undefined>>;

type AnswerOf<Q> =
  Q extends Query<infer T>
    ? T
    : Q extends readonly Query<unknown>[]
      ? { -readonly [K in keyof Q]: Q[K] extends Query<infer T> ? T : never }
      : undefined;

/** What each query of a batch answered, under its name. */
export type Answers<Q extends Queries> = { [K in keyof Q]: AnswerOf<Q[K]> };

/** D1 as the verbs see it. There is no single query beside the batch, so every round trip is counted and bounded in time. */
export interface Database {
  /**
   * Runs statements in one round trip and one transaction, which rolls back whole; without statements there is none.
   * @param name what the batch is for: tests aim faults at it, and a time limit that was reached names it
   * @throws Error of D1 when a statement fails; TimeoutError after 5 s, and then the batch may still run
   */
  batch<const Q extends Queries>(name: string, queries: Q): Promise<Answers<Q>>;
}

/** An outside call took longer than its limit. What it was to do may still happen. */
export class TimeoutError extends Error {
  override name = "TimeoutError";
}

/** All rows, with the columns as they are named in the statement. */
export function rows<T>(statement: SQL): Query<T[]> {
  return { statement, read: (result) => result.results as T[] };
}

/** The first row, or `undefined`. */
export function row<T>(statement: SQL): Query<T | undefined> {
  return { statement, read: (result) => result.results[0] as T | undefined };
}

/** A write; its answer is the number of rows that it changed. */
export function write(statement: SQL): Query<number> {
  return { statement, read: (result) => result.meta.changes };
}

/** A query of one value, which `inOne` asks as a column: a row of its own would count as read. */
interface Value<T> extends Query<T> {
  column: SQL;
}

/** One value, as a column of that name. */
export function oneValue<T>(name: string, expression: SQL, read: (found: string) => T): Value<T> {
  const column = sql`${expression} AS ${sql.identifier(name)}`;
  return { column, statement: sql`SELECT ${column}`, read: ({ results }) => read(String(results[0]?.[name])) };
}

/**
 * Asks several queries in one statement. Each has exactly one row whatever D1 has, no two have a column of one name, and one at least is
 * more than a `oneValue`.
 */
export function inOne<const Q extends Readonly<Record<string, Query<unknown> | Value<unknown> | undefined>>>(
  queries: Q,
): Query<Answers<Q>> {
  const asked = Object.values(queries).filter((query) => query !== undefined);
  const columns = asked.flatMap((query) => ("column" in query ? [query.column] : []));
  const parts = asked.flatMap((query) => ("column" in query ? [] : [sql`(${query.statement})`]));
  return {
    statement: sql`SELECT ${sql.join([...columns, sql`*`], sql`, `)} FROM ${sql.join(parts, sql` CROSS JOIN `)}`,
    read: (result) => answersOf(queries, (query) => query.read(result)),
  };
}

/** Binds D1 for one request. Statements go to the primary: the protocol reads and writes nowhere else. */
export function openDatabase(d1: D1Database, meter: Meter, measure: Measure): Database {
  async function batch<const Q extends Queries>(name: string, queries: Q): Promise<Answers<Q>> {
    const asked = Object.values(queries).flatMap((each) => each ?? []);
    if (asked.length === 0) return answersOf(queries, missing);
    const prepared = asked.map((query) => prepare(d1, query.statement));
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

/** Puts each answer where its query stands. @param read answers the queries one after the other, in their order */
function answersOf<Q extends Queries>(queries: Q, read: (query: Query<unknown>) => unknown): Answers<Q> {
  const answers = Object.entries(queries).map(([name, each]) => {
    if (each === undefined) return [name, undefined];
    return [name, "statement" in each ? read(each) : each.map(read)];
  });
  return Object.fromEntries(answers) as Answers<Q>;
}

/** Makes a D1 statement of a drizzle template; for the object, which writes its projection without a request. */
export function prepare(d1: D1Database, statement: SQL): D1PreparedStatement {
  const { text, params } = render(statement);
  return d1.prepare(text).bind(...params);
}

/**
 * Waits for a call, but not for ever.
 * @throws TimeoutError when the time is over first
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

/** Whether a call to D1 failed, as against code of ours: its answer is missing or an error of its own. */
export function isDatabaseError(error: unknown): boolean {
  return error instanceof TimeoutError || (error instanceof Error && error.message.startsWith("D1_"));
}

function missing(): never {
  throw new Error("D1 answered fewer results than statements");
}
