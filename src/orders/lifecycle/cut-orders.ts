import type { Deps } from "../../deps.ts";
import type { Query } from "../../db/client.ts";
import { renewAlert } from "../../events/alert-queries.ts";
import { deliverSome } from "../../events/deliver-due.ts";
import { failedConstraint } from "../../writes/constraint.ts";
import type { Place } from "../../stock/rules/levels.ts";
import type { OrderUnits, PromisedUnits, ShortageQuestion, UnitCut } from "../../stock/rules/shortage-messages.ts";
import { findHistory, insertEvent } from "./history-queries.ts";
import { enqueueWebhook } from "./webhook-queries.ts";
import { findRecord } from "../queries.ts";
import { nextUpdateMs } from "../rules/move.ts";
import type { Order } from "../rules/order.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { type CuttableUnits, decideCuts } from "../rules/share.ts";
import { shortUnits } from "../rules/shipping.ts";
import { findCutBy, findCuts, findCuttable, findPromised, recordCuts } from "./shortage-queries.ts";

/** The most lines that one question cuts, so that three questions stay within D1's 1,000 queries; the object asks again for the rest. */
const MAX_CUTS = 50;
/** The orders that a refusal names. */
const MAX_NAMED = 20;
/** How often the cuts are decided anew, if orders change in between. */
const MAX_ATTEMPTS = 3;
/** A concurrent answer, a changed order, and units that have left meanwhile. */
const GUARDS = new Set(["shortages.shortage_id", "shortages.cuts", "order_allocations_short"]);

/** Names the open orders that units of a place are promised to (A6). */
export async function promisedTo(deps: Deps, place: Place): Promise<PromisedUnits> {
  const { promised } = await deps.db.batch("promised units", { promised: findPromised(place, MAX_NAMED) });
  return promised;
}

/** Reads what orders have lost by a change of stock by hand, in the order in which they lost it. */
export async function cutBy(deps: Deps, referenceId: string): Promise<OrderUnits[]> {
  const { cut } = await deps.db.batch("cut units", { cut: findCutBy(referenceId) });
  return cut;
}

/**
 * Decides which orders lose units that a count did not find: the newest, which say from then on that they are short (O11). A question is decided
 * once; a repeat gets the same answer.
 * @throws what D1 throws; then the object asks again
 */
export async function cutOrders(deps: Deps, productId: string, question: ShortageQuestion): Promise<UnitCut[]> {
  for (let attempt = 1; ; attempt += 1) {
    const { decided, cuttable } = await deps.db.batch("find cuttable", {
      decided: findCuts(question.shortageId),
      cuttable: findCuttable(question, MAX_CUTS),
    });
    if (decided) return decided.map(toCut);
    const cuts = decideCuts(cuttable, question.units);
    try {
      await record(deps, productId, question, cuts);
      return cuts.map(toCut);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !GUARDS.has(failedConstraint(error) ?? "")) throw error;
    }
  }
}

function toCut({ holdId, quantity }: CuttableUnits): UnitCut {
  return { holdId, quantity };
}

async function record(deps: Deps, productId: string, question: ShortageQuestion, cuts: readonly CuttableUnits[]): Promise<void> {
  const orderIds = [...new Set(cuts.map(({ orderId }) => orderId))];
  const read = await deps.db.batch("cut orders", { records: orderIds.map(findRecord), histories: orderIds.map(findHistory) });
  const nowMs = deps.nowMs();
  const told = read.records.flatMap(({ order }, index) => {
    const history = read.histories[index];
    return order && history ? tell(deps, question, { ...history, order: afterCuts(order, question, cuts, nowMs) }) : [];
  });
  await deps.db.batch("record cuts", { cuts: recordCuts(productId, question, cuts, nowMs), told });
  if (told.length > 0) deps.defer(deliverSome);
}

/** The order as it is after its units were cut, for what is told about it. */
function afterCuts(
  order: Order,
  { variantId, warehouseId }: ShortageQuestion,
  cuts: readonly CuttableUnits[],
  nowMs: number,
): Order {
  const own = cuts.filter(({ orderId }) => orderId === order.orderId);
  const allocations = order.allocations.map((each) => {
    const isThere = each.variantId === variantId && each.warehouseId === warehouseId;
    const cut = isThere ? own.find(({ lineNo }) => lineNo === each.lineNo) : undefined;
    return cut ? { ...each, short: each.short + cut.quantity } : each;
  });
  return { ...order, allocations, stockShort: true, updatedAtMs: nextUpdateMs(order, nowMs) };
}

/** The timeline, a webhook and an alert say that an order is short. */
function tell({ config }: Deps, { shortageId, actor }: ShortageQuestion, history: OrderHistory): Query<unknown>[] {
  const { order } = history;
  const { orderId, updatedAtMs: atMs } = order;
  const lines = shortUnits(order).map(({ lineNo, productId, variantId, warehouseId, quantity }) => {
    return { line_no: lineNo, product_id: productId, variant_id: variantId, warehouse_id: warehouseId, quantity };
  });
  const event = { what: "stock_short", fromStatus: null, toStatus: null, actor, note: null, amountMinor: null, atMs } as const;
  const news = { type: "order.stock_short", eventId: `${orderId}:${shortageId}`, data: { short: lines } } as const;
  return [
    insertEvent(orderId, event),
    enqueueWebhook(news, history, config.currencyDecimals, atMs),
    renewAlert("stock_short", orderId, { short: lines }, atMs),
  ];
}
