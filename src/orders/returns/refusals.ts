import { Refusal } from "../../errors.ts";
import type { OrderRow } from "../rules/order.ts";
import type { NotReturnable } from "../rules/returns.ts";
import { movesFrom } from "../rules/statuses.ts";
import type { ReturnHead } from "../rules/timeline.ts";

/** @throws Refusal `illegal_transition` for an order of which nothing has left, or all has come back */
export function refuseUnreturnable({ status }: Pick<OrderRow, "status">): void {
  if (movesFrom(status, "return").includes("RETURNED")) return;
  throw new Refusal("illegal_transition", `An order that is ${status} cannot be returned.`, {
    members: { status_now: status, possible: movesFrom(status, "hand") },
  });
}

/** @throws Refusal `already_refunded` where the customer has all of the money back */
export function refuseRefunded({ paymentStatus }: Pick<OrderRow, "paymentStatus">): void {
  if (paymentStatus === "refunded")
    throw new Refusal("already_refunded", "The order was refunded in full; nothing was recorded.");
}

export function notReturnable(lines: readonly NotReturnable[]): Refusal {
  const errors = lines.map(({ index, requested, returnable }) => ({
    field: `items[${index}].quantity`,
    message: `${requested} requested, ${returnable} returnable`,
  }));
  const [first] = errors;
  return new Refusal("not_returnable", first ? `${first.field}: ${first.message}.` : "It cannot be returned.", { errors });
}

/** The return of an order. @throws Refusal `not_found` */
export function returnOf(heads: readonly ReturnHead[], returnId: string): ReturnHead {
  const head = heads.find((each) => each.returnId === returnId);
  if (!head) throw new Refusal("not_found", "The order has no such return.");
  return head;
}

export function returnClosed({ status }: ReturnHead): Refusal {
  const detail = status === "received" ? "Nothing of the return is left to receive." : `The return was ${status}.`;
  return new Refusal("return_closed", detail, { members: { return_status: status } });
}
