import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import type { Role } from "../rules/rights.ts";
import { findUser, findUserWindow, type UserKey } from "./queries.ts";
import type { User } from "./rules/user.ts";

/**
 * Reads a user, deleted or not.
 * @throws Refusal `not_found`
 */
export async function showUser(deps: Deps, userId: string): Promise<User> {
  const { user } = await deps.db.batch("show user", { user: findUser(userId) });
  if (!user) throw new Refusal("not_found", "User not found.");
  return user;
}

/** The filters of a list of users, and the page: `limit` users after the key `after`, newest first. */
export interface UserListRequest {
  role?: Role | undefined;
  email?: string | undefined;
  after: UserKey | undefined;
  limit: number;
}

/**
 * Lists users, including deleted ones. No index has the role: a page with that filter has the matching ones of `limit` users, so it
 * may be short or empty although more pages follow.
 */
export async function listUsers(deps: Deps, { role, email, after, limit }: UserListRequest) {
  const { rows } = await deps.db.batch("list users", { rows: findUserWindow({ email }, after, limit + 1) });
  const window = rows.slice(0, limit);
  const last = rows.length > limit ? window.at(-1) : undefined;
  const users: User[] = window.filter((user) => role === undefined || user.role === role);
  return { users, next: last && ([last.createdAtMs, last.userId] satisfies UserKey) };
}
