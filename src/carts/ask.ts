import type { Deps } from "../deps.ts";
import type { ProjectedLevel } from "../stock/projection/flush-statements.ts";
import type { StockLine } from "../stock/rules/allocate.ts";
import type { CartAnswer, HeldUnits } from "../stock/rules/cart-messages.ts";
import type { CartRow } from "./rules/cart.ts";
import type { Ask } from "./rules/reservation.ts";

/**
 * Why an object did not do what it was asked. `silent`: its answer is missing for good. `over`: it had heard of the edit before, or of a
 * later one, and the cart has less than this one asks for.
 */
export type Refused = { productId: string } & (Exclude<CartAnswer, { outcome: "set" }> | { outcome: "silent" | "over" });

/** What the objects said of an edit. */
export interface Answers {
  /** What the cart has, by variant. */
  held: Map<string, HeldUnits>;
  levels: ProjectedLevel[];
  refused: Refused[];
}

/**
 * K0. Tells all objects at once what a cart is to have, and until when they are to keep what else it has; an extension that fails
 * extends nothing.
 */
export async function askObjects(
  deps: Deps,
  { cartId, editNo }: CartRow,
  ranking: string[],
  asks: readonly Ask[],
  extensions: readonly { productId: string; untilMs: number }[] = [],
): Promise<Answers> {
  const { allocationPolicy: policy, cartMaxSharePercent: maxSharePercent } = deps.config;
  const sets = asks.map(({ productId, ...ask }) =>
    deps.stockOf(productId).setCart({ cartId, editNo, ...ask, ranking, policy, maxSharePercent }),
  );
  const extended = extensions.map(({ productId, untilMs }) => deps.stockOf(productId).extendCart(cartId, untilMs));
  const [answers, kept] = await Promise.all([Promise.allSettled(sets), Promise.allSettled(extended)]);
  const found: Answers = { held: new Map(), levels: [], refused: [] };
  // What an extension told may be of before the edit, so the edit's own word counts.
  for (const each of kept) if (each.status === "fulfilled") hold(found, each.value);
  for (const [index, { productId, lines }] of asks.entries()) {
    const each = answers[index];
    const answer = each?.status === "fulfilled" ? each.value : { outcome: "silent" as const };
    if (answer.outcome !== "set") found.refused.push({ productId, ...answer });
    else {
      hold(found, answer.held);
      if (lines.some((line) => !isHeld(found, line))) found.refused.push({ productId, outcome: "over" });
      found.levels.push(...answer.levels.map((level) => ({ productId, ...level })));
    }
  }
  return found;
}

function isHeld({ held }: Answers, { variantId, quantity }: StockLine): boolean {
  return (held.get(variantId)?.quantity ?? 0) >= quantity;
}

function hold({ held }: Answers, units: readonly HeldUnits[]): void {
  for (const each of units) held.set(each.variantId, each);
}
