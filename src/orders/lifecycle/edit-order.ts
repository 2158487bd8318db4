import type { Deps } from "../../deps.ts";
import { invalidField, Refusal } from "../../errors.ts";
import { assignedCode } from "../../rules/countries.ts";
import { findDeliveryMethods } from "../../warehouses/queries.ts";
import { requireMatch } from "../../writes/require-match.ts";
import type { Keyed, Written } from "../../writes/rules/keyed.ts";
import { decideEdit, type OrderEdit } from "../rules/edit.ts";
import type { Order } from "../rules/order.ts";
import { differencesOf, type Place } from "../../warehouses/rules/place.ts";
import type { OrderHistory } from "../rules/timeline.ts";
import { contradiction, requireAddress } from "./address-refusals.ts";
import { updateDetails } from "./history-queries.ts";
import { writeOrder } from "./write-order.ts";

/** The members of a request, by what they change. */
const FIELDS = {
  customerName: "customer_name",
  customerEmail: "customer_email",
  customerPhone: "customer_phone",
  deliveryAddress: "delivery_address",
  address: "delivery_address",
  postalCode: "postal_code",
  notes: "notes",
} as const;

/** A change of an order, and what the address in it says of the place. */
export interface EditRequest {
  orderId: string;
  /** What it says, or how that follows from the order as it is, such as one tag more. */
  edit: OrderEdit | ((order: Order) => OrderEdit);
  inAddress?: Place | undefined;
}

/**
 * Changes whom an order is for and where it goes, until something of it leaves, and what staff note about it, at any time. Saying what it
 * says already changes nothing.
 * @throws Refusal `not_found`; `precondition_failed`; `validation_failed` naming what can no longer be changed, and what the address
 *   contradicts; `address_required`; `unresolved`
 */
export function editOrder(
  deps: Deps,
  keyed: Keyed | undefined,
  { orderId, edit, inAddress }: EditRequest,
): Promise<Written<OrderHistory>> {
  return writeOrder(deps, keyed, { orderId }, async ({ order }) => {
    requireMatch(deps, order.updatedAtMs);
    const said = typeof edit === "function" ? edit(order) : edit;
    const decided = decideEdit(order, inAddress ? withPlace(order, said, inAddress) : said, deps.nowMs());
    if (!decided) return undefined;
    if ("fixed" in decided) {
      const errors = [...new Set(decided.fixed.map((name) => FIELDS[name]))].map((field) => {
        return { field, message: "cannot be changed: a part of the order has left, or the order is closed" };
      });
      throw new Refusal("validation_failed", `${errors[0]?.field} ${errors[0]?.message}.`, { errors });
    }
    const { after } = decided;
    if (after.deliveryAddress === null && order.deliveryAddress !== null) await requireNone(deps, after);
    const webhook = { type: "order.edited" as const, eventId: `${orderId}:edited:${after.updatedAtMs}` };
    return { verb: "edit", what: "edited", note: null, after, also: [updateDetails(after)], webhook };
  });
}

/**
 * The change, with the postal code of its address.
 * @throws Refusal `validation_failed` where the address contradicts the change, or is in another country than the order, whose taxes and
 *   warehouses are those of its country
 */
function withPlace({ country }: Order, edit: OrderEdit, inAddress: Place): OrderEdit {
  const ofOrder = assignedCode(country);
  if ((inAddress.country ?? ofOrder) !== ofOrder)
    throw invalidField("delivery_address.country", `is not the order's, which is ${country}`);
  const { postalCode } = inAddress;
  if (postalCode === undefined) return edit;
  const said = edit.postalCode === undefined ? postalCode : (edit.postalCode ?? "");
  const differing = differencesOf({ postalCode: said, country }, { postalCode, country }, country);
  if (differing.length > 0) throw contradiction(differing, "delivery_address");
  return { ...edit, postalCode: said };
}

/** @throws Refusal `address_required` where the delivery method of the order requires an address */
async function requireNone(deps: Deps, order: Order): Promise<void> {
  const { methods } = await deps.db.batch("read delivery methods", { methods: findDeliveryMethods() });
  requireAddress(
    methods.find(({ method }) => method === order.deliveryMethod),
    order,
  );
}
