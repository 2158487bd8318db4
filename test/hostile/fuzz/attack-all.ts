import { describe, it } from "vitest";
import type { Bases } from "../valid-requests/valid-request.ts";
import { readOperations } from "../checks/document.ts";
import { fuzzed, RUNS, type Target } from "./fuzz.ts";
import { attackedShop } from "../shop.ts";

const { operations, schemas } = await readOperations();

/** Attacks every operation that has one of some bases, in one shop. */
export function attackAll(words: string, bases: Bases): void {
  const attacked = operations.filter(({ name }) => name in bases).map((operation) => [operation.name, operation] as const);

  describe(`attacks on ${words}`, () => {
    let target: Target | undefined;

    it.for(attacked)("%s is answered as documented, and what is refused writes nothing", async ([, operation], { expect }) => {
      target ??= { shop: await attackedShop(), operations, schemas, bases };

      const { requests, statuses } = await fuzzed(target, operation);

      const answered = Object.keys(statuses).map(Number);
      expect(requests).toBeGreaterThan(RUNS / 2);
      expect(answered.some((status) => status < 300)).toBe(true);
      expect(answered.some((status) => status >= 400)).toBe(true);
    });
  });
}
