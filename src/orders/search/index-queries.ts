import { type SQL, sql } from "drizzle-orm";
import { type Query, row, write } from "../../db/client.ts";
import type { TimeKey } from "../../rules/page.ts";
import { orderTextChanges, orderTexts } from "../search-tables.ts";
import { orders } from "../tables.ts";
import { indexedEnd } from "./search-queries.ts";
import { readSearched, type SearchedRow } from "./searched-queries.ts";

/** An end of the indexed orders. */
export interface IndexEnd extends TimeKey {
  rowNo: number;
}

/** The newest and the oldest indexed order; `undefined` where none is. */
export function findEnds(): Query<Record<"newest" | "oldest", IndexEnd | undefined>> {
  const end = (direction: SQL) => sql`(
    SELECT json_object('atMs', created_at_ms, 'id', order_id, 'rowNo', row_no) FROM ${orderTexts}
    ORDER BY created_at_ms ${direction}, order_id ${direction} LIMIT 1)`;
  const found = row<Record<"newest" | "oldest", string | null>>(
    sql`SELECT ${end(sql`DESC`)} AS "newest", ${end(sql`ASC`)} AS "oldest"`,
  );
  const read = (json: string | null = null) => (json === null ? undefined : (JSON.parse(json) as IndexEnd));
  return {
    statement: found.statement,
    read: (result) => ({ newest: read(found.read(result)?.newest), oldest: read(found.read(result)?.oldest) }),
  };
}

/**
 * Orders to index, newest first: the next after the indexed ones, the next before them (the newest where none is indexed), and indexed ones
 * whose text has changed; at most `limit` of each.
 */
export function findUnindexed(untilMs: number, limit: number): Query<SearchedRow[]> {
  const [newest, oldest] = [indexedEnd("newest"), indexedEnd("oldest")];
  const until = sql`CAST(${untilMs} AS INTEGER)`;
  const key = sql`SELECT created_at_ms, order_id FROM`;
  return readSearched(sql`
    WITH ${newest.end}, ${oldest.end}
    SELECT * FROM (
      ${key} ${orders} WHERE created_at_ms >= ${newest.ms} AND created_at_ms <= ${until}
        AND (+created_at_ms, order_id) > (${newest.ms}, ${newest.id})
      ORDER BY created_at_ms, order_id LIMIT ${limit})
    UNION ALL SELECT * FROM (
      ${key} ${orders} WHERE created_at_ms <= coalesce(${oldest.ms}, ${until})
        AND (+created_at_ms, order_id) < (coalesce(${oldest.ms}, ${until} + 1), coalesce(${oldest.id}, ''))
      ORDER BY created_at_ms DESC, order_id DESC LIMIT ${limit})
    UNION ALL SELECT * FROM (
      SELECT c.created_at_ms, c.order_id FROM ${orderTextChanges} c
      CROSS JOIN ${orderTexts} t ON t.created_at_ms = c.created_at_ms AND t.order_id = c.order_id
      LIMIT ${limit})`);
}

/** An order with what it is indexed by, and the time of its row when that was read. */
export interface TextRow extends TimeKey {
  text: string;
  updatedAtMs: number;
}

/**
 * Indexes orders. Where another run of the cron was first, nothing happens: it took the same numbers for the same orders. An order that was recorded
 * meanwhile between these goes onto the list of changes, so that every order between the ends is on one of the two.
 * @param from the end that these go on from, or the first of these
 */
export function indexTexts(texts: readonly (TextRow & { rowNo: number })[], from: TimeKey): Query<number>[] {
  const ends = sql`SELECT min(at_ms) AS first_ms, max(at_ms) AS last_ms FROM (
    SELECT value->>'atMs' AS at_ms FROM json_each(${JSON.stringify(texts.map(({ atMs }) => ({ atMs })))}) UNION ALL SELECT CAST(${from.atMs} AS INTEGER))`;
  return [
    write(sql`
      INSERT OR IGNORE INTO ${orderTexts} (row_no, created_at_ms, order_id, text)
      SELECT value->>'rowNo', value->>'atMs', value->>'id', value->>'text' FROM json_each(${JSON.stringify(texts)})`),
    write(sql`
      INSERT OR IGNORE INTO ${orderTextChanges} (created_at_ms, order_id)
      SELECT o.created_at_ms, o.order_id FROM (${ends}) CROSS JOIN ${orders} o
        ON o.created_at_ms >= first_ms AND o.created_at_ms <= last_ms
      WHERE (+o.created_at_ms, o.order_id) < (SELECT created_at_ms, order_id FROM ${orderTexts} ORDER BY created_at_ms DESC, order_id DESC LIMIT 1)
        AND (+o.created_at_ms, o.order_id) > (SELECT created_at_ms, order_id FROM ${orderTexts} ORDER BY created_at_ms, order_id LIMIT 1)
        AND NOT EXISTS (SELECT 1 FROM ${orderTexts} t WHERE t.created_at_ms = o.created_at_ms AND t.order_id = o.order_id)`),
  ];
}

/** Indexes orders again whose text has changed, and takes them off the list unless they were changed since they were read. */
export function indexAgain(texts: readonly TextRow[]): Query<number>[] {
  const list = JSON.stringify(texts);
  return [
    write(sql`
      UPDATE ${orderTexts} SET text = j.value->>'text' FROM json_each(${list}) j
      WHERE ${orderTexts}.created_at_ms = j.value->>'atMs' AND ${orderTexts}.order_id = j.value->>'id'`),
    write(sql`
      DELETE FROM ${orderTextChanges} WHERE (created_at_ms, order_id) IN (
        SELECT j.value->>'atMs', j.value->>'id' FROM json_each(${list}) j
        CROSS JOIN ${orders} o ON o.order_id = j.value->>'id' AND o.updated_at_ms = j.value->>'updatedAtMs')`),
  ];
}
