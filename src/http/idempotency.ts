import { z } from "@hono/zod-openapi";
import { refusedField } from "../errors.ts";
import { hashOf } from "../ids.ts";
import { canonicalJson } from "../rules/encode.ts";
import type { AppContext } from "./context.ts";

const MAX_KEY = 255;
const MIN_GUEST_KEY = 20;

/** For a route's `request.headers`. `keyedRequest` checks the value, because its errors have their own codes. */
export const idempotencyHeaderSchema = z.object({
  "idempotency-key": z
    .string()
    .optional()
    .openapi({
      description: `Makes retries safe: the same key and body give the same answer. Up to ${MAX_KEY} characters, for guests at least ${MIN_GUEST_KEY}; use a UUID.`,
      example: "0d1c7e5a-6f0e-4a53-9f2b-0a8f2c9f4d11",
    }),
});

/** Hashes the validated body of a request, so that the order of members and unknown members do not matter. */
export function hashRequest(body: unknown): Promise<string> {
  return hashOf(canonicalJson(body));
}

/**
 * Reads the Idempotency-Key of a write and derives its id from the caller's scope, method, path and key.
 * @returns `undefined` without the header
 * @throws Refusal `idempotency_key_invalid`, or `idempotency_key_too_weak` for a guest's short key, because the key gives access to the order
 */
async function idempotencyId(c: AppContext): Promise<string | undefined> {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key) || key.length > MAX_KEY) {
    throw refusedField("idempotency_key_invalid", "Idempotency-Key", `must be 1 to ${MAX_KEY} printable ASCII characters`);
  }
  // The headers of a Fetch request have the values of repeated lines in one, with this between them.
  if (key.includes(", ")) {
    throw refusedField("idempotency_key_invalid", "Idempotency-Key", "must be sent once, and not contain a comma and a blank");
  }
  const { role, scope } = c.var.caller;
  if (role === "guest" && key.length < MIN_GUEST_KEY) {
    throw refusedField(
      "idempotency_key_too_weak",
      "Idempotency-Key",
      `must have at least ${MIN_GUEST_KEY} characters, because it gives access to the order; use a UUID`,
    );
  }
  return c.var.deps.deriveId(scope, `${c.req.method} ${c.req.path}`, key);
}

/** The id of a keyed write and the hash of its body; `undefined` without a key. @throws as `idempotencyId` */
export async function keyedRequest(c: AppContext, body: unknown): Promise<{ id: string; requestHash: string } | undefined> {
  const id = await idempotencyId(c);
  return id === undefined ? undefined : { id, requestHash: await hashRequest(body) };
}
