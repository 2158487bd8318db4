import type { Deps } from "../deps.ts";
import { invalidField } from "../errors.ts";
import { failedConstraint } from "../writes/constraint.ts";
import { auditOf } from "../writes/write-once.ts";
import { findSignIn, updatePassword } from "./queries.ts";
import { revokeFamilies } from "./session-queries.ts";

/**
 * Changes a user's password and revokes all refresh tokens; access tokens stay valid until they expire. Of two concurrent changes
 * one succeeds.
 * @throws Refusal `validation_failed` where the current password is wrong
 */
export async function changePassword(deps: Deps, userId: string, current: string, next: string): Promise<void> {
  const { user } = await deps.db.batch("read user", { user: findSignIn({ userId }) });
  const isRight = await deps.secrets.isPassword(current, user);
  if (!user || !isRight) throw wrong();
  const hash = await deps.secrets.hashPassword(next);
  const change = { action: "user.change_password", recordType: "user", recordId: userId };
  await deps.db
    .batch("change password", {
      password: updatePassword(userId, user.hash, hash, deps.nowMs()),
      revokeFamilies: revokeFamilies(userId),
      audit: auditOf(deps, [change]),
    })
    .catch((error: unknown) => {
      throw failedConstraint(error) === "users.updated_at_ms" ? wrong() : error;
    });
}

function wrong() {
  return invalidField("current_password", "is not the current password");
}
