import { type CreditedLine, creditedOf } from "./amounts.ts";
import type { Order } from "./order.ts";

/** Units that came back, as a row of a return has them. */
export interface ReturnedRow {
  returnId: string;
  variantId: string;
  quantity: number;
  atMs: number;
}

/** The units of a variant that a line was supplied with; of a bundle's line, of one component. */
interface Part {
  lineNo: number;
  variantId: string;
  perUnit: number;
  /** Not yet returned. */
  left: number;
  isOfBundle: boolean;
}

type Supplied = Pick<Order, "items" | "allocations">;

/** The value of everything of an order that was cancelled or came back. */
export function creditedByReturns(
  order: Supplied & Pick<Order, "totalMinor" | "taxIncluded" | "currency">,
  returns: readonly ReturnedRow[],
): number {
  const returned = returnedByLine(order, returns);
  const lines = order.items.map((item): CreditedLine => ({ ...item, returned: returned.get(item.lineNo) ?? 0 }));
  return creditedOf(order, lines);
}

/**
 * The units of each line that came back. The parts of a bundle have no price of their own, so one has come back when all its parts have.
 * A variant that was bought by itself and in a bundle came back with the bundle where all of its parts came back together, else by itself.
 */
export function returnedByLine(order: Supplied, returns: readonly ReturnedRow[]): Map<number, number> {
  const parts = partsOf(order);
  const inOrder = returns.toSorted((a, b) => a.atMs - b.atMs || (a.returnId < b.returnId ? -1 : 1));
  for (const rows of Map.groupBy(inOrder, ({ returnId, atMs }) => `${returnId} ${atMs}`).values()) takeBack(parts, rows);
  const units = order.items.map(({ lineNo, quantity }): [number, number] => {
    const left = parts.filter((part) => part.lineNo === lineNo).map((part) => Math.ceil(part.left / part.perUnit));
    return [lineNo, left.length > 0 ? Math.max(0, quantity - Math.max(...left)) : 0];
  });
  return new Map(units);
}

function partsOf({ items, allocations }: Supplied): Part[] {
  return items.flatMap(({ lineNo, variantId: own, quantity }) => {
    const ofLine = allocations.filter((each) => each.lineNo === lineNo);
    return [...Map.groupBy(ofLine, ({ variantId }) => variantId)].map(([variantId, all]) => {
      const left = all.reduce((sum, each) => sum + each.quantity, 0);
      return { lineNo, variantId, left, perUnit: left / quantity, isOfBundle: !ofLine.some((each) => each.variantId === own) };
    });
  });
}

/** Takes the units of one return off the parts. */
function takeBack(parts: readonly Part[], rows: readonly ReturnedRow[]): void {
  const units = new Map<string, number>();
  for (const { variantId, quantity } of rows) units.set(variantId, (units.get(variantId) ?? 0) + quantity);
  const take = (part: Part, most: number) => {
    const taken = Math.min(most, part.left, units.get(part.variantId) ?? 0);
    part.left -= taken;
    units.set(part.variantId, (units.get(part.variantId) ?? 0) - taken);
  };
  const bundles = Map.groupBy(
    parts.filter(({ isOfBundle }) => isOfBundle),
    ({ lineNo }) => lineNo,
  );
  for (const bundle of bundles.values()) {
    const possible = bundle.map((part) => Math.min(part.left, units.get(part.variantId) ?? 0) / part.perUnit);
    const whole = Math.floor(Math.min(...possible));
    for (const part of bundle) take(part, whole * part.perUnit);
  }
  for (const isOfBundle of [false, true])
    for (const part of parts.filter((each) => each.isOfBundle === isOfBundle)) take(part, Infinity);
}
