/** Where an order may go from each status (PROTOCOL S1, A1). Moves are guarded in the UPDATE; this table says which there are. */
export const STATUSES = {
  PENDING: ["CANCELLED", "EXPIRED"],
  CANCELLED: [],
  EXPIRED: [],
} as const satisfies Record<string, readonly string[]>;

export type OrderStatus = keyof typeof STATUSES;

/** The statuses from which an order may move to `to`. */
export function statusesBefore(to: OrderStatus): OrderStatus[] {
  return (Object.keys(STATUSES) as OrderStatus[]).filter((from) => (STATUSES[from] as readonly string[]).includes(to));
}
