import { findSellables } from "../../catalog/queries.ts";
import { type Sellable, stockedVariant } from "../../catalog/rules/sellable.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, keyReused, Refusal, unresolved } from "../../errors.ts";
import { bindKey, findAnswer } from "../../writes/queries.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { findWarehouse } from "../../warehouses/queries.ts";
import type { Place } from "../rules/levels.ts";
import type { AdjustAnswer, Adjustment, Movement } from "../rules/messages.ts";

/** A change of stock by hand, as it is asked for. What is left out: the only variant, the shop's default warehouse. */
export interface AdjustRequest extends Pick<Adjustment, "kind" | "quantity" | "reason" | "externalReference" | "expectedOnHand"> {
  productId: string;
  variantId?: string | undefined;
  warehouseId?: string | undefined;
}

/**
 * Moves stock by hand: D1 says where, the product's object does it, once per key.
 * @throws Refusal `not_found`, `validation_failed` naming the variant or warehouse, `bundle_has_no_stock`; `units_reserved` when more
 *   would leave than is free; `idempotency_key_reused`; `unresolved` when the object did not say whether it moved anything
 */
export async function adjustStock(
  deps: Deps,
  keyed: Keyed | undefined,
  request: AdjustRequest,
): Promise<{ movement: Movement; replayed: boolean }> {
  const { productId, variantId, warehouseId = deps.config.defaultWarehouse, ...change } = request;
  const {
    sellables: [sellable],
    warehouse,
  } = await deps.db.batch("adjust stock", {
    sellables: findSellables([{ productId, variantId }]),
    warehouse: findWarehouse(warehouseId),
  });
  const place = { variantId: variantOf(request, sellable), warehouseId };
  if (warehouse?.status !== "active") throw invalidField("warehouse_id", `there is no active warehouse ${warehouseId}`);
  if (keyed) await bindToProduct(deps, keyed, productId);
  const { actor, isAudited, requestId } = deps.by;
  const identity = { referenceId: keyed?.id ?? `ADJ${deps.newId()}`, requestHash: keyed?.requestHash ?? "", actor };
  const answer = await deps
    .stockOf(productId)
    .adjust({ ...change, ...place, ...identity, requestId: isAudited ? requestId : undefined })
    .catch((error: unknown) => {
      throw unresolved("The product's object did not say whether it moved the units.", keyed ? "same_key" : "look_first", error);
    });
  return moved(answer, place);
}

/** Another product's object knows nothing of the key, so D1 says which product it is for. @throws Refusal `idempotency_key_reused` */
async function bindToProduct(deps: Deps, { id }: Keyed, productId: string): Promise<void> {
  const bindingId = `${id}/product`;
  const { bound } = await deps.db.batch("bind to product", {
    bindKey: bindKey(bindingId, productId, deps.nowMs()),
    bound: findAnswer(bindingId),
  });
  if (bound?.requestHash !== productId) throw keyReused();
}

function variantOf({ productId, variantId }: AdjustRequest, sellable: Sellable | undefined): string {
  if (!sellable) throw new Refusal("not_found", `There is no product ${productId}.`);
  if (sellable.isBundle) throw new Refusal("bundle_has_no_stock", "Move the stock of its components.");
  const stocked = stockedVariant(sellable, variantId);
  if ("problem" in stocked) throw invalidField("variant_id", stocked.problem);
  return stocked.variantId;
}

function moved(answer: AdjustAnswer, { warehouseId }: Place): { movement: Movement; replayed: boolean } {
  if (answer.outcome === "moved") return answer;
  if (answer.outcome === "reference_reused") {
    throw keyReused();
  }
  const { onHand, replayed } = answer;
  if (answer.outcome === "not_as_expected") {
    throw new Refusal("count_outdated", `${onHand} units are on hand in ${warehouseId} now; count again.`, {
      replayed,
      members: { warehouse_id: warehouseId, on_hand: onHand },
    });
  }
  const { free } = answer;
  throw new Refusal("units_reserved", `${free} of the ${onHand} units in ${warehouseId} are free; nothing was moved.`, {
    replayed,
    members: { warehouse_id: warehouseId, free, on_hand: onHand, reserved: onHand - free },
  });
}
