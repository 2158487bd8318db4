import type { Role, Tier } from "../../rules/rights.ts";

/** A password as it is stored; `parameters` such as `pbkdf2-sha256:100000` say what made the hash. */
export interface PasswordHash {
  hash: string;
  salt: string;
  parameters: string;
}

/** A customer, a member of the staff or an admin. A deleted one has neither e-mail nor name. */
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

/** What an admin changes of a user. */
export type UserFields = Pick<User, "name" | "role" | "tier">;

/** What the audit log keeps of a user: no personal data, which must not outlive the account. */
export function auditedOf({ role, tier, status }: User) {
  return { role, tier, status };
}
