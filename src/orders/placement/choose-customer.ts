import { findUser } from "../../accounts/queries.ts";
import type { Caller, Deps } from "../../deps.ts";
import { invalidField, refusedField } from "../../errors.ts";
import type { Tier } from "../../rules/rights.ts";

/** The account that an order belongs to. API keys have no tier. */
interface Customer {
  userId: string;
  tier: Tier | null;
}

/**
 * Chooses the account that an order belongs to: a customer's own, or the one that staff name, at the cost of one hop. Without a name, an
 * order by staff belongs to none.
 * @throws Refusal `forbidden` where the caller may not name the account; `validation_failed` for one that does not exist
 */
export async function chooseCustomer(
  deps: Deps,
  { role, userId, tier, may }: Caller,
  named: string | undefined,
): Promise<Customer | undefined> {
  const own = role === "customer" && userId !== undefined ? { userId, tier: tier ?? null } : undefined;
  if (named === undefined || named === own?.userId) return own;
  if (!may("orders:choose_customer")) throw refusedField("forbidden", "user_id", "is not yours; leave it out");
  const { user } = await deps.db.batch("read customer of order", { user: findUser(named) });
  if (user?.status !== "active") throw invalidField("user_id", "is not an account");
  return user;
}
