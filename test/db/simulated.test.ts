import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { D1_CASES, STORAGE_OUTCOMES, tryStorage } from "../sim/platform/conformance.ts";
import { newId } from "../support/shop/shop.ts";

describe("what the simulation assumes of D1", () => {
  it.for(D1_CASES)("is true: $claim", async ({ batches, outcomes }, { expect }) => {
    const found: unknown[] = [];
    for (const batch of batches) {
      const statements = batch.map(([text, ...bindings]) => env.DB.prepare(text).bind(...bindings));
      const answers = env.DB.batch(statements).then((results) => results.map(({ results: rows }) => rows));
      found.push(await answers.catch((error: Error) => error.message));
    }

    expect(found.map((each) => (typeof each === "string" ? withoutDetail(each) : each))).toEqual(outcomes);
  });
});

describe("what the simulation assumes of an object's storage", () => {
  it("is true", async ({ expect }) => {
    const outcomes = await runInDurableObject(env.STOCK.getByName(newId()), (_, { storage }) => tryStorage(storage));

    expect(outcomes).toEqual(STORAGE_OUTCOMES);
  });
});

/** D1 appends the extended code, such as ` (extended: SQLITE_CONSTRAINT_UNIQUE)`, which no source uses. */
function withoutDetail(message: string): string {
  return message.replace(/ \(extended: \w+\)$/, "");
}
