import type { Deps } from "../deps.ts";
import { purgeAnswers } from "../events/queries.ts";
import { deleteOwed, findOwed, type OwedAction, postponeOwed, purgeFences, purgeRefusals } from "./owed-queries.ts";

/** One run's bounds; what is over waits a minute for the next. */
const MAX_ACTIONS = 50;
const MAX_PURGED = 1_000;
const DAY_MS = 86_400_000;
/** PROTOCOL: fences of holds count for 7 days, refusals and answers of keys for 24 hours; no Worker lives that long. */
const FENCE_DAYS = 7;

/** The cron's run: carries out what a crash left owed to the objects, and ends what is past its time. */
export async function sweep(deps: Deps): Promise<void> {
  const [owed] = await deps.db.batch(findOwed(MAX_ACTIONS));
  const done = await carryOut(deps, owed);
  if (owed.length > 0) deps.log("sweep", { owed: owed.length, done });
  const nowMs = deps.nowMs();
  await deps.db.batch(
    purgeFences(nowMs - FENCE_DAYS * DAY_MS, MAX_PURGED),
    purgeRefusals(nowMs - DAY_MS, MAX_PURGED),
    purgeAnswers(nowMs - DAY_MS, MAX_PURGED),
  );
}

/**
 * PROTOCOL S2: restocks each action's hold at every object that is owed, and ends the action when all have acknowledged.
 * Repeats are harmless. One that fails goes to the back of the queue. @returns how many are done
 */
export async function carryOut(deps: Deps, owed: readonly OwedAction[]): Promise<number> {
  if (owed.length === 0) return 0;
  const finished = await Promise.all(owed.map((action) => restockAll(deps, action)));
  const idsWhere = (isDone: boolean) => owed.filter((_, index) => finished[index] === isDone).map(({ actionId }) => actionId);
  await deps.db.batch(deleteOwed(idsWhere(true)), postponeOwed(idsWhere(false), deps.nowMs()));
  return idsWhere(true).length;
}

async function restockAll(deps: Deps, { holdId, productIds }: OwedAction): Promise<boolean> {
  const answers = await Promise.allSettled(productIds.map((productId) => deps.stockOf(productId).restock(holdId)));
  return answers.every((answer) => answer.status === "fulfilled");
}
