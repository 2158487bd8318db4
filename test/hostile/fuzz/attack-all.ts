import { describe, it } from "vitest";
import type { ValidRequests } from "../valid-requests/valid-request.ts";
import { readOperations } from "../checks/document.ts";
import { fuzzOperation, RUNS, type Target } from "./fuzz.ts";
import { openAttackedShop } from "../shop.ts";

const { operations, schemas } = await readOperations();

/** Defines a test per operation that attacks its valid request. All tests share one shop. */
export function attackAll(area: string, validRequests: ValidRequests): void {
  const attacked = operations
    .filter(({ name }) => name in validRequests)
    .map((operation) => [operation.name, operation] as const);

  describe(`attacks on ${area}`, () => {
    let target: Target | undefined;

    it.for(attacked)("%s: every answer is documented, and refused requests write nothing", async ([, operation], { expect }) => {
      target ??= { shop: await openAttackedShop(), operations, schemas, validRequests };

      const { requests, statuses } = await fuzzOperation(target, operation);

      const seen = Object.keys(statuses).map(Number);
      expect(requests).toBeGreaterThan(RUNS / 2);
      expect(seen.some((status) => status < 300)).toBe(true);
      expect(seen.some((status) => status >= 400)).toBe(true);
    });
  });
}
