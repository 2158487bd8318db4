import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { ping } from "./queries.ts";

/** No product can have this id: the object holds nothing, and answering is all that it is for. */
const HEALTH_OBJECT = ".health";

const RETRY_AFTER_S = 5;

/**
 * Asks D1 and an object whether they answer.
 * @throws Refusal `unavailable`, saying which of them does not
 */
export async function checkHealth(deps: Deps): Promise<void> {
  const answers = await Promise.allSettled([
    deps.db.batch("check health", { ping: ping() }),
    deps.stockOf(HEALTH_OBJECT).audit(),
  ]);
  const [d1, stock] = answers.map(({ status }) => (status === "fulfilled" ? "ok" : "failed"));
  if (d1 === "ok" && stock === "ok") return;
  for (const answer of answers) if (answer.status === "rejected") deps.log("unhealthy", { error: String(answer.reason) });
  throw new Refusal("unavailable", `D1: ${d1}. Objects: ${stock}.`, { members: { d1, stock }, retryAfterS: RETRY_AFTER_S });
}
