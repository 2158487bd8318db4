import type { Deps } from "../deps.ts";
import { revokeFamily } from "./session-queries.ts";

/** Signs out: the refresh token and all of its family end. Nothing is told of a token that nobody has. */
export async function signOut(deps: Deps, refreshToken: string): Promise<void> {
  await deps.db.batch("sign out", { revokeFamily: revokeFamily(await deps.secrets.hashOf(refreshToken)) });
}
