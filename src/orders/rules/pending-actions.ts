import type { PendingAction, PendingLine } from "../../stock/rules/pending-action.ts";
import type { CancelledUnits } from "./cancellation.ts";
import type { Order, OrderRow } from "./order.ts";
import { type ShippedUnits, unshippedUnits } from "./shipping.ts";
import { isOpen } from "./statuses.ts";
import type { Cancellation, Shipment } from "./timeline.ts";

/** What a change of an order decides about its units. */
interface Decided {
  after: OrderRow;
  shipments?: Shipment[];
  cancelled?: { cancellation: Cancellation; units: CancelledUnits[] };
  /** What the change owes besides. */
  pending?: PendingAction[];
}

/** The pending actions of a change (S1). Cancelling an open order ends its hold, cancelling a part frees that part; each shipment takes its units off the shelf. */
export function pendingActionsOf(order: Order, { after, shipments = [], cancelled, pending = [] }: Decided): PendingAction[] {
  const { orderId, holdId } = order;
  const shipped = shipments.map(({ shipmentId, actor, items }): PendingAction => {
    const actionId = `ship:${shipmentId}`;
    return { actionId, orderId, holdId, kind: "ship", lines: items.map(toLine), cause: { actor, shipmentId } };
  });
  const actions = [...shipped, ...pending];
  if (cancelled) {
    const { cancellationId, actor } = cancelled.cancellation;
    const cause = { actor, cancellationId };
    const actionId = `cancel:${cancellationId}`;
    const freed = cancelled.units.map((each) => ({ ...each, quantity: each.quantity - each.fromShort }));
    const lines = freed.filter(({ quantity }) => quantity > 0).map(toLine);
    if (lines.length > 0) actions.push({ actionId, orderId, holdId, kind: "cancel_units", lines, cause });
  }
  if (after.status !== "CANCELLED" || !isOpen(order.status)) return actions;
  const lines = unshippedUnits(order).map(toLine);
  return [...actions, { actionId: `cancel:${holdId}`, orderId, holdId, kind: "cancel", lines, cause: { actor: "order" } }];
}

function toLine({ productId, variantId, warehouseId, quantity }: ShippedUnits): PendingLine {
  return { productId, variantId, warehouseId, quantity };
}
