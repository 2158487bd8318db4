import type { AppContext } from "../http/context.ts";
import type { OrderPageJson } from "./order-contract.ts";
import { toOrderPageJson } from "./json.ts";
import type { OrderHistory } from "./rules/timeline.ts";

/** Tells who asks an order with what happened to it, and whether a key had its answer already. */
export function shownOrder(c: AppContext, history: OrderHistory, replayed = false): OrderPageJson {
  if (replayed) c.header("Idempotency-Replayed", "true");
  return toOrderPageJson(history, {
    decimals: c.var.deps.config.currencyDecimals,
    isStaff: c.var.caller.may("orders:read_any"),
  });
}
