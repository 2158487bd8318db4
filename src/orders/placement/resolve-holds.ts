import type { Deps } from "../../deps.ts";
import type { Fate } from "../../stock/rules/messages.ts";
import { resolveHolds } from "./resolve-queries.ts";
import { askedHold, fateOfHold } from "../rules/fate.ts";

/** PROTOCOL A1, A2: D1's word on holds of a product that ran out, in one batch; what it says of them is true for ever after. */
export async function fatesOf(deps: Deps, productId: string, holdIds: readonly string[]): Promise<Fate[]> {
  const nowMs = deps.nowMs();
  const queries = resolveHolds(productId, holdIds.map(askedHold), deps.config.currencyDecimals, nowMs);
  const { orders } = await deps.db.batch("resolve holds", queries);
  return holdIds.map((holdId) =>
    fateOfHold(
      holdId,
      orders.find((order) => order.holdId === holdId),
      nowMs,
    ),
  );
}
