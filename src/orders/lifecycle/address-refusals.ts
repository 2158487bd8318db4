import { Refusal } from "../../errors.ts";
import type { DeliveryMethod } from "../../warehouses/rules/delivery.ts";
import type { OrderRow } from "../rules/order.ts";
import type { Place } from "../../warehouses/rules/place.ts";

/** @throws Refusal `address_required` for an order without an address, by a method that requires one */
export function requireAddress(method: DeliveryMethod | undefined, { deliveryAddress }: Pick<OrderRow, "deliveryAddress">): void {
  if (!method?.requiresAddress || deliveryAddress !== null) return;
  const message = `is required by the delivery method ${method.method}`;
  throw new Refusal("address_required", `delivery_address: ${message}`, { errors: [{ field: "delivery_address", message }] });
}

const MEMBERS: Readonly<Record<keyof Place, string>> = { postalCode: "postal_code", country: "country" };

/**
 * A request that says one thing itself and another in its address.
 * @param members in which they differ, at least one  @param address the member of the request that has the address
 */
export function contradiction(members: readonly (keyof Place)[], address: "delivery_address" | "address_id"): Refusal {
  const errors = members.flatMap((member) => {
    const name = MEMBERS[member];
    const inAddress = address === "address_id" ? address : `${address}.${name}`;
    return [
      { field: name, message: `differs from the ${name} of ${address}` },
      { field: inAddress, message: `differs from ${name}` },
    ];
  });
  return new Refusal("validation_failed", `${errors[0]?.field}: ${errors[0]?.message}`, { errors });
}
