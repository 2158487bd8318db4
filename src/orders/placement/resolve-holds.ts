import type { Deps } from "../../deps.ts";
import type { HoldResolution } from "../../stock/rules/messages.ts";
import { resolveQueries } from "./resolve-queries.ts";
import { holdRef, resolutionOf } from "../rules/hold-resolution.ts";

/** PROTOCOL A1, A2: D1's word on holds of a product that ran out, in one batch; what it says of them is true for ever after. */
export async function resolveHolds(deps: Deps, productId: string, holdIds: readonly string[]): Promise<HoldResolution[]> {
  const nowMs = deps.nowMs();
  const queries = resolveQueries(productId, holdIds.map(holdRef), deps.config.currencyDecimals, nowMs);
  const { orders } = await deps.db.batch("resolve holds", queries);
  return holdIds.map((holdId) =>
    resolutionOf(
      holdId,
      orders.find((order) => order.holdId === holdId),
      nowMs,
    ),
  );
}
