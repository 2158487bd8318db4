import type { Role, Tier } from "../../rules/rights.ts";

/** A stored password; `parameters` are the algorithm and cost, such as `pbkdf2-sha256:100000`. */
export interface PasswordHash {
  hash: string;
  salt: string;
  parameters: string;
}

/** A customer, staff member or admin. A deleted user has neither e-mail nor name. */
export interface User {
  userId: string;
  email: string | null;
  name: string | null;
  role: Role;
  tier: Tier;
  status: "active" | "deleted";
  createdAtMs: number;
  updatedAtMs: number;
}

/** The fields of a user that an admin can change. */
export type UserFields = Pick<User, "name" | "role" | "tier">;

/** The fields of a user for the audit log: no personal data, because entries outlive the account. */
export function auditedOf({ role, tier, status }: User) {
  return { role, tier, status };
}
