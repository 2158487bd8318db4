import type { Deps } from "../deps.ts";
import type { ProjectedLevel } from "../stock/projection/flush-statements.ts";
import type { StockLine } from "../stock/rules/allocate.ts";
import type { CartAnswer, HeldUnits } from "../stock/rules/cart-messages.ts";
import type { CartRow } from "./rules/cart.ts";
import type { ReservationRequest, ReservationTerms } from "./rules/reservation.ts";

/**
 * Why a product's object did not apply an edit. `no_answer`: the call failed. `superseded`: the object had seen this edit or a later one
 * before, and the cart holds less than this one requests.
 */
export type FailedRequest = { productId: string } & (
  | Exclude<CartAnswer, { outcome: "set" }>
  | { outcome: "no_answer" | "superseded" }
);

/** The objects' answers to an edit. */
export interface ReservationResult {
  /** What the cart holds, by variant. */
  held: Map<string, HeldUnits>;
  levels: ProjectedLevel[];
  failed: FailedRequest[];
}

/**
 * Calls all objects at once: sets what the cart shall hold of the edited variants, and extends what it holds of other products (K0). A
 * failed extension extends nothing.
 */
export async function reserveUnits(
  deps: Deps,
  { cartId, editNo }: CartRow,
  ranking: string[],
  requests: readonly ReservationRequest[],
  extensions: readonly { productId: string; untilMs: number }[] = [],
): Promise<ReservationResult> {
  const { allocationPolicy: policy, cartMaxSharePercent: maxSharePercent } = deps.config;
  const setting = requests.map(({ productId, ...request }) =>
    deps.stockOf(productId).setCart({ cartId, editNo, ...request, ranking, policy, maxSharePercent, share: deps.holdShare }),
  );
  const extending = extensions.map(({ productId, untilMs }) => deps.stockOf(productId).extendCart(cartId, untilMs));
  const [answers, extended] = await Promise.all([Promise.allSettled(setting), Promise.allSettled(extending)]);
  const result: ReservationResult = { held: new Map(), levels: [], failed: [] };
  // An extension may have been answered before the edit was applied, so the edit's answers overwrite it.
  for (const each of extended) if (each.status === "fulfilled") addHeld(result, each.value);
  for (const [index, { productId, lines }] of requests.entries()) {
    const settled = answers[index];
    const answer = settled?.status === "fulfilled" ? settled.value : { outcome: "no_answer" as const };
    if (answer.outcome !== "set") result.failed.push({ productId, ...answer });
    else {
      addHeld(result, answer.held);
      if (lines.some((line) => !isHeld(result, line))) result.failed.push({ productId, outcome: "superseded" });
      result.levels.push(...answer.levels.map((level) => ({ productId, ...level })));
    }
  }
  return result;
}

/** Whether the cart holds all units of a line. */
export function isHeld({ held }: ReservationResult, { variantId, quantity }: StockLine): boolean {
  return (held.get(variantId)?.quantity ?? 0) >= quantity;
}

function addHeld({ held }: ReservationResult, units: readonly HeldUnits[]): void {
  for (const each of units) held.set(each.variantId, each);
}

/** How long a cart that changes now keeps its units. */
export function reservationTerms({ config, nowMs }: Deps): ReservationTerms {
  return { nowMs: nowMs(), reservationMs: config.reservationMs, reservationMaxMs: config.reservationMaxMs };
}
