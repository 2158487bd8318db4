import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { decideEdit, type OrderEdit } from "../rules/edit.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { updateDetails } from "./history-queries.ts";
import { writeOrder } from "./write-order.ts";

/** The members of a request, by what they change. */
const FIELDS = {
  customerName: "customer_name",
  customerEmail: "customer_email",
  customerPhone: "customer_phone",
  deliveryAddress: "delivery_address",
  postalCode: "postal_code",
  notes: "notes",
} as const;

/**
 * Changes whom an order is for and where it goes, until something of it leaves, and what staff note about it, at any time. Saying what it
 * says already changes nothing.
 * @throws Refusal `not_found`; `precondition_failed`; `validation_failed` naming what can no longer be changed; `unresolved`
 */
export function editOrder(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, edit }: { orderId: string; edit: OrderEdit },
): Promise<Written<OrderHistory>> {
  return writeOrder(deps, keyed, { orderId }, ({ order }) => {
    requireMatch(deps, order.updatedAtMs);
    const decided = decideEdit(order, edit, deps.nowMs());
    if (!decided) return undefined;
    if ("fixed" in decided) {
      const errors = decided.fixed.map((name) => {
        return { field: FIELDS[name], message: "cannot be changed: a part of the order has left, or the order is closed" };
      });
      throw new Refusal("validation_failed", `${errors[0]?.field} ${errors[0]?.message}.`, { errors });
    }
    const { after } = decided;
    const webhook = { type: "order.edited" as const, eventId: `${orderId}:edited:${after.updatedAtMs}` };
    return { verb: "edit", what: "edited", note: null, after, also: [updateDetails(after)], webhook };
  });
}
