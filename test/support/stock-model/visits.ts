import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { StockCalls } from "../../../src/stock/rules/stock-calls.ts";
import { evict } from "../stock/stock.ts";
import { expectAgreement, type Model, type Real, type Step } from "./calls.ts";

// The steps of the property test run within the object they act on: to get there takes longer than most of them.

/** Acts within the object of a product. */
export function visit<T>(real: Real, act: () => Promise<T>): Promise<T> {
  return runInDurableObject(env.STOCK.getByName(real.productId), (object: StockCalls) => {
    real.stock = withCopies(object);
    return act();
  });
}

/** Takes steps, and evicts the object wherever one asks for it. */
export async function takeSteps(steps: Iterable<Step>, model: Model, real: Real): Promise<void> {
  const rest = steps[Symbol.iterator]();
  while (await visit(real, () => takeUntilEviction(rest, model, real))) await evict(real.productId);
}

/** @returns whether the object must be evicted before the next step */
async function takeUntilEviction(rest: Iterator<Step>, model: Model, real: Real): Promise<boolean> {
  // What an eviction changed shows here.
  await expectAgreement(model, real);
  real.mustBeEvicted = false;
  for (let next = rest.next(); next.done !== true; next = rest.next()) {
    if (next.value.check(model)) await next.value.run(model, real);
    if (real.mustBeEvicted) return true;
  }
  return false;
}

/** The object's calls with copies of what they are given and of what they answer, as the Worker has them. */
function withCopies(object: StockCalls): StockCalls {
  return new Proxy(object, {
    get: (target, name) => {
      const method = Reflect.get(target, name, target) as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => structuredClone(await Reflect.apply(method, target, structuredClone(given)));
    },
  });
}
