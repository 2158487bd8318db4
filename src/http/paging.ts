import { z } from "@hono/zod-openapi";
import { invalidField } from "../errors.ts";

/** Query parameters of every list (DESIGN §9). */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional().openapi({ description: "`next_cursor` of the page before." }),
});

export const nextCursorSchema = z
  .string()
  .nullable()
  .openapi({ description: "Give it as `cursor` for the next page; null on the last." });

/** Writes the key of a page's last row as an opaque cursor. */
export function toCursor(key: string | number | readonly (string | number)[]): string {
  return btoa(JSON.stringify(key)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Reads a cursor whose key is a row number.
 * @throws Refusal `validation_failed` for anything that `toCursor` did not write
 */
export function rowCursor(cursor: string | undefined): number {
  return readCursor(cursor, rowKeySchema) ?? 0;
}

const rowKeySchema = z.int().min(0);

/**
 * Reads the key of a cursor.
 * @returns `undefined` where there is none: the first page
 * @throws Refusal `validation_failed` for a key that is not of this list
 */
export function readCursor<S extends z.ZodType>(cursor: string | undefined, keySchema: S): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const { success, data } = keySchema.safeParse(parse(cursor));
  if (!success) throw invalidField("cursor", "is not a cursor of this list");
  return data;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return undefined;
  }
}
