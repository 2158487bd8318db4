import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { prepare, type Query } from "../../../src/db/client.ts";

/** The query plan of SQLite, one line per step. @throws Error for an empty plan, which would prove nothing */
export async function planOf({ statement }: Pick<Query<unknown>, "statement">): Promise<string[]> {
  const { results } = await prepare(env.DB, sql`EXPLAIN QUERY PLAN ${statement}`).all<{ detail: string }>();
  if (results.length === 0) throw new Error("there is no plan");
  return results.map(({ detail }) => detail);
}

/**
 * The steps of a plan that scan a table or sort rows. Walking an index in its order is neither, nor is reading a list of the request or
 * the rows of another step.
 */
export function scansIn(plan: readonly string[]): string[] {
  const isScan = (step: string) => /^SCAN (?!.*(USING (COVERING )?INDEX|VIRTUAL TABLE|CONSTANT ROW))/.test(step);
  const isOwn = (step: string) => /^SCAN (seen|json_each|asked|wanted|w)\b/.test(step);
  return plan.filter((step) => (isScan(step) && !isOwn(step)) || step.includes("TEMP B-TREE"));
}
