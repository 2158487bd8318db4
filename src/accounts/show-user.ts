import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { findUser } from "./queries.ts";
import type { User } from "./rules/user.ts";

/**
 * Reads a user, deleted or not.
 * @throws Refusal `not_found`
 */
export async function showUser(deps: Deps, userId: string): Promise<User> {
  const { user } = await deps.db.batch("show user", { user: findUser(userId) });
  if (!user) throw new Refusal("not_found", "There is no such user.");
  return user;
}
