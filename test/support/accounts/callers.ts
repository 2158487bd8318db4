import type { Caller, Deps } from "../../../src/deps.ts";
import { type Action, mayRole, type Role } from "../../../src/rules/rights.ts";

/** A signed-in caller, without a sign-in: for tests of rights. */
export function callerOf(role: Role, userId: string): Caller {
  const actor = `user:${userId}`;
  return { role, actor, scope: actor, userId, may: (action) => mayRole(role, action) };
}

/** A machine with some rights. */
export function keyOf(...rights: Action[]): Caller {
  return { role: "key", actor: "key:k", scope: "key:k", may: (action) => rights.includes(action) || mayRole("guest", action) };
}

/** Deps that identify these tokens as these callers. */
export function identifying(callers: Readonly<Record<string, Caller>>): Pick<Deps, "identify"> {
  return { identify: async (token) => callers[token] };
}

/** A caller without a token. */
export const GUEST: Caller = { role: "guest", actor: "guest", scope: "guest", may: (action) => mayRole("guest", action) };
