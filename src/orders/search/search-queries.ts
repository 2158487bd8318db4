import { type SQL, sql } from "drizzle-orm";
import { type Query, rows } from "../../db/client.ts";
import { newestFirst, type TimeKey } from "../../rules/page.ts";
import { matchExpression, type OrderFilter, type OrderSearch } from "../rules/search.ts";
import { orderTextChanges, orderTexts } from "../search-tables.ts";
import { orders } from "../tables.ts";
import { inTime } from "./list-queries.ts";
import { readSearched, type SearchedRow } from "./searched-queries.ts";

/** The most rows of the index that one search goes through; the next page goes on. A limit for shops of more orders than this. */
const MAX_SPAN = 500_000;

/** An order with its text in the index. */
export interface IndexedRow extends TimeKey {
  text: string;
  /** 1 where its text has changed since. */
  isStale: 0 | 1;
}

/** What the index has for a search, and the last order to which it was gone through, where that is not its end. */
interface Indexed {
  rows: IndexedRow[];
  spanEnd: TimeKey | null;
}

/** Finds indexed orders that a search may look for, newest first, among those that a filter's times allow. */
export function findIndexed(search: OrderSearch, filter: OrderFilter, size: number): Query<Indexed> {
  const end = (direction: SQL) =>
    sql`(SELECT row_no FROM ${orderTexts} WHERE ${inTime(filter)} ORDER BY created_at_ms ${direction}, order_id ${direction} LIMIT 1)`;
  const found = rows<Omit<IndexedRow, "isStale"> & { isStale: 0 | 1 | null }>(sql`
    WITH ends AS MATERIALIZED (SELECT ${end(sql`ASC`)} AS oldest, ${end(sql`DESC`)} AS newest),
      span AS MATERIALIZED (SELECT oldest, newest, max(oldest, newest - ${MAX_SPAN} + 1) AS first FROM ends)
    SELECT * FROM (
      SELECT t.created_at_ms AS "atMs", t.order_id AS "id", t.text AS "text", EXISTS (
        SELECT 1 FROM ${orderTextChanges} c WHERE c.created_at_ms = t.created_at_ms AND c.order_id = t.order_id) AS "isStale"
      FROM (
        SELECT rowid AS row_no FROM orders_search WHERE orders_search MATCH ${matchExpression(search)}
          AND rowid >= (SELECT first FROM span) AND rowid <= (SELECT newest FROM span)
        ORDER BY rowid DESC LIMIT ${size}
      ) seen CROSS JOIN ${orderTexts} t ON t.row_no = seen.row_no)
    UNION ALL SELECT * FROM (
      SELECT created_at_ms, order_id, '', NULL FROM ${orderTexts}
      WHERE row_no >= (SELECT first FROM span WHERE first > oldest) ORDER BY row_no LIMIT 1)`);
  return {
    statement: found.statement,
    read: (result) => {
      const all = found.read(result);
      const own = all.flatMap(({ isStale, ...each }) => (isStale === null ? [] : [{ ...each, isStale }]));
      return { rows: own.toSorted(newestFirst), spanEnd: all.find(({ isStale }) => isStale === null) ?? null };
    },
  };
}

/** Orders whose text has changed since they were indexed, or that came between indexed ones. */
export function findChanged(filter: OrderFilter, size: number): Query<SearchedRow[]> {
  return readSearched(sql`
    SELECT created_at_ms, order_id FROM ${orderTextChanges} WHERE ${inTime(filter)}
    ORDER BY created_at_ms DESC, order_id DESC LIMIT ${size}`);
}

/** The time and the id of the newest or the oldest indexed order, by a name for the statement. */
export function indexedEnd(name: "newest" | "oldest"): { end: SQL; ms: SQL; id: SQL } {
  const direction = name === "newest" ? sql`DESC` : sql`ASC`;
  const table = sql.raw(name);
  return {
    end: sql`${table} AS MATERIALIZED (
      SELECT created_at_ms, order_id FROM ${orderTexts} ORDER BY created_at_ms ${direction}, order_id ${direction} LIMIT 1)`,
    ms: sql`(SELECT created_at_ms FROM ${table})`,
    id: sql`(SELECT order_id FROM ${table})`,
  };
}

/** Orders that are newer than all that are indexed. */
export function findNewer(filter: OrderFilter, size: number): Query<SearchedRow[]> {
  const { end, ms, id } = indexedEnd("newest");
  const from = sql`max(coalesce(${ms}, 0), CAST(${filter.fromMs ?? 0} AS INTEGER))`;
  return readSearched(sql`
    WITH ${end} SELECT created_at_ms, order_id FROM ${orders}
    WHERE ${within(filter, from, latest(filter))} AND (+created_at_ms, order_id) > (coalesce(${ms}, -1), coalesce(${id}, ''))
    ORDER BY created_at_ms DESC, order_id DESC LIMIT ${size}`);
}

/** Orders that are older than all that are indexed. */
export function findOlder(filter: OrderFilter, size: number): Query<SearchedRow[]> {
  const { end, ms, id } = indexedEnd("oldest");
  const from = sql`CAST(${filter.fromMs ?? 0} AS INTEGER)`;
  return readSearched(sql`
    WITH ${end} SELECT created_at_ms, order_id FROM ${orders}
    WHERE ${within(filter, from, sql`min(${ms}, ${latest(filter)})`)} AND (+created_at_ms, order_id) < (${ms}, ${id})
    ORDER BY created_at_ms DESC, order_id DESC LIMIT ${size}`);
}

function latest({ after, beforeMs }: OrderFilter): SQL {
  return sql`CAST(${after?.[0] ?? beforeMs ?? Number.MAX_SAFE_INTEGER} AS INTEGER)`;
}

/** One term for each end of the window, because of two SQLite could walk the index by the one that leaves the whole table. */
function within(filter: OrderFilter, from: SQL, to: SQL): SQL {
  return sql`created_at_ms >= ${from} AND created_at_ms <= ${to} AND ${inTime(filter, sql`+created_at_ms`)}`;
}
