import type { Deps } from "../../deps.ts";
import { deletePendingActions, findPendingActions, postponePendingActions } from "./pending-queries.ts";
import { byProduct, type PendingAction } from "../rules/pending-action.ts";

/** Actions per sweep; the rest waits for the next, a minute later. */
const MAX_ACTIONS = 50;

/**
 * Runs each action at all its objects and deletes it once all have acknowledged (S2). Repeats are harmless. A failed action moves to
 * the end of the queue. @returns how many finished
 */
export async function runPending(deps: Deps, actions: readonly PendingAction[]): Promise<number> {
  if (actions.length === 0) return 0;
  const finished = await Promise.all(actions.map((action) => runAtObjects(deps, action)));
  const idsWhere = (isDone: boolean) => actions.filter((_, index) => finished[index] === isDone).map(({ actionId }) => actionId);
  await deps.db.batch("finish pending", {
    deleted: deletePendingActions(idsWhere(true)),
    postponed: postponePendingActions(idsWhere(false), deps.nowMs()),
  });
  return idsWhere(true).length;
}

/** A step of the sweep: runs the oldest pending actions. */
export async function runOldestPending(deps: Deps): Promise<void> {
  const { actions } = await deps.db.batch("read pending", { actions: findPendingActions(MAX_ACTIONS) });
  const done = await runPending(deps, actions);
  if (actions.length > 0) deps.log("sweep", { owed: actions.length, done });
}

async function runAtObjects(deps: Deps, action: PendingAction): Promise<boolean> {
  const answers = await Promise.allSettled(callsOf(deps, action));
  return answers.every((answer) => answer.status === "fulfilled");
}

function callsOf(deps: Deps, action: PendingAction): Promise<void>[] {
  const { holdId } = action;
  if (action.cause === null) {
    const method = action.kind === "restock" ? "cancelHold" : "takeBack";
    return action.lines.map((productId) => deps.stockOf(productId)[method](holdId));
  }
  const { kind, cause } = action;
  return [...byProduct(action.lines)].map(([productId, lines]) => {
    const stock = deps.stockOf(productId);
    if (kind === "cancel") return stock.cancelHold(holdId);
    if (kind === "cancel_units") {
      const { cancellationId, actor } = cause;
      return stock.cancelUnits({ holdId, cancellationId, lines, actor });
    }
    if (kind === "ship") return stock.ship({ holdId, shipmentId: cause.shipmentId, lines, actor: cause.actor });
    return stock.bringIn({ kind, referenceId: holdId, lines, ...cause, flushFirst: true });
  });
}
