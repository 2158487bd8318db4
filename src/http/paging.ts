import { z } from "@hono/zod-openapi";
import { invalidField } from "../errors.ts";

/** Query parameters of every list (DESIGN §9). */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional().openapi({ description: "`next_cursor` of the page before." }),
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
  if (cursor === undefined) return 0;
  const key = parse(cursor);
  if (typeof key !== "number" || !Number.isSafeInteger(key) || key < 0)
    throw invalidField("cursor", "is not a cursor of this list");
  return key;
}

/**
 * Reads a cursor whose key has the shape of a schema.
 * @returns `undefined` for the first page
 * @throws Refusal `validation_failed` for anything that `toCursor` did not write
 */
export function readCursor<S extends z.ZodType>(cursor: string | undefined, schema: S): z.output<S> | undefined {
  if (cursor === undefined) return undefined;
  const key = schema.safeParse(parse(cursor));
  if (!key.success) throw invalidField("cursor", "is not a cursor of this list");
  return key.data;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return undefined;
  }
}
