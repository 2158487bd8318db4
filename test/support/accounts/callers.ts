import type { Caller, Deps } from "../../../src/deps.ts";
import { type Action, mayRole, type Role } from "../../../src/rules/rights.ts";

/** Somebody who is signed in, without the signing in: for tests of what a caller may do. */
export function callerOf(role: Role, userId: string): Caller {
  const actor = `user:${userId}`;
  return { role, actor, scope: actor, userId, may: (action) => mayRole(role, action) };
}

/** A machine's key with some rights. */
export function keyOf(...rights: Action[]): Caller {
  return { role: "key", actor: "key:k", scope: "key:k", may: (action) => rights.includes(action) || mayRole("guest", action) };
}

/** Deps by which each of some tokens is somebody's. */
export function identifying(callers: Readonly<Record<string, Caller>>): Pick<Deps, "identify"> {
  return { identify: async (token) => callers[token] };
}

/** Somebody who is not signed in. */
export const GUEST: Caller = { role: "guest", actor: "guest", scope: "guest", may: (action) => mayRole("guest", action) };
