import { Refusal } from "../../errors.ts";
import { keyedRequest } from "../../http/idempotency.ts";
import { createRouter } from "../../http/router.ts";
import { BULK_ACTIONS } from "../../rules/bulk-orders.ts";
import { changeOrders } from "./change-orders.ts";
import * as contract from "./contract.ts";
import { toBulkJson } from "./json.ts";

/** What staff do with many orders at once. */
export const bulkOrderRoutes = createRouter().openapi(contract.changeOrders, async (c) => {
  const { deps, caller } = c.var;
  const body = c.req.valid("json");
  const right = BULK_ACTIONS[body.action];
  if (!caller.may(right)) throw new Refusal("forbidden", `${body.action} requires the right ${right}.`);
  const { order_ids: orderIds, action, note = null, tag = "" } = body;
  const keyed = await keyedRequest(c, body);
  const { results, replayed } = await changeOrders(deps, keyed, { orderIds, change: { action, note, tag } });
  if (replayed) c.header("Idempotency-Replayed", "true");
  return c.json(toBulkJson(results), 200);
});
