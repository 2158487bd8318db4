import type { Order } from "./order.ts";
import {
  byVariant,
  decideReturn,
  names,
  type NotReturnable,
  returnableOf,
  type ReturnDecision,
  unitsOf,
  type WantedReturn,
} from "./returns.ts";
import type { RequestedItem, ReturnHead, ReturnItem } from "./timeline.ts";

// What a customer asks to bring back: it moves nothing until staff have received it.

type Returnable = Pick<Order, "status" | "items" | "allocations">;
type Past = { heads: readonly ReturnHead[]; items: readonly ReturnItem[] };

/**
 * Decides a request: at most what has left, did not come back and is not requested already. All lines or none.
 */
export function decideRequest(
  order: Returnable,
  { heads, items }: Past,
  wanted: readonly Omit<WantedReturn, "condition">[],
): { requested: RequestedItem[] } | { refused: NotReturnable[] } {
  const waiting = heads.filter(({ status }) => status === "requested").flatMap(({ requested }) => requested ?? []);
  const most = less(returnableOf(order, items), unitsOf(order, waiting));
  const decided = decideReturn(order, items, wanted.map(asSellable), { most });
  return "refused" in decided ? decided : { requested: wanted.map((want) => toRequested(order, want)) };
}

/**
 * Decides what staff receive of a request: at most what it names and was not received of it.
 * @param wanted `undefined` for all that is left of it, in good condition
 * @returns `undefined` where nothing of it is left
 */
export function decideReceipt(
  order: Returnable,
  { head, items }: { head: ReturnHead; items: readonly ReturnItem[] },
  wanted: readonly WantedReturn[] | undefined,
  to: string | undefined,
): ReturnDecision | undefined {
  const received = items.filter(({ returnId }) => returnId === head.returnId);
  const most = less(unitsOf(order, head.requested ?? []), byVariant(received));
  if ([...most.values()].every((units) => units === 0)) return undefined;
  return decideReturn(order, items, wanted ?? restOf(order, most), { to, most });
}

function restOf({ allocations }: Returnable, most: ReadonlyMap<string, number>): WantedReturn[] {
  return [...most].flatMap(([variantId, quantity]) => {
    const productId = allocations.find((each) => each.variantId === variantId)?.productId;
    return productId === undefined || quantity === 0 ? [] : [asSellable({ productId, variantId, quantity })];
  });
}

function asSellable(want: Omit<WantedReturn, "condition">): WantedReturn {
  return { ...want, condition: "sellable" };
}

/** The wanted line with its variant, and what the order calls it; of a component of a bundle it has no name. */
function toRequested(order: Returnable, want: Omit<WantedReturn, "condition">): RequestedItem {
  const line = order.items.find((item) => names(item, want));
  const variantId = (line ?? order.allocations.find((allocation) => names(allocation, want)))?.variantId ?? "";
  return { productId: want.productId, variantId, sku: line?.sku ?? null, name: line?.name ?? null, quantity: want.quantity };
}

function less(units: ReadonlyMap<string, number>, taken: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...units].map(([variantId, quantity]) => [variantId, Math.max(0, quantity - (taken.get(variantId) ?? 0))]));
}

/** The heads of returns that an answer of a release before 0.4.0 has: all of them were received as they came. */
export function headsOf(items: readonly ReturnItem[]): ReturnHead[] {
  return [...Map.groupBy(items, ({ returnId }) => returnId).values()].flatMap((lines) =>
    lines.slice(0, 1).map(({ returnId, reason, actor, atMs }): ReturnHead => {
      return { returnId, status: "received", requested: null, reason, actor, atMs, decidedAtMs: atMs, rejection: null };
    }),
  );
}
