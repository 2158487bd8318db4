import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { type Plan, writeOnce } from "../writes/write-once.ts";
import type { Keyed, Written } from "../writes/rules/keyed.ts";
import { eraseUser, updateUser } from "./queries.ts";
import { auditedOf, type User, type UserFields } from "./rules/user.ts";
import { revokeFamilies } from "./session-queries.ts";
import { showUser } from "./show-user.ts";

/** How often a change is decided anew because somebody else changed the user in between. */
const MAX_ATTEMPTS = 3;

/**
 * Changes a user's role, tier or name. Another role signs the user out everywhere, so that every session has the new one.
 * @param selfId who asks, if it is a user
 * @throws Refusal `not_found`; `own_account` where they would change their own role
 */
export function changeUser(
  deps: Deps,
  keyed: Keyed | undefined,
  target: { userId: string; selfId: string | undefined },
  changes: Partial<UserFields>,
): Promise<Written<User>> {
  return writeUser(deps, keyed, target.userId, "user.change", (before, updatedAtMs) => {
    const after = { ...before, ...changes, updatedAtMs };
    const isOtherRole = after.role !== before.role;
    if (isOtherRole && before.userId === target.selfId) throw new Refusal("own_account", "Nobody changes their own role.");
    const signOut = isOtherRole ? [revokeFamilies(before.userId)] : [];
    // The log tells that a name changed, but neither name: it would outlive the account.
    const renamed = after.name === before.name ? {} : { name_changed: true };
    return { after, queries: [updateUser(before, after, updatedAtMs), ...signOut], audited: { ...auditedOf(after), ...renamed } };
  });
}

/**
 * Deletes a user: e-mail, name and password are gone at once, and every session ends. The row stays, because orders and logs name it.
 * @param selfId who asks, if it is a user
 * @throws Refusal `not_found`; `own_account` where they would delete themselves
 */
export function deleteUser(
  deps: Deps,
  keyed: Keyed | undefined,
  { userId, selfId }: { userId: string; selfId: string | undefined },
): Promise<Written<User>> {
  return writeUser(deps, keyed, userId, "user.delete", (before, updatedAtMs) => {
    if (userId === selfId) throw new Refusal("own_account", "Nobody deletes themselves.");
    const after = { ...before, email: null, name: null, status: "deleted" as const, updatedAtMs };
    return { after, queries: [eraseUser(before, updatedAtMs), revokeFamilies(userId)], audited: auditedOf(after) };
  });
}

interface Decision extends Pick<Plan<unknown>, "queries"> {
  after: User;
  audited: object;
}

/** Decides on the user as read and writes if nobody else wrote meanwhile. A repeat of a key shows the user as they are then. */
async function writeUser(
  deps: Deps,
  keyed: Keyed | undefined,
  userId: string,
  action: string,
  decide: (before: User, updatedAtMs: number) => Decision,
): Promise<Written<User>> {
  for (let attempt = 1; ; attempt += 1) {
    let isOvertaken = false;
    let after: User | undefined;
    const plan = async (): Promise<Plan<{ userId: string }>> => {
      const before = await showUser(deps, userId);
      if (before.status === "deleted") throw new Refusal("not_found", "The user is deleted.");
      // Two changes within one millisecond still differ, which the guard of the update relies on.
      const decision = decide(before, Math.max(deps.nowMs(), before.updatedAtMs + 1));
      after = decision.after;
      const change = { action, recordType: "user", recordId: userId, before: auditedOf(before), after: decision.audited };
      // The kept answer names the user alone: what is personal must not outlive a deletion there either.
      return { queries: decision.queries, changes: [change], answer: { userId }, status: 200 };
    };
    try {
      const written = await writeOnce(deps, keyed, plan, (error) => {
        isOvertaken = failedConstraint(error) === "users.updated_at_ms";
        return undefined;
      });
      return { ...written, answer: after && !written.replayed ? after : await showUser(deps, userId) };
    } catch (error) {
      if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
    } finally {
      deps.cache.customers?.delete(userId);
    }
  }
}
