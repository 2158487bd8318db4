import type { Query } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { Refusal, unresolved } from "../../errors.ts";
import { closeAlert, renewAlert } from "../../events/alert-queries.ts";
import { type CountedUse, usesOf } from "../../pricing/rules/bill.ts";
import type { LimitedProduct } from "../../pricing/rules/lines.ts";
import { countUses } from "../../pricing/use-queries.ts";
import { toMajor } from "../../rules/money.ts";
import { findPendingActions } from "../../stock/client/pending-queries.ts";
import type { PendingAction } from "../../stock/rules/pending-action.ts";
import { shortage } from "../../stock/rules/shortage.ts";
import type { Plan } from "../../writes/write-once.ts";
import { findDeliveryMethods } from "../../warehouses/queries.ts";
import { requireAddress } from "../lifecycle/address-refusals.ts";
import { findHistory, insertEvent } from "../lifecycle/history-queries.ts";
import { noOrder } from "../lifecycle/show-order.ts";
import { enqueueWebhook } from "../lifecycle/webhook-queries.ts";
import { countPurchases, findBought } from "../limit-queries.ts";
import { findRecord } from "../queries.ts";
import { amountsOf } from "../rules/amounts.ts";
import { changeOf } from "../rules/event-payload.ts";
import { customerLimitRefusal, customersOf } from "../rules/limits.ts";
import { type Order, productIdsOf } from "../rules/order.ts";
import { stockRefusal } from "../rules/refusal.ts";
import { decideReopening, type Obstacle, obstacleText } from "../rules/reopening.ts";
import { shareAgain } from "../rules/share.ts";
import { movesFrom } from "../rules/statuses.ts";
import type { OrderEvent, OrderHistory } from "../rules/timeline.ts";
import { keptRefusal } from "./attempt.ts";
import { findLimitedRules, findProducts, type NamedProduct } from "./reopening-queries.ts";
import { type ProductShort, RESERVE_TIMEOUT_MS } from "./reserve.ts";
import { reviveOrder } from "./revive-queries.ts";
import { supplyAgain } from "./supply-again.ts";

/** More than an order can owe. */
const MAX_PENDING = 50;

/** An order that ended, and what its timeline says of its reopening. */
export interface ReopenRequest {
  orderId: string;
  note: string | null;
}

/** What counts again with an order that is reopened. */
interface Claims {
  uses: CountedUse[];
  limits: LimitedProduct[];
  products: NamedProduct[];
}

/** Decides a reopening and reserves the order's units. Whoever does not write the plan has to end the hold of its order. */
export async function planReopening(deps: Deps, request: ReopenRequest): Promise<Plan<OrderHistory>> {
  const deadlineMs = deps.nowMs() + RESERVE_TIMEOUT_MS;
  const { history, pending } = await readEnded(deps, request.orderId);
  const { order } = history;
  const open = openOrRefuse(deps, history);
  const claims = await readClaims(deps, order);
  const supply = await supplyAgain(deps, order, { pending, deadlineMs });
  if (supply.outcome === "nowhere") throw notReopenable("not_served");
  if (supply.outcome === "decided") throw unresolved("Others changed the order at the same time.", "again");
  if (supply.outcome === "short") throw shortRefusal(order, supply.lines, claims);
  const after: Order = {
    ...open,
    holdId: supply.holdId,
    rulesUsed: claims.uses,
    allocations: shareAgain(order.allocations, supply.allocations),
  };
  return planOf(deps, history, after, { note: request.note, claims, levels: supply.levels });
}

async function readEnded(deps: Deps, orderId: string): Promise<{ history: OrderHistory; pending: PendingAction[] }> {
  const { record, history, pending } = await deps.db.batch("read ended order", {
    record: findRecord(orderId),
    history: findHistory(orderId),
    pending: findPendingActions(MAX_PENDING, orderId),
  });
  if (!record.order) throw noOrder();
  return { history: { order: record.order, ...history }, pending };
}

function openOrRefuse({ nowMs, config }: Deps, history: OrderHistory): Order {
  const { paymentWindowMs, orderExpiryMs } = config;
  const decided = decideReopening(history, { nowMs: nowMs(), paymentWindowMs, orderExpiryMs });
  if (decided === undefined) {
    const { status } = history.order;
    const members = { status_now: status, possible: movesFrom(status, "hand") };
    throw new Refusal("illegal_transition", `An order that is ${status} has not ended.`, { members });
  }
  if ("obstacle" in decided) throw notReopenable(decided.obstacle);
  return decided;
}

