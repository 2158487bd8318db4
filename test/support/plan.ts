import { env } from "cloudflare:workers";
import { type SQL, sql } from "drizzle-orm";
import { prepare } from "../../src/db/client.ts";

/** How SQLite carries out a statement, one line for each step. */
export async function planOf(statement: SQL): Promise<string[]> {
  const { results } = await prepare(env.DB, sql`EXPLAIN QUERY PLAN ${statement}`).all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}
