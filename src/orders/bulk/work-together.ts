import type { Deps } from "../../deps.ts";

type Work = Parameters<Deps["defer"]>[0];

/**
 * The most calls of objects after an answer, besides those of one order more, which has 100 products at most. What is left is in D1, and the
 * sweep does it within minutes.
 */
const MAX_CALLS = 400;

/** Deps whose work after the answer is put together, and whose statements are counted. */
interface Together {
  deps: Deps;
  /** The statements that were sent to D1. */
  statements: () => number;
  /** Does what was left for after the answer, one after the other; the same work, such as to send webhooks, once. */
  work: (background: Deps) => Promise<void>;
}

/** For a request of many writes: each of them would send webhooks and call objects at the same time. */
export function workTogether(deps: Deps): Together {
  const works = new Set<Work>();
  let statements = 0;
  const batch: Deps["db"]["batch"] = (name, queries) => {
    statements += Object.values(queries).flatMap((each) => each ?? []).length;
    return deps.db.batch(name, queries);
  };
  return {
    deps: { ...deps, db: { batch }, defer: (work) => void works.add(work) },
    statements: () => statements,
    work: (background) => workInTurn(background, works),
  };
}

async function workInTurn(background: Deps, works: ReadonlySet<Work>): Promise<void> {
  let calls = 0;
  const stockOf: Deps["stockOf"] = (productId, repeatUntilMs) => {
    calls += 1;
    return background.stockOf(productId, repeatUntilMs);
  };
  for (const work of works) {
    if (calls >= MAX_CALLS) return;
    await work({ ...background, stockOf }).catch((error: unknown) => background.log("deferred_failed", { error: String(error) }));
  }
}
