import { findSellables } from "../../catalog/queries.ts";
import { type Sellable, stockedVariant } from "../../catalog/rules/sellable.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, keyReused, Refusal, unresolved } from "../../errors.ts";
import { bindKey, findAnswer } from "../../writes/queries.ts";
import type { Keyed } from "../../writes/rules/keyed.ts";
import { findWarehouse } from "../../warehouses/queries.ts";
import { findPendingOf } from "../client/pending-queries.ts";
import { receive } from "./opening-stock.ts";
import { findOwedTo, type OwedOpening } from "./opening-queries.ts";
import { runPending } from "../client/run-pending.ts";
import type { Place } from "../rules/levels.ts";
import type { AdjustAnswer, Adjustment, Movement } from "../rules/messages.ts";
import type { OrderUnits } from "../rules/shortage-messages.ts";
import type { PendingAction } from "../rules/pending-action.ts";
import { shelfMembers } from "../rules/shortage.ts";

/** The pending actions of a product that a count carries out itself. */
const MAX_PENDING = 50;

/** A requested adjustment. Defaults: the product's only variant, the shop's default warehouse. */
export interface AdjustRequest extends Pick<
  Adjustment,
  "kind" | "quantity" | "reason" | "externalReference" | "expectedOnHand" | "onShortage"
> {
  productId: string;
  variantId?: string | undefined;
  warehouseId?: string | undefined;
}

/** A movement by hand, and what orders lost by it. */
interface Adjusted {
  movement: Movement;
  replayed: boolean;
  cut?: OrderUnits[] | undefined;
}

/**
 * Adjusts stock by hand, once per key: D1 resolves the variant and the warehouse, the product's object moves the units.
 * @throws Refusal `not_found`, `validation_failed` naming the variant or warehouse, `bundle_has_no_stock`; `units_reserved` if more units
 *   would leave than are free; `count_outdated`; `idempotency_key_reused`; `unresolved` if the object did not answer
 */
export async function adjustStock(deps: Deps, keyed: Keyed | undefined, request: AdjustRequest): Promise<Adjusted> {
  const { productId, variantId, warehouseId = deps.config.defaultWarehouse, ...change } = request;
  const {
    sellables: [sellable],
    warehouse,
    pending,
    owed,
  } = await deps.db.batch("resolve item", {
    sellables: findSellables([{ productId, variantId }]),
    warehouse: findWarehouse(warehouseId),
    pending: findPendingOf(productId, MAX_PENDING),
    owed: findOwedTo(productId),
  });
  const place = { variantId: variantOf(request, sellable), warehouseId };
  if (warehouse?.status !== "active") throw invalidField("warehouse_id", `there is no active warehouse ${warehouseId}`);
  if (request.kind === "count") await finishPending(deps, pending);
  else await openFirst(deps, owed);
  if (keyed) await bindToProduct(deps, keyed, productId);
  const { actor, isAudited, requestId } = deps.by;
  const identity = { referenceId: keyed?.id ?? `ADJ${deps.newId()}`, requestHash: keyed?.requestHash ?? "", actor };
  const answer = await deps
    .stockOf(productId)
    .adjust({ ...change, ...place, ...identity, requestId: isAudited ? requestId : undefined, flushFirst: true })
    .catch((error: unknown) => {
      throw unresolved("It is not known whether the units were moved.", keyed ? "same_key" : "look_first", error);
    });
  return movementOf(answer, place, keyed);
}

/**
 * Carries out what D1 has decided about a product before its units are counted (S3): a parcel that has left is no longer on the shelf, so
 * its shipment must not be taken off the counted units once more.
 * @throws Refusal `unresolved` where an object does not answer
 */
async function finishPending(deps: Deps, pending: readonly PendingAction[]): Promise<void> {
  if ((await runPending(deps, pending)) < pending.length || pending.length === MAX_PENDING)
    throw unresolved("Units of the product are still on their way; nothing was counted.", "again");
}

/**
 * Receives what an import owes the product before other units come or go, because it is received only before the first movement (S5). A count says
 * itself what is there.
 * @throws Refusal `unresolved` where the object does not answer
 */
async function openFirst(deps: Deps, owed: readonly OwedOpening[]): Promise<void> {
  if (owed.length > 0 && (await receive(deps, owed)).done < owed.length)
    throw unresolved("Units of the product from an import are still on their way; nothing was moved.", "again");
}

/** Binds the key to the product in D1, because the object of another product does not know the key. @throws Refusal `idempotency_key_reused` */
async function bindToProduct(deps: Deps, { id }: Keyed, productId: string): Promise<void> {
  const bindingId = `${id}/product`;
  const { bound } = await deps.db.batch("bind key", {
    bindKey: bindKey(bindingId, productId, deps.nowMs()),
    bound: findAnswer(bindingId),
  });
  if (bound?.requestHash !== productId) throw keyReused();
}

function variantOf({ productId, variantId }: AdjustRequest, sellable: Sellable | undefined): string {
  if (!sellable) throw new Refusal("not_found", `There is no product ${productId}.`);
  if (sellable.isBundle) throw new Refusal("bundle_has_no_stock", "Adjust the stock of its components.");
  const stocked = stockedVariant(sellable, variantId);
  if ("problem" in stocked) throw invalidField("variant_id", stocked.problem);
  return stocked.variantId;
}

/** @throws Refusal if the object moved nothing, or not yet */
function movementOf(answer: AdjustAnswer, { warehouseId }: Place, keyed: Keyed | undefined): Adjusted {
  if (answer.outcome === "moved") return answer;
  if (answer.outcome === "reference_reused") throw keyReused();
  if (answer.outcome === "short")
    throw unresolved(
      "Orders that are short are being decided; the units are moved after that.",
      keyed ? "same_key" : "look_first",
    );
  const { onHand, replayed } = answer;
  if (answer.outcome === "not_as_expected") {
    throw new Refusal("count_outdated", `${onHand} units are on hand in ${warehouseId} now. Count again.`, {
      replayed,
      members: { warehouse_id: warehouseId, on_hand: onHand },
    });
  }
  throw new Refusal("units_reserved", `${answer.free} of the ${onHand} units in ${warehouseId} are free; nothing was moved.`, {
    replayed,
    members: { warehouse_id: warehouseId, ...shelfMembers(answer) },
  });
}
