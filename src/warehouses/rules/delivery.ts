import type { Minor } from "../../rules/money.ts";

/** The delivery methods, in the order in which they are listed. */
export const DELIVERY_METHODS = ["self_service", "curbside", "in_door"] as const;
export type DeliveryMethodId = (typeof DELIVERY_METHODS)[number];

/** A delivery method. `days` is its standard time from the order on. */
export interface DeliveryMethod {
  method: DeliveryMethodId;
  name: string;
  costMinor: Minor;
  days: number;
  /** Whether an order by it has to say where it goes. */
  requiresAddress: boolean;
}

/** What a method says, as its version: one that was changed and changed back is the same again. */
export function versionOf({ name, costMinor, days, requiresAddress }: DeliveryMethod): string {
  return encodeURIComponent(`${costMinor},${days}${requiresAddress ? "a" : ""},${name}`);
}

const DAY_MS = 86_400_000;

/** When an order is expected to arrive. */
export function estimatedDeliveryMs(orderedAtMs: number, method: Pick<DeliveryMethod, "days">): number {
  return orderedAtMs + method.days * DAY_MS;
}