/** @throws Refusal where somebody else has taken what the order had; the batch that writes it decides for good */
async function readClaims(deps: Deps, order: Order): Promise<Claims> {
  const sold = [...new Set(order.items.map(({ productId }) => productId))];
  const customers = customersOf(order);
  const { rules, products, bought, methods } = await deps.db.batch("read claims", {
    rules: findLimitedRules(order),
    methods: findDeliveryMethods(),
    products: findProducts([...new Set([...sold, ...productIdsOf(order.allocations)])]),
    bought: findBought(sold, customers),
  });
  const delivery = methods.find(({ method }) => method === order.deliveryMethod);
  requireAddress(delivery, order);
  const kept = order.items.filter(({ quantity, cancelled }) => cancelled < quantity);
  const uses = usesOf(kept, { rules, customerId: order.userId }, delivery?.costMinor ?? 0);
  const usedUp = rules.filter(({ ruleId, isUsedUp }) => isUsedUp && uses.some((use) => use.ruleId === ruleId));
  if (usedUp.length > 0)
    throw notReopenable("rule_used_up", { rules: usedUp.map(({ ruleId, name }) => ({ rule_id: ruleId, name })) });
  const limits = sold.flatMap((productId): LimitedProduct[] => {
    const { name = productId, maxPerCustomer = null } = products.find((each) => each.productId === productId) ?? {};
    const units = order.items.filter((item) => item.productId === productId).map((item) => item.quantity - item.cancelled);
    const quantity = units.reduce((sum, each) => sum + each, 0);
    return maxPerCustomer === null || quantity === 0
      ? []
      : [{ productId, productName: name, quantity, maxPerOrder: null, maxPerCustomer }];
  });
  const tooMany = customerLimitRefusal(limits, bought);
  if (tooMany) throw keptRefusal(tooMany);
  return { uses, limits, products };
}

function planOf(
  deps: Deps,
  history: OrderHistory,
  after: Order,
  { note, claims, levels }: { note: string | null; claims: Claims; levels: Parameters<typeof reviveOrder>[2] },
): Plan<OrderHistory> {
  const { currencyDecimals: decimals } = deps.config;
  const { order: before } = history;
  const { orderId, updatedAtMs: atMs } = after;
  const statuses = { fromStatus: before.status, toStatus: after.status };
  const event: OrderEvent = { what: "reopened", ...statuses, actor: deps.by.actor, note, amountMinor: null, atMs };
  const answer = { ...history, order: after, events: [...history.events, event] };
  const moved = { from: before.status, to: after.status };
  const news = { type: "order.status_changed" as const, eventId: `${orderId}:${after.status}:${atMs}`, data: moved };
  const queries = [
    ...countUses(after.rulesUsed),
    // Before the order is open: what it had bought counts from then on.
    ...countPurchases(orderId, claims.limits, customersOf(after)),
    ...reviveOrder(before, after, levels, atMs, { isUnchanged: true }),
    insertEvent(orderId, event),
    enqueueWebhook(news, answer, decimals, atMs),
    refundAlert(after, decimals),
  ];
  return { queries, changes: [changeOf("reopen", before, after, decimals)], answer, status: 200 };
}

/** What was to be refunded pays for the order again, but for a surplus. */
function refundAlert(after: Order, decimals: number): Query<unknown> {
  const { orderId, status, updatedAtMs: atMs } = after;
  const { refundDueMinor } = amountsOf(after);
  if (refundDueMinor === 0) return closeAlert("refund_due", orderId, atMs);
  const details = { status, refund_due: toMajor(refundDueMinor, decimals), refund_due_minor: refundDueMinor };
  return renewAlert("refund_due", orderId, details, atMs);
}

function notReopenable(reason: Obstacle, more: object = {}): Refusal {
  return new Refusal("not_reopenable", obstacleText(reason), { members: { reason, ...more } });
}

function shortRefusal(order: Order, lines: readonly ProductShort[], { products }: Claims): Refusal {
  const errors = lines.map(({ productId, variantId, quantity: requested, available }) => {
    const sold = order.items.find((item) => item.variantId === variantId);
    const productName = sold?.name ?? products.find((each) => each.productId === productId)?.name ?? productId;
    return shortage({ productId, variantId, productName, requested, available });
  });
  return keptRefusal(stockRefusal(order.orderId, errors));
}
