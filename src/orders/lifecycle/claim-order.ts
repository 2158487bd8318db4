import type { Deps } from "../../deps.ts";
import { Refusal, refusedField } from "../../errors.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { nextUpdateMs } from "../rules/move.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { noOrder, showOrder } from "./show-order.ts";
import { writeOrder } from "./write-order.ts";

const EXPIRED = "is of a link that has expired; ask for a new one";

/** The account that claims an order, and the token that proves whose it is. */
export interface ClaimRequest {
  orderId: string;
  orderToken: string;
  userId: string;
}

/**
 * Attaches a guest's order to a customer's account; only a token of the order proves whose it is. Claiming it again changes nothing.
 * @throws Refusal `not_found` for a wrong token or a missing order; `already_claimed` where it is another customer's
 */
export async function claimOrder(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, orderToken, userId }: ClaimRequest,
): Promise<Written<OrderHistory>> {
  if (!(await deps.isTokenOf(orderToken, orderId))) {
    // Not 401: the account that claims is signed in.
    if (await deps.isExpiredLinkOf(orderToken, orderId)) throw refusedField("not_found", "order_token", EXPIRED);
    throw noOrder();
  }
  // A repeated claim writes nothing, not even an event, because callers can send any number of them.
  const history = await showOrder(deps, orderId);
  if (history.order.userId === userId) return { answer: history, status: 200, replayed: false };
  return writeOrder(deps, keyed, { orderId }, ({ order }) => {
    if (order.userId === userId) return undefined;
    if (order.userId !== null) {
      throw new Refusal("already_claimed", "The order belongs to another account.");
    }
    const nowMs = deps.nowMs();
    // A claim does not postpone what the sweep has to do for an order that is no longer PENDING.
    const dueAtMs = order.dueAtMs === null || order.status !== "PENDING" ? order.dueAtMs : nowMs + deps.config.orderExpiryMs;
    const after = { ...order, userId, dueAtMs, updatedAtMs: nextUpdateMs(order, nowMs) };
    return { verb: "claim", what: "claimed", note: null, after };
  });
}
