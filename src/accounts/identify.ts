import type { Caller } from "../deps.ts";
import { sameSecret } from "../ids.ts";

/**
 * Says who a bearer token stands for.
 * @param adminToken the secret `ADMIN_TOKEN`; where it is unset nobody is an admin
 */
export async function identify(token: string, adminToken: string | undefined): Promise<Caller | undefined> {
  if (adminToken === undefined) return undefined;
  return (await sameSecret(token, adminToken)) ? { role: "admin", scope: "admin" } : undefined;
}
