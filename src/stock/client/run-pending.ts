import type { Deps } from "../../deps.ts";
import { deletePendingActions, findPendingActions, postponePendingActions } from "./pending-queries.ts";
import { byProduct, type PendingAction } from "../rules/pending-action.ts";

/** One run's bound; what is over waits a minute for the next. */
const MAX_ACTIONS = 50;

/**
 * PROTOCOL S2: does each action at every object that is owed, and ends it when all have acknowledged. Repeats are harmless.
 * One that fails goes to the back of the queue. @returns how many are done
 */
export async function runPending(deps: Deps, owed: readonly PendingAction[]): Promise<number> {
  if (owed.length === 0) return 0;
  const finished = await Promise.all(owed.map((action) => doEverywhere(deps, action)));
  const idsWhere = (isDone: boolean) => owed.filter((_, index) => finished[index] === isDone).map(({ actionId }) => actionId);
  await deps.db.batch("carry out", {
    deleteOwed: deletePendingActions(idsWhere(true)),
    postponeOwed: postponePendingActions(idsWhere(false), deps.nowMs()),
  });
  return idsWhere(true).length;
}

/** The sweep's step: carries out what is owed longest. */
export async function runOldestPending(deps: Deps): Promise<void> {
  const { owed } = await deps.db.batch("carry owed", { owed: findPendingActions(MAX_ACTIONS) });
  const done = await runPending(deps, owed);
  if (owed.length > 0) deps.log("sweep", { owed: owed.length, done });
}

async function doEverywhere(deps: Deps, action: PendingAction): Promise<boolean> {
  const answers = await Promise.allSettled(callsOf(deps, action));
  return answers.every((answer) => answer.status === "fulfilled");
}

function callsOf(deps: Deps, action: PendingAction): Promise<void>[] {
  const { holdId } = action;
  if (action.cause === null) {
    const isRestock = action.kind === "restock";
    return action.lines.map((productId) => deps.stockOf(productId)[isRestock ? "restock" : "takeBack"](holdId));
  }
  const { kind, cause } = action;
  return [...byProduct(action.lines)].map(([productId, lines]) =>
    deps.stockOf(productId).bringIn({ kind, referenceId: holdId, lines, ...cause }),
  );
}
