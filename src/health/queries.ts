import { sql } from "drizzle-orm";
import { type Query, row } from "../db/client.ts";

/** The cheapest statement that D1 answers. */
export function ping(): Query<unknown> {
  return row(sql`SELECT 1`);
}
