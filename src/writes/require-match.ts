import type { Deps } from "../deps.ts";
import { Refusal } from "../errors.ts";

/**
 * Checks that a record is one that the request wants to change. The plan of a guarded write calls it with the record as it was read, so
 * that no change comes between.
 * @param version what its ETag says in quotes
 * @throws Refusal `precondition_failed`, with the present ETag as `etag`
 */
export function requireMatch({ ifMatch }: Pick<Deps, "ifMatch">, version: string | number): void {
  const etag = `"${version}"`;
  if (ifMatch === undefined || ifMatch.includes(etag)) return;
  throw new Refusal("precondition_failed", "Somebody changed the record since it was read. Read it again.", {
    members: { etag },
  });
}
