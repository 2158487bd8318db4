import { limitAddress, limitPasswords } from "../http/rate-limit.ts";
import { createRouter } from "../http/router.ts";
import * as contract from "./auth-contract.ts";
import { refresh } from "./refresh.ts";
import { toSessionJson } from "./json.ts";
import { signIn, signOut } from "./sign-in.ts";

export const authRoutes = createRouter();

authRoutes.post("/login", limitAddress);
authRoutes.post("/refresh", limitAddress);

authRoutes.openapi(contract.signIn, async (c) => {
  const body = c.req.valid("json");
  await limitPasswords(c, body.email);
  const session = await signIn(c.var.deps, body);
  return c.json(toSessionJson(session), 200);
});

authRoutes.openapi(contract.refresh, async (c) => {
  const session = await refresh(c.var.deps, c.req.valid("json").refresh_token);
  return c.json(toSessionJson(session), 200);
});

authRoutes.openapi(contract.signOut, async (c) => {
  await signOut(c.var.deps, c.req.valid("json").refresh_token);
  return c.body(null, 204);
});
