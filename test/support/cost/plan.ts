import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { prepare, type Query } from "../../../src/db/client.ts";

/** How SQLite would run a query, one line a step. @throws Error where it says nothing, for then nothing was asked */
export async function planOf({ statement }: Pick<Query<unknown>, "statement">): Promise<string[]> {
  const { results } = await prepare(env.DB, sql`EXPLAIN QUERY PLAN ${statement}`).all<{ detail: string }>();
  if (results.length === 0) throw new Error("there is no plan");
  return results.map(({ detail }) => detail);
}

/**
 * The steps of a plan that read all of a table, or sort what they found. Walking through an index in its order is neither, nor is
 * reading a list of the request's own or what another step found.
 */
export function scansIn(plan: readonly string[]): string[] {
  const isScan = (step: string) => /^SCAN (?!.*(USING (COVERING )?INDEX|VIRTUAL TABLE|CONSTANT ROW))/.test(step);
  const isOwn = (step: string) => /^SCAN (seen|json_each|asked|wanted|w)\b/.test(step);
  return plan.filter((step) => (isScan(step) && !isOwn(step)) || step.includes("TEMP B-TREE"));
}
