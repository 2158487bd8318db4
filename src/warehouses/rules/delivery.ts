import type { Minor } from "../../rules/money.ts";

/** The ways to get an order, in the order in which they are shown. */
export const DELIVERY_METHODS = ["self_service", "curbside", "in_door"] as const;
export type DeliveryMethodId = (typeof DELIVERY_METHODS)[number];

/** One way to get an order. `days` is its standard time, counted from the order. */
export interface DeliveryMethod {
  method: DeliveryMethodId;
  name: string;
  costMinor: Minor;
  days: number;
}

const DAY_MS = 86_400_000;

/** When an order of now is expected to arrive. */
export function estimatedDeliveryMs(orderedAtMs: number, method: Pick<DeliveryMethod, "days">): number {
  return orderedAtMs + method.days * DAY_MS;
}
