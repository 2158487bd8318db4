import { beforeAll } from "vitest";
import { type Fault, type FaultyWorker, faultyWorker } from "./faults.ts";

/** What one cut came to: whether there was a call to meet the fault, and what is looked at afterwards. */
export interface Cut {
  isCut: boolean;
}

/**
 * Cuts a case at its first call to the outside, at its second, and so on, each time with things of its own. The last one has no such
 * call and ends uncut, unless there are too many. What they left is repaired for all together afterwards, by as many alarms and sweeps
 * as one would have had: most of the time of such a test is theirs.
 * @returns all of them, with `at`, the how-many-th call was cut; and `steps`, how many calls there are
 */
export async function everyCut<C extends Cut>(
  tooMany: number,
  cutAt: (at: number) => Promise<C>,
): Promise<{ cuts: (C & { at: number })[]; steps: number }> {
  const cuts: (C & { at: number })[] = [];
  for (let at = 1; at <= tooMany; at += 1) {
    const cut = await cutAt(at);
    cuts.push({ ...cut, at });
    if (!cut.isCut) break;
  }
  return { cuts, steps: cuts.filter(({ isCut }) => isCut).length };
}

/**
 * Runs an act whose how-many-th call to the outside meets a fault, and lets late calls arrive at last.
 * @returns whether there was such a call
 */
export async function cutAct(act: (worker: FaultyWorker) => Promise<unknown>, at: number, fault: Fault): Promise<boolean> {
  let calls = 0;
  const worker = faultyWorker(() => {
    calls += 1;
    return calls === at ? fault : "none";
  });
  const ended = act(worker).catch(() => undefined);
  await Promise.race([ended.then(() => worker.idle()).catch(() => undefined), worker.died]);
  await worker.deliverLate();
  return calls >= at;
}

/** Does the same for each, one after the other. */
export async function inTurn<T, R>(all: readonly T[], run: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const each of all) results.push(await run(each));
  return results;
}

/**
 * Runs all cases of a describe before its first test, so that what they left is repaired for all together, by as many alarms and sweeps
 * as one would have had. Each test then looks at its own case.
 * @returns what a case came to
 */
export function ranBefore<C, R extends object>(cases: readonly C[], run: (cases: readonly C[]) => Promise<R[]>): (each: C) => R {
  const results = new Map<C, R>();
  beforeAll(async () => {
    for (const [index, result] of (await run(cases)).entries()) results.set(cases[index] as C, result);
  });
  return (each) => {
    const result = results.get(each);
    if (!result) throw new Error("the case has not run");
    return result;
  };
}
