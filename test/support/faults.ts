import { env } from "cloudflare:workers";
import { bindDeps } from "../../src/bind.ts";
import type { Deps } from "../../src/deps.ts";
import { forEachCall, type StockMethod } from "../../src/stock/rules/stock-calls.ts";

/** One call of a Worker to D1 or to an object, at which a fault can be aimed. `nth` counts the calls of its kind from 1. */
export type OutsideCall =
  | { to: "d1"; name: string; nth: number; nthOfName: number }
  | { to: "stock"; method: StockMethod; productId: string; nth: number };

/**
 * What happens to a call: it works; it never arrives; it works and its answer is lost; it arrives only when `deliverLate` is called,
 * after the Worker gave up; or the Worker dies before or after it.
 */
export type Fault = "none" | "lost" | "answer_lost" | "late" | "dies_before" | "dies_after";

/** Whether a call is the batch that records an order. */
export function isRecord(call: OutsideCall): boolean {
  return call.to === "d1" && call.name === "record" && call.nthOfName === 1;
}

/** Matches the batch of a name, by default the first of that name. */
export const atD1 =
  (name: string, nthOfName = 1) =>
  (call: OutsideCall) =>
    call.to === "d1" && call.name === name && call.nthOfName === nthOfName;

/** Matches the nth call of a method to any object. */
export const atStock = (method: string, nth: number) => (call: OutsideCall) =>
  call.to === "stock" && call.method === method && call.nth === nth;

/** The answer of a Worker, or `died`. */
export async function outcome<T>(worker: { died: Promise<void> }, work: Promise<T>): Promise<T | "died"> {
  return Promise.race([work, worker.died.then(() => "died" as const)]);
}

/** All faults of one call. */
export const FAULTS = ["lost", "answer_lost", "late", "dies_before", "dies_after"] as const;

/** Deps of a Worker over real D1 and real objects whose calls can fail. A dead Worker sends nothing more. */
export interface FaultyWorker {
  deps: Deps;
  /** Resolves when the Worker has died. */
  died: Promise<void>;
  /** Delivers the late calls in order and ignores their answers. */
  deliverLate(): Promise<void>;
  /** Resolves when all work after the answer has ended. */
  idle(): Promise<void>;
}

/**
 * @param faultOf chooses the fault of each call
 * @param delay runs before each call is sent
 */
export function faultyWorker(
  faultOf: (call: OutsideCall) => Fault = () => "none",
  delay: (call: OutsideCall) => Promise<void> = async () => {},
): FaultyWorker {
  const counts = new Map<string, number>();
  const deferred: Promise<unknown>[] = [];
  const late: (() => Promise<unknown>)[] = [];
  let isDead = false;
  let tellDeath = () => {};
  const died = new Promise<void>((resolve) => {
    tellDeath = resolve;
  });
  const die = (): Promise<never> => {
    isDead = true;
    tellDeath();
    return new Promise<never>(() => {});
  };
  const count = (key: string) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts.get(key) ?? 0;
  };
  const meet = async <T>(call: OutsideCall, run: () => Promise<T>): Promise<T> => {
    await delay(call);
    const fault = isDead ? "dies_before" : faultOf(call);
    if (fault === "dies_before") return die();
    if (fault === "late") late.push(run);
    if (fault === "lost" || fault === "late") throw new Error("fault: the call was lost");
    const answer = await run();
    if (fault === "dies_after" || isDead) return die();
    if (fault === "answer_lost") throw new Error("fault: the answer was lost");
    return answer;
  };
  const real = bindDeps(env, { waitUntil: (work) => void deferred.push(work) }).deps;
  const deps: Deps = {
    ...real,
    // Its own batches of commits: those of a dead Worker must not be used by another.
    cache: { ...real.cache, commitBatches: new Map() },
    db: {
      batch: (name, queries) => {
        const nth = count("d1");
        return meet({ to: "d1", name, nth, nthOfName: count(`d1 ${name}`) }, () => real.db.batch(name, queries));
      },
    },
    stockOf: (productId, repeatUntilMs) =>
      forEachCall((method, _, run) =>
        meet({ to: "stock", method, productId, nth: count(method) }, () => run(real.stockOf(productId, repeatUntilMs))),
      ),
    defer: (work) => {
      const running = work(deps);
      // It may fail before `idle` awaits it, which must not count as an unhandled rejection.
      running.catch(() => undefined);
      deferred.push(running);
    },
    log: () => {},
  };
  const deliverLate = async () => {
    for (const run of late.splice(0)) await run().catch(() => undefined);
  };
  return { deps, died, deliverLate, idle: async () => void (await Promise.all(deferred)) };
}

/** A Worker that waits before a call until `goOn`. */
export function waitingAt(is: (call: OutsideCall) => boolean) {
  let goOn = () => {};
  const open = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let hasCome = () => {};
  const waits = new Promise<void>((resolve) => {
    hasCome = resolve;
  });
  const worker = faultyWorker(undefined, async (call) => {
    if (!is(call)) return;
    hasCome();
    await open;
  });
  return { worker, waits, goOn: () => goOn() };
}
