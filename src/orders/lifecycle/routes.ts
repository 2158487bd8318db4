import { Refusal } from "../../errors.ts";
import type { AppContext } from "../../http/context.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { ownerOf } from "../../http/auth.ts";
import { readCursor, timeAndIdSchema, toCursor } from "../../http/paging.ts";
import { createRouter } from "../../http/router.ts";
import { boundsMs } from "../../http/times.ts";
import { cancelItems } from "./cancel-items.ts";
import { claimOrder } from "./claim-order.ts";
import { toEdit } from "./edit-json.ts";
import { editOrder } from "./edit-order.ts";
import { deleteOrder } from "./delete-order.ts";
import { phoneOf, shownOrder, toOrderHeadJson } from "../json.ts";
import * as contract from "./contract.ts";
import * as editContract from "./edit-contract.ts";
import { listOrders } from "../search/list-orders.ts";
import { moveOrder } from "./move-order.ts";
import { type OrderFilter, searchOf } from "../rules/search.ts";
import { showOrder } from "./show-order.ts";

/** Orders after they were placed: the page, the list, and what staff and customers do with them. */
export const lifecycleRoutes = createRouter()
  .openapi(contract.listOrders, async (c) => {
    const { limit, cursor, q, created_from: from, created_to: to, ...query } = c.req.valid("query");
    const includeDeleted = query.include_deleted && c.var.caller.may("orders:delete");
    if (query.tag !== undefined && !c.var.caller.may("orders:read_any")) throw new Refusal("forbidden", "Tags are for staff.");
    const bounds = boundsMs(c, { from, to });
    const filter: OrderFilter = {
      search: q === undefined ? undefined : searchOf(q, phoneOf(c, q)),
      email: query.customer_email,
      userId: accountOf(c),
      warehouseId: query.warehouse_id,
      status: query.status,
      paymentStatus: query.payment_status,
      fulfillmentStatus: query.fulfillment_status,
      isShort: query.stock_short,
      tag: query.tag,
      fromMs: bounds.fromMs,
      beforeMs: bounds.toMs,
      includeDeleted,
      after: readCursor(cursor, timeAndIdSchema),
    };
    const { orders, next } = await listOrders(c.var.deps, filter, limit);
    const { currencyDecimals } = c.var.deps.config;
    const heads = orders.map((order) => toOrderHeadJson(order, currencyDecimals));
    return c.json({ orders: heads, next_cursor: next ? toCursor(next) : null }, 200);
  })
  .openapi(contract.showOrder, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    return c.json(shownOrder(c, await showOrder(c.var.deps, orderId, await ownerOf(c, orderId, "orders:read_any"))), 200);
  })
  .openapi(contract.moveOrder, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    const { status: to, note = null } = c.req.valid("json");
    const keyed = await keyedRequest(c, { to, note });
    const { answer, replayed } = await moveOrder(c.var.deps, keyed, { orderId, to, note });
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(editContract.editOrder, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const { answer, replayed } = await editOrder(c.var.deps, keyed, toEdit(c, orderId, body));
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(contract.cancelOrder, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    const ownedBy = await ownerOf(c, orderId, "orders:move");
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const items = body.items?.map(({ line_no: lineNo, quantity }) => ({ lineNo, quantity }));
    const { answer, replayed } = await cancelItems(c.var.deps, keyed, { orderId, ownedBy, items, reason: body.reason ?? null });
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(contract.deleteOrder, async (c) => {
    const keyed = await keyedRequest(c, {});
    const { answer, replayed } = await deleteOrder(c.var.deps, keyed, c.req.valid("param").order_id);
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(contract.claimOrder, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    const body = c.req.valid("json");
    const { userId } = c.var.caller;
    if (userId === undefined) throw new Refusal("forbidden", "Only an account can claim an order.");
    const keyed = await keyedRequest(c, body);
    const { answer, replayed } = await claimOrder(c.var.deps, keyed, { orderId, orderToken: body.order_token, userId });
    return c.json(shownOrder(c, answer, replayed), 200);
  });

/** Whose orders a list shows: all for callers who may read any, else those of the account. */
function accountOf(c: AppContext): string | undefined {
  const { caller } = c.var;
  if (caller.may("orders:read_any")) return undefined;
  if (caller.userId === undefined) throw new Refusal("forbidden", "This key may not read orders.");
  return caller.userId;
}
