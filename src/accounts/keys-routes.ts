import { keyedRequest } from "../http/idempotency.ts";
import { readCursor, timeAndIdSchema, toCursor } from "../http/paging.ts";
import { createRouter } from "../http/router.ts";
import { atMsOf } from "../http/times.ts";
import { toKeyJson } from "./json.ts";
import { createKey, listKeys, revokeKey } from "./keys.ts";
import * as contract from "./keys-contract.ts";

export const keyRoutes = createRouter()
  .openapi(contract.createKey, async (c) => {
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const expiresAtMs = body.expires_at === undefined ? null : atMsOf(body.expires_at);
    const { answer, replayed } = await createKey(c.var.deps, keyed, { name: body.name, rights: body.rights, expiresAtMs });
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json({ ...toKeyJson(answer.key), key: answer.secret }, 201);
  })
  .openapi(contract.listKeys, async (c) => {
    const { cursor, limit } = c.req.valid("query");
    const { keys, next } = await listKeys(c.var.deps, readCursor(cursor, timeAndIdSchema), limit);
    return c.json({ api_keys: keys.map(toKeyJson), next_cursor: next ? toCursor(next) : null }, 200);
  })
  .openapi(contract.revokeKey, async (c) => {
    const keyed = await keyedRequest(c, null);
    const { answer, replayed } = await revokeKey(c.var.deps, keyed, c.req.valid("param").key_id);
    if (replayed) c.header("Idempotency-Replayed", "true");
    return c.json(toKeyJson(answer), 200);
  });
