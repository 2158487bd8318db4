import { describe, it } from "vitest";
import { CATALOG } from "./catalog-bases.ts";
import { readOperations } from "./document.ts";
import { fuzzed, RUNS, type Target } from "./fuzz.ts";
import { attackedShop } from "./shop.ts";

const { operations, schemas } = await readOperations();
const attacked = operations.filter(({ name }) => name in CATALOG).map((operation) => [operation.name, operation] as const);

describe("attacks on the catalogue and its prices", () => {
  let target: Target | undefined;

  it.for(attacked)("%s is answered as documented, and what is refused writes nothing", async ([, operation], { expect }) => {
    target ??= { shop: await attackedShop(), operations, schemas, bases: CATALOG };

    const { requests, statuses } = await fuzzed(target, operation);

    const answered = Object.keys(statuses).map(Number);
    expect(requests).toBeGreaterThan(RUNS / 2);
    expect(answered.some((status) => status < 300)).toBe(true);
    expect(answered.some((status) => status >= 400)).toBe(true);
  });
});
