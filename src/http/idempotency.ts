import { z } from "@hono/zod-openapi";
import { refusedField } from "../errors.ts";
import { hashOf } from "../ids.ts";
import { canonicalJson } from "../rules/encode.ts";
import type { AppContext } from "./context.ts";

const MAX_KEY = 255;
const MIN_GUEST_KEY = 20;

/** For a route's `request.headers`; the rules on it are in `idempotencyKey`, which gives them codes of their own. */
export const idempotencyHeaderSchema = z.object({
  "idempotency-key": z
    .string()
    .optional()
    .openapi({
      description: `Makes retries safe: same key and body, same answer. At most ${MAX_KEY} characters; a UUID is advised, a guest's needs ${MIN_GUEST_KEY}.`,
      example: "0d1c7e5a-6f0e-4a53-9f2b-0a8f2c9f4d11",
    }),
});

/** Hashes what a request means: its validated body, whatever the order of its members and unknown ones left out. */
export function hashRequest(body: unknown): Promise<string> {
  return hashOf(canonicalJson(body));
}

/**
 * Reads the Idempotency-Key of a write and derives its id from the caller's scope, method, path and key (DESIGN §9).
 * @returns `undefined` without the header
 * @throws Refusal `idempotency_key_invalid`, or `idempotency_key_too_weak` for a guest's short key, which would open their order
 */
async function idempotencyId(c: AppContext): Promise<string | undefined> {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key) || key.length > MAX_KEY) {
    throw refusedField("idempotency_key_invalid", "Idempotency-Key", `must be 1 to ${MAX_KEY} printable ASCII characters`);
  }
  const { role, scope } = c.var.caller;
  if (role === "guest" && key.length < MIN_GUEST_KEY) {
    throw refusedField(
      "idempotency_key_too_weak",
      "Idempotency-Key",
      `must have at least ${MIN_GUEST_KEY} characters, because it opens the order; a UUID will do`,
    );
  }
  return c.var.deps.deriveId(scope, `${c.req.method} ${c.req.path}`, key);
}

/** The id of a keyed write, and the hash that tells its body from another. */
export async function keyedRequest(c: AppContext, body: unknown): Promise<{ id: string; requestHash: string } | undefined> {
  const id = await idempotencyId(c);
  return id === undefined ? undefined : { id, requestHash: await hashRequest(body) };
}
