import type { Deps } from "../deps.ts";
import type { Role } from "../rules/rights.ts";
import { findUserWindow, type UserKey } from "./queries.ts";
import type { User } from "./rules/user.ts";

/** Which users, and which page of them, newest first. */
export interface UserListRequest {
  role?: Role | undefined;
  email?: string | undefined;
  after: UserKey | undefined;
  limit: number;
}

/**
 * Lists users, deleted ones too. Roles are in no index: with that filter a page has those of `limit` users that fit, so it may be
 * short, or empty, and not the last.
 */
export async function listUsers(deps: Deps, { role, email, after, limit }: UserListRequest) {
  const { found } = await deps.db.batch("list users", { found: findUserWindow({ email }, after, limit + 1) });
  const window = found.slice(0, limit);
  const last = found.length > limit ? window.at(-1) : undefined;
  const users: User[] = window.filter((user) => role === undefined || user.role === role);
  return { users, next: last && ([last.createdAtMs, last.userId] satisfies UserKey) };
}
