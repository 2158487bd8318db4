import { z } from "@hono/zod-openapi";
import { invalidField } from "../errors.ts";

/** The longest text in a cursor. */
const MAX_KEY = 200;

/** Query parameters of every list. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(1_000).optional().openapi({ description: "`next_cursor` of the previous page." }),
});

export const nextCursorSchema = z
  .string()
  .nullable()
  .openapi({ description: "Send it as `cursor` to get the next page; null on the last." });

/** Encodes the sort key of a page's last row as an opaque cursor. */
export function toCursor(key: string | number | readonly (string | number)[]): string {
  // A key may have letters beyond those that base 64 takes.
  const text = JSON.stringify(key).replaceAll(/[^\0-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Decodes a cursor by the schema of its list's sort key.
 * @returns `undefined` without a cursor
 * @throws Refusal `validation_failed` for any other text
 */
export function readCursor<S extends z.ZodType>(cursor: string | undefined, keySchema: S): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const key = keySchema.safeParse(parse(cursor));
  if (!key.success) throw invalidField("cursor", "is not a cursor of this list");
  return key.data;
}

/** The sort key of a list by row number. */
export const rowKeySchema = z.int().min(0);

/**
 * Decodes the cursor of a list with several orders: the order, the key of the last row, and its number. A list without an order has the
 * number alone.
 * @param sort the order that the request names, empty for none  @throws Refusal `validation_failed` for a cursor of another order
 */
export function readSortCursor(cursor: string | undefined, sort: string): { key: string | number; rowNo: number } | undefined {
  if (sort === "") {
    const rowNo = readCursor(cursor, rowKeySchema);
    return rowNo === undefined ? undefined : { key: rowNo, rowNo };
  }
  const keySchema = z.tuple([z.literal(sort), z.union([z.string().max(MAX_KEY), z.int()]), rowKeySchema]);
  const [, key, rowNo] = readCursor(cursor, keySchema) ?? [];
  return key === undefined || rowNo === undefined ? undefined : { key, rowNo };
}

/** Decodes a cursor that is a text. */
export function readTextCursor(cursor: string | undefined): string | undefined {
  return readCursor(cursor, z.string().max(MAX_KEY));
}

/**
 * Decodes a cursor whose key is a row number.
 * @returns 0 without a cursor
 */
export function rowCursor(cursor: string | undefined): number {
  return readCursor(cursor, rowKeySchema) ?? 0;
}

/** The sort key of a list by time, by id within a millisecond: `[at_ms, id]`. */
export const timeAndIdSchema = z.tuple([z.int().min(0), z.string().max(96)]);

function parse(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return undefined;
  }
}
