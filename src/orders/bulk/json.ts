import { ERRORS } from "../../errors.ts";
import type { OrderResult } from "./change-order.ts";

/** The JSON of what became of each order, with how often each came out. */
export function toBulkJson(results: readonly OrderResult[]) {
  const times = (outcome: OrderResult["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  return {
    counts: {
      changed: times("changed"),
      unchanged: times("unchanged"),
      refused: times("refused"),
      unresolved: times("unresolved"),
    },
    results: results.map(({ orderId, outcome, status, refused }) => {
      return { order_id: orderId, outcome, status, ...(refused && { error: toErrorJson(refused) }) };
    }),
  };
}

/** What a request for the order alone would be answered, but for its `type` and `request_id`. */
function toErrorJson({ code, detail, errors, members }: NonNullable<OrderResult["refused"]>) {
  const { status, title } = ERRORS[code];
  return { title, status, code, detail, ...(errors && { errors }), ...members };
}
