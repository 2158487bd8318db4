import { type FieldError, Refusal } from "../../errors.ts";
import { ownerOf } from "../../http/auth.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { readCursor, timeAndIdSchema, toCursor } from "../../http/paging.ts";
import { createRouter } from "../../http/router.ts";
import { shownOrder, toReturnHeadJson, toReturnJson } from "../json.ts";
import type { WantedReturn } from "../rules/returns.ts";
import { acceptReturn } from "./accept-return.ts";
import * as contract from "./contract.ts";
import { listReturns } from "./list-returns.ts";
import { receiveReturn } from "./receive-return.ts";
import { returnOf } from "./refusals.ts";
import { rejectReturn, requestReturn } from "./request-return.ts";

/** What comes back of an order. */
export const returnRoutes = createRouter()
  .openapi(contract.returnOrder, async (c) => {
    const { order_id: orderId } = c.req.valid("param");
    const body = c.req.valid("json");
    const { deps, caller } = c.var;
    if (caller.may("orders:return")) {
      const accepted = acceptedOf(body);
      const { answer, replayed } = await acceptReturn(deps, await keyedRequest(c, body), { orderId, ...accepted });
      return c.json(shownOrder(c, answer, replayed), 200);
    }
    const ownedBy = await ownerOf(c, orderId, "orders:return");
    const requested = { orderId, ownedBy, items: requestedOf(body), reason: body.reason ?? null };
    const { answer, replayed } = await requestReturn(deps, await keyedRequest(c, body), requested);
    if (replayed) c.header("Idempotency-Replayed", "true");
    const { order, returnId } = answer;
    return c.json(toReturnJson(returnOf(order.returnHeads, returnId), order.returns), 201);
  })
  .openapi(contract.receiveReturn, async (c) => {
    const { order_id: orderId, return_id: returnId } = c.req.valid("param");
    const body = c.req.valid("json");
    const keyed = await keyedRequest(c, body);
    const items = body.items?.map(({ condition, ...item }) => ({ ...toItem(item), condition }));
    const received = { orderId, returnId, items, warehouseId: body.warehouse_id };
    const { answer, replayed } = await receiveReturn(c.var.deps, keyed, received);
    return c.json(shownOrder(c, answer, replayed), 200);
  })
  .openapi(contract.rejectReturn, async (c) => {
    const { order_id: orderId, return_id: returnId } = c.req.valid("param");
    const { reason } = c.req.valid("json");
    const keyed = await keyedRequest(c, { reason });
    const { answer, replayed } = await rejectReturn(c.var.deps, keyed, { orderId, returnId, reason });
    return c.json(shownOrder(c, answer, replayed), 200);
  });

/** The returns of all orders. */
export const returnListRoutes = createRouter().openapi(contract.listReturns, async (c) => {
  const { limit, cursor, status } = c.req.valid("query");
  const { returns, next } = await listReturns(c.var.deps, { status, after: readCursor(cursor, timeAndIdSchema) }, limit);
  const listed = returns.map(({ head, order }) => ({
    ...toReturnHeadJson(head),
    order_id: order.orderId,
    order_status: order.status,
    customer_name: order.customerName,
    customer_email: order.customerEmail,
    customer_phone: order.customerPhone,
  }));
  return c.json({ returns: listed, next_cursor: next ? toCursor(next) : null }, 200);
});

type Item = Pick<contract.ReturnBody["items"][number], "product_id" | "variant_id" | "quantity">;

function toItem({ product_id: productId, variant_id: variantId, quantity }: Item): Omit<WantedReturn, "condition"> {
  return { productId, variantId, quantity };
}

/** What staff say that came back. @throws Refusal `validation_failed` without the conditions or the reason */
function acceptedOf({ items, reason, warehouse_id: warehouseId }: contract.ReturnBody) {
  const missing: FieldError[] = items.flatMap(({ condition }, index) =>
    condition === undefined ? [{ field: `items[${index}].condition`, message: "is required of staff" }] : [],
  );
  if (reason === undefined) missing.push({ field: "reason", message: "is required of staff" });
  refuse(missing);
  const wanted = items.map(({ condition = "sellable", ...item }) => ({ ...toItem(item), condition }));
  return { items: wanted, reason: reason ?? "", warehouseId };
}

/** What a customer wants to bring back. @throws Refusal `validation_failed` for what only staff can say */
function requestedOf({ items, warehouse_id: warehouseId }: contract.ReturnBody) {
  const said: FieldError[] = items.flatMap(({ condition }, index) =>
    condition === undefined ? [] : [{ field: `items[${index}].condition`, message: "staff say it when they receive the goods" }],
  );
  if (warehouseId !== undefined) said.push({ field: "warehouse_id", message: "staff say it when they receive the goods" });
  refuse(said);
  return items.map(toItem);
}

function refuse(errors: FieldError[]): void {
  const [first] = errors;
  if (first) throw new Refusal("validation_failed", `${first.field} ${first.message}.`, { errors });
}
