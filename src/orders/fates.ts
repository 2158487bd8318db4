import type { Deps } from "../deps.ts";
import type { Fate } from "../stock/rules/messages.ts";
import { ownerOf } from "../stock/rules/reserve.ts";
import { resolveHolds } from "./owed-queries.ts";
import { fateOfHold } from "./rules/fate.ts";

/** PROTOCOL A1, A2: D1's word on holds that ran out, in one batch; what it says of them is true for ever after. */
export async function fatesOf(deps: Deps, holdIds: readonly string[]): Promise<Fate[]> {
  const nowMs = deps.nowMs();
  const asked = holdIds.map((holdId) => ({ orderId: ownerOf(holdId), holdId }));
  const [, , , , , , , orders] = await deps.db.batch(...resolveHolds(asked, deps.config.currencyDecimals, nowMs));
  return holdIds.map((holdId) =>
    fateOfHold(
      holdId,
      orders.find((order) => order.holdId === holdId),
      nowMs,
    ),
  );
}
