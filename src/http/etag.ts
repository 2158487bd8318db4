import { z } from "@hono/zod-openapi";
import type { Next } from "hono";
import { refusedField } from "../errors.ts";
import type { AppContext } from "./context.ts";
import { idempotencyHeaderSchema } from "./idempotency.ts";

const IF_MATCH = "If-Match";
/** RFC 9110, section 8.8.3. */
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** The headers of a route that changes a record: `Idempotency-Key` and `If-Match`. */
export const editHeadersSchema = idempotencyHeaderSchema.extend({
  "if-match": z.string().max(1_000).optional().openapi({
    description:
      "The `ETag` of the record as it was read. Where somebody changed it since, nothing is written: 412 `precondition_failed`.",
  }),
});

/**
 * Puts the ETags that a request demands into the deps of its verb, or refuses a demand that the route does not check: a client that sends
 * `If-Match` relies on it.
 * @param isChecked whether the verb checks them
 * @throws Refusal `validation_failed` for what is not a list of entity tags
 */
export function readIfMatch(isChecked: boolean) {
  return async (c: AppContext, next: Next): Promise<void> => {
    const given = c.req.header(IF_MATCH)?.trim();
    if (given !== undefined && !isChecked) throw refusedField("validation_failed", IF_MATCH, "is not checked by this request");
    if (given !== undefined && given !== "*") {
      const tags = given.split(/,\s*/);
      if (!tags.every((tag) => ENTITY_TAG.test(tag)))
        throw refusedField("validation_failed", IF_MATCH, 'must be `*` or an ETag, such as "7"');
      // Cloudflare makes the ETag of an answer weak where it compresses it; here both name the version of a record.
      c.set("deps", { ...c.var.deps, ifMatch: tags.map((tag) => tag.replace(/^W\//, "")) });
    }
    await next();
  };
}

/** Says the version of the record that an answer shows. @param version as the verb checks it */
export function sayVersion(c: AppContext, version: string | number): void {
  c.header("ETag", `"${version}"`);
}
