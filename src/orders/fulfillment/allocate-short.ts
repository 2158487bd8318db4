import type { Deps } from "../../deps.ts";
import { invalidField, Refusal, unresolved } from "../../errors.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import { findAnswer } from "../../writes/queries.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { addPendingAction } from "../../stock/client/pending-queries.ts";
import { runPending } from "../../stock/client/run-pending.ts";
import { byProduct, type PendingAction, type PendingLine } from "../../stock/rules/pending-action.ts";
import { findWarehouse } from "../../warehouses/queries.ts";
import { refuseShort } from "../lifecycle/refuse-short.ts";
import { showOrder } from "../lifecycle/show-order.ts";
import { type OrderChange, writeOrder } from "../lifecycle/write-order.ts";
import { nextUpdateMs } from "../rules/move.ts";
import type { Order } from "../rules/order.ts";
import { afterFill, decideFill, type Filled } from "../rules/share.ts";
import { obstacleToShipping } from "../rules/shipping.ts";
import { isOpen, movesFrom } from "../rules/statuses.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { beginFill, endFill, findFill, findOldFills, type OrderFill, rewriteAllocations } from "./fill-queries.ts";

/** How often a fill is begun, if others change the order in between. */
const MAX_ATTEMPTS = 3;
/** Another fill of the order, and a change of it. */
const GUARDS = new Set(["order_fills.order_id", "order_fills.hold_id"]);
/** Longer than a Worker lives that could finish its own. */
const OLD_MS = 60_000;
const MAX_OLD = 20;

/**
 * Allocates what is free to an order that is short, from the warehouses that were to supply it or from another (O12). D1 records it first,
 * then the objects answer what they took, then D1 gives that to the order; what it needs no longer by then is freed again.
 * @param warehouseId where all of it is to come from
 * @throws Refusal `not_found`; `validation_failed` naming the warehouse; `illegal_transition` for an order that is not open or not paid; `order_short` where
 *   nothing of it is free; `unresolved`
 */
