import { type AskOptions, post } from "../http/requests.ts";
import { ADMIN } from "./fulfillment.ts";
import { type Answer, bodyOf, ORDERS, placed, type ProblemBody, read, show } from "./http.ts";
import type { History } from "./lifecycle.ts";

interface Result {
  order_id: string;
  outcome: string;
  status: string | null;
  error?: Omit<ProblemBody, "type" | "request_id">;
}

export interface BulkBody {
  counts: Record<string, number>;
  results: Result[];
}

/** Sends a change of many orders, as an admin unless somebody else is named. */
export async function bulk<B = BulkBody>(
  orderIds: readonly string[],
  change: object,
  options: AskOptions = ADMIN,
): Promise<Answer<B>> {
  return read<B>(await post(`${ORDERS}/bulk`, { order_ids: orderIds, ...change }, options));
}

/** Orders of one unit each. */
export async function severalOrders(productId: string, count: number, more: Record<string, unknown> = {}): Promise<string[]> {
  const orderIds: string[] = [];
  for (let made = 0; made < count; made += 1) orderIds.push((await placed(bodyOf([productId], more))).order_id);
  return orderIds;
}

/** `[order, outcome]` of each. */
export function outcomes({ body }: Answer<BulkBody>): [string, string][] {
  return body.results.map(({ order_id: orderId, outcome }) => [orderId, outcome]);
}

/** The kinds of events in an order's timeline. */
export async function whatHappened(orderId: string): Promise<string[]> {
  const { body } = await show<History>(orderId, ADMIN);
  return body.events.map(({ what, to }) => (to === null ? what : `${what} ${to}`));
}
