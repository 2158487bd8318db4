import type { AppContext } from "../http/context.ts";
import { sayVersion } from "../http/etag.ts";
import { keyedRequest } from "../http/idempotency.ts";
import { readCursor, timeAndIdSchema, toCursor } from "../http/paging.ts";
import { limitAddress, limitPasswords } from "../http/rate-limit.ts";
import { challengeShoppers } from "../http/turnstile.ts";
import { createRouter } from "../http/router.ts";
import { changePassword } from "./change-password.ts";
import { changeUser, deleteUser } from "./change-user.ts";
import * as contract from "./contract.ts";
import { selfIdOf, toUserJson } from "./json.ts";
import { listUsers, showUser } from "./read-users.ts";
import { register } from "./register.ts";
import type { User, UserFields } from "./rules/user.ts";

export const userRoutes = createRouter();

userRoutes.post("/", limitAddress, challengeShoppers);

userRoutes.openapi(contract.register, async (c) => {
  const user = await register(c.var.deps, c.req.valid("json"));
  return c.json(toUserJson(user), 201);
});

userRoutes.openapi(contract.readSelf, async (c) => {
  const user = await showUser(c.var.deps, selfIdOf(c));
  return c.json(toUserJson(user), 200);
});

userRoutes.openapi(contract.changePassword, async (c) => {
  const { current_password: current, new_password: next } = c.req.valid("json");
  const userId = selfIdOf(c);
  await limitPasswords(c, userId);
  await changePassword(c.var.deps, userId, current, next);
  return c.body(null, 204);
});

userRoutes.openapi(contract.listUsers, async (c) => {
  const { cursor, ...request } = c.req.valid("query");
  const { users, next } = await listUsers(c.var.deps, { ...request, after: readCursor(cursor, timeAndIdSchema) });
  return c.json({ users: users.map(toUserJson), next_cursor: next ? toCursor(next) : null }, 200);
});

userRoutes.openapi(contract.showUser, async (c) => {
  const user = await showUser(c.var.deps, c.req.valid("param").user_id);
  return c.json(shown(c, user, false), 200);
});

userRoutes.openapi(contract.changeUser, async (c) => {
  const body = c.req.valid("json");
  const keyed = await keyedRequest(c, body);
  const target = { userId: c.req.valid("param").user_id, selfId: c.var.caller.userId };
  const { answer, replayed } = await changeUser(c.var.deps, keyed, target, givenFields(body));
  return c.json(shown(c, answer, replayed), 200);
});

userRoutes.openapi(contract.deleteUser, async (c) => {
  const keyed = await keyedRequest(c, null);
  const target = { userId: c.req.valid("param").user_id, selfId: c.var.caller.userId };
  const { answer, replayed } = await deleteUser(c.var.deps, keyed, target);
  return c.json(shown(c, answer, replayed), 200);
});

function givenFields({ name, role, tier }: contract.UserChangeBody): Partial<UserFields> {
  return { ...(name !== undefined && { name }), ...(role !== undefined && { role }), ...(tier !== undefined && { tier }) };
}

function shown(c: AppContext, user: User, replayed: boolean) {
  if (replayed) c.header("Idempotency-Replayed", "true");
  sayVersion(c, user.updatedAtMs);
  return toUserJson(user);
}