export async function allocateShort(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, warehouseId }: { orderId: string; warehouseId: string | undefined },
): Promise<Written<OrderHistory>> {
  const fillId = `FIL${keyed?.id ?? deps.newId()}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const fill = await nextFill(deps, { orderId, warehouseId, keyed, fillId });
      // Nothing is short, or the key has an answer.
      if (!fill) return await writeOrder(deps, keyed, { orderId }, () => undefined);
      return await finish(deps, fill, keyed);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !GUARDS.has(failedConstraint(error) ?? "")) throw asRefusal(error, keyed);
    }
  }
}

interface FillRequest {
  orderId: string;
  warehouseId: string | undefined;
  keyed: Keyed | undefined;
  fillId: string;
}

/**
 * Begins a fill, or finds the one that an earlier attempt with the key has begun. It finishes another one of the order first.
 * @returns `undefined` where there is nothing to do
 */
async function nextFill(deps: Deps, { orderId, warehouseId, keyed, fillId }: FillRequest): Promise<OrderFill | undefined> {
  const { order } = await showOrder(deps, orderId);
  const { open, kept, warehouse } = await deps.db.batch("find fill", {
    open: findFill(orderId),
    kept: keyed && findAnswer(keyed.id),
    warehouse: warehouseId === undefined ? undefined : findWarehouse(warehouseId),
  });
  const [before] = open;
  if (kept) return undefined;
  if (before?.fillId === fillId) return before;
  if (warehouseId !== undefined && warehouse?.status !== "active")
    throw invalidField("warehouse_id", `there is no active warehouse ${warehouseId}`);
  if (before) {
    await finish(deps, before, before.keyed);
    return nextFill(deps, { orderId, warehouseId, keyed, fillId });
  }
  refuseClosed(order);
  const lines = decideFill(order, warehouseId);
  if (lines.length === 0) return undefined;
  const fill = { orderId, fillId, holdId: order.holdId, lines, keyed, actor: deps.by.actor };
  await deps.db.batch("begin fill", { fill: beginFill(fill, order, deps.nowMs()) });
  return fill;
}

/** A step of the sweep: finishes fills whose Workers died. */
export async function finishFills(deps: Deps): Promise<void> {
  const { old } = await deps.db.batch("find old fills", { old: findOldFills(deps.nowMs() - OLD_MS, MAX_OLD) });
  const done = await Promise.allSettled(
    old.map((fill) => finish({ ...deps, by: { ...deps.by, actor: fill.actor } }, fill, fill.keyed)),
  );
  if (old.length > 0)
    deps.log("sweep_fills", { open: old.length, done: done.filter(({ status }) => status === "fulfilled").length });
}

/** @throws Refusal `order_short` where the objects had nothing free, and nothing was changed; `unresolved` */
async function finish(deps: Deps, fill: OrderFill, keyed: Keyed | undefined): Promise<Written<OrderHistory>> {
  const taken = await takeAtObjects(deps, fill).catch((error: unknown) => {
    throw asRefusal(error, keyed);
  });
  if (taken.length === 0) {
    await giveBack(deps, fill, taken);
    const { order } = await showOrder(deps, fill.orderId);
    refuseClosed(order);
    refuseShort(order);
  }
  let isNeedless = false;
  const written = await writeOrder(deps, keyed, { orderId: fill.orderId }, async ({ order }) => {
    const { open } = await deps.db.batch("find fill", { open: findFill(fill.orderId) });
    // Another Worker, or the sweep, may have ended it meanwhile.
    if (open[0]?.fillId !== fill.fillId) return undefined;
    const filled = afterFill(order, fill.holdId, fill.lines, taken);
    isNeedless = filled.used.length === 0;
    return isNeedless ? undefined : changeOf(deps, order, fill, filled);
  });
  if (isNeedless) await giveBack(deps, fill, taken);
  return written;
}

/** Frees what was taken for an order that needs nothing any more, unless somebody else has ended the fill. */
async function giveBack(deps: Deps, fill: OrderFill, taken: readonly PendingLine[]): Promise<void> {
  const pending = freed(fill, taken);
  await deps.db.batch("end fill", {
    end: endFill(fill),
    pending: pending.map((action) => addPendingAction(action, deps.nowMs())),
  });
  deps.defer((background) => runPending(background, pending));
}

async function takeAtObjects(deps: Deps, { holdId, fillId, lines, actor }: OrderFill): Promise<PendingLine[]> {
  const wanted = lines.map(({ productId, variantId, to, quantity }) => ({ productId, variantId, warehouseId: to, quantity }));
  const calls = [...byProduct(wanted)].map(async ([productId, own]) => {
    const got = await deps.stockOf(productId).allocate({ holdId, fillId, lines: own, actor });
    return got.map((each) => ({ ...each, productId }));
  });
  return (await Promise.all(calls)).flat();
}

/** Gives what was taken to the order; what it needs no longer is freed, in the same batch. */
function changeOf(deps: Deps, order: Order, fill: OrderFill, filled: Filled): OrderChange {
  const after = { ...filled.order, updatedAtMs: nextUpdateMs(order, deps.nowMs()) };
  const left = order.allocations.map(({ warehouseId }) => warehouseId).filter((each) => !supplies(after, each));
  const also = [...rewriteAllocations(after, left), ...endFill(fill)];
  return { verb: "allocate", what: "allocated", note: null, after, pending: freed(fill, filled.excess), also };
}

function supplies({ allocations }: Order, warehouseId: string): boolean {
  return allocations.some((each) => each.warehouseId === warehouseId);
}

function freed({ orderId, holdId, fillId, actor }: OrderFill, lines: readonly PendingLine[]): PendingAction[] {
  if (lines.length === 0) return [];
  const cause = { actor, cancellationId: `${fillId}-back` };
  return [{ actionId: `fill:${fillId}`, orderId, holdId, kind: "cancel_units", lines: [...lines], cause }];
}

/** @throws Refusal `illegal_transition` for an order that is closed, or not paid yet */
function refuseClosed(order: Order): void {
  const { status } = order;
  const unpaid = obstacleToShipping(order) && "An unpaid order gets no units before it is paid.";
  const obstacle = isOpen(status) ? unpaid : `An order that is ${status} gets no units.`;
  if (obstacle === undefined) return;
  throw new Refusal("illegal_transition", obstacle, { members: { status_now: status, possible: movesFrom(status, "hand") } });
}

function asRefusal(error: unknown, keyed: Keyed | undefined): Refusal {
  if (error instanceof Refusal) return error;
  return unresolved("It is not known whether units were allocated.", keyed ? "same_key" : "look_first", error);
}
