import type { Caller } from "../deps.ts";
import { sameSecret } from "../ids.ts";
import { mayRole } from "../rules/rights.ts";

/**
 * Says who a bearer token stands for.
 * @param adminToken the secret `ADMIN_TOKEN`, the break-glass admin; where it is unset it lets nobody in
 */
export async function identify(token: string, adminToken: string | undefined): Promise<Caller | "stale" | undefined> {
  if (adminToken === undefined || !(await sameSecret(token, adminToken))) return undefined;
  return { role: "admin", actor: "admin", scope: "admin", may: (action) => mayRole("admin", action) };
}
