import type { Deps } from "../deps.ts";
import { unresolved } from "../errors.ts";
import { refuseTaken } from "../writes/constraint.ts";
import { auditOf } from "../writes/write-once.ts";
import { insertUser } from "./queries.ts";
import { auditedOf, type User } from "./rules/user.ts";

/** A registration; the e-mail is in lower case. */
export interface Registration {
  email: string;
  password: string;
  name: string;
}

/**
 * Registers a customer. There is no Idempotency-Key: the e-mail serves as one, and the kept hash of the body would be a weak hash of
 * the password.
 * @throws Refusal `already_exists` for a taken e-mail, after the same work as for a free one; and what the challenge refuses
 */
export async function register(deps: Deps, { email, password, name }: Registration): Promise<User> {
  await deps.challenge?.(`register ${email}`);
  const atMs = deps.nowMs();
  const user: User = {
    userId: deps.newId(),
    email,
    name,
    role: "customer",
    tier: "standard",
    status: "active",
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
  const hash = await deps.secrets.hashPassword(password);
  const change = { action: "user.register", recordType: "user", recordId: user.userId, after: auditedOf(user) };
  try {
    await deps.db.batch("register", { user: insertUser(user, hash), audit: auditOf(deps, [change]) });
    return user;
  } catch (error) {
    throw refuseTaken(error, { "users.email": "email" }) ?? unresolved("The database did not confirm the write.", "again", error);
  }
}
