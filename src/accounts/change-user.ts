import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { requireMatch } from "../writes/require-match.ts";
import { writeGuarded } from "../writes/write-guarded.ts";
import type { Plan } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { eraseUser, updateUser } from "./queries.ts";
import { auditedOf, type User, type UserFields } from "./rules/user.ts";
import { showUser } from "./read-users.ts";
import { revokeFamilies } from "./session-queries.ts";

/**
 * Changes a user's role, tier or name. A new role signs the user out everywhere, so that every session has it.
 * @param target `selfId` is the calling user, undefined for `ADMIN_TOKEN`
 * @throws Refusal `not_found`; `own_account` where an admin would change their own role
 */
export function changeUser(
  deps: Deps,
  keyed: Keyed | undefined,
  target: { userId: string; selfId: string | undefined },
  changes: Partial<UserFields>,
): Promise<Written<User>> {
  return writeUser(deps, keyed, target.userId, "user.change", (before, updatedAtMs) => {
    const after = { ...before, ...changes, updatedAtMs };
    const isNewRole = after.role !== before.role;
    if (isNewRole && before.userId === target.selfId) throw new Refusal("own_account", "You cannot change your own role.");
    const signOut = isNewRole ? [revokeFamilies(before.userId)] : [];
    // The audit log says that the name changed but stores neither name, because entries outlive the account.
    const renamed = after.name === before.name ? {} : { name_changed: true };
    return { after, queries: [updateUser(before, after, updatedAtMs), ...signOut], audited: { ...auditedOf(after), ...renamed } };
  });
}

/**
 * Deletes a user: erases e-mail, name, password and addresses and revokes all sessions. The row stays, because orders and logs reference it.
 * @param selfId the calling user; undefined for `ADMIN_TOKEN`
 * @throws Refusal `not_found`; `own_account` where an admin would delete themselves
 */
export function deleteUser(
  deps: Deps,
  keyed: Keyed | undefined,
  { userId, selfId }: { userId: string; selfId: string | undefined },
): Promise<Written<User>> {
  return writeUser(deps, keyed, userId, "user.delete", (before, updatedAtMs) => {
    if (userId === selfId) throw new Refusal("own_account", "You cannot delete your own account.");
    const after = { ...before, email: null, name: null, status: "deleted" as const, updatedAtMs };
    return { after, queries: [eraseUser(before, updatedAtMs), revokeFamilies(userId)], audited: auditedOf(after) };
  });
}

interface Decision extends Pick<Plan<unknown>, "queries"> {
  after: User;
  audited: object;
}

/**
 * Plans a change from the user as read and writes it unless somebody else changed the user since. A replay returns the current user.
 * @throws Refusal `not_found`, `precondition_failed`
 */
async function writeUser(
  deps: Deps,
  keyed: Keyed | undefined,
  userId: string,
  action: string,
  decide: (before: User, updatedAtMs: number) => Decision,
): Promise<Written<User>> {
  let after: User | undefined;
  const plan = async (): Promise<Plan<{ userId: string }>> => {
    const before = await showUser(deps, userId);
    if (before.status === "deleted") throw new Refusal("not_found", "The user is deleted.");
    requireMatch(deps, before.updatedAtMs);
    // Two changes within one millisecond still get different times, which the guard of the update relies on.
    const decision = decide(before, Math.max(deps.nowMs(), before.updatedAtMs + 1));
    after = decision.after;
    const change = { action, recordType: "user", recordId: userId, before: auditedOf(before), after: decision.audited };
    // The kept answer has the id alone: personal data must not survive a deletion there either.
    return { queries: decision.queries, changes: [change], answer: { userId }, status: 200 };
  };
  try {
    const written = await writeGuarded(deps, keyed, "users.updated_at_ms", plan);
    return { ...written, answer: after && !written.replayed ? after : await showUser(deps, userId) };
  } finally {
    deps.cache.customers?.delete(userId);
  }
}
