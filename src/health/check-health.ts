import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import type { CurrencyRecord } from "../shop/rules/currency-record.ts";
import { checkCurrency } from "../shop/check-currency.ts";
import { ping } from "./queries.ts";

/** The name of an object without stock: no product can have this id. */
const HEALTH_OBJECT = ".health";

const RETRY_AFTER_S = 5;

/**
 * Checks that D1 and a Durable Object respond.
 * @returns the currency of the shop's amounts
 * @throws Refusal `unavailable`, naming which of them does not; `misconfigured` if the settings do not fit the shop, or one lacks another
 *   without which it is of no use
 */
export async function checkHealth(deps: Deps): Promise<CurrencyRecord> {
  const answers = await Promise.allSettled([
    deps.db.batch("check health", { ping: ping() }),
    deps.stockOf(HEALTH_OBJECT).audit(),
  ]);
  const [d1, stock] = answers.map(({ status }) => (status === "fulfilled" ? "ok" : "failed"));
  const { incomplete } = deps.config;
  if (d1 === "ok" && stock === "ok" && incomplete.length > 0)
    throw new Refusal("misconfigured", incomplete.join(". "), { members: { problems: incomplete } });
  if (d1 === "ok" && stock === "ok") return checkCurrency(deps);
  for (const answer of answers) if (answer.status === "rejected") deps.log("unhealthy", { error: String(answer.reason) });
  throw new Refusal("unavailable", `D1: ${d1}. Objects: ${stock}.`, { members: { d1, stock }, retryAfterS: RETRY_AFTER_S });
}
