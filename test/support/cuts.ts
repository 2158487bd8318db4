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
