import { findSellableComponents, findSellables } from "../../catalog/queries.ts";
import type { Sellable } from "../../catalog/rules/sellable.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, Refusal } from "../../errors.ts";
import { rankingQuery } from "../../warehouses/ranking.ts";
import type { Ranking } from "../../warehouses/rules/rank.ts";
import { type RequestedDestination, destinationOf, sourcingOf } from "./sourcing.ts";
import { withAllocated } from "../rules/levels.ts";
import {
  bundleAvailability,
  type ComponentAvailability,
  componentAvailability,
  type Availability,
  availabilityOf,
} from "../rules/availability.ts";

/** The requested item; the variant may be absent if the product has only one. */
export interface Item {
  productId: string;
  variantId?: string | undefined;
}

/** The live availability of a variant. */
export interface Checked extends Availability {
  productId: string;
  variantId: string;
  /** Empty if the product is no bundle. */
  parts: ComponentAvailability[];
  ranking: Ranking;
}

/**
 * Reads from the objects how many units one order could get now: one hop to D1, then one to all objects in parallel.
 * @throws Refusal `not_found`, `country_not_served`; `validation_failed` if the product has several variants and none is named
 */
export async function checkAvailability(deps: Deps, item: Item, asker: RequestedDestination): Promise<Checked> {
  const {
    sellables: [sellable],
    components,
    rank,
  } = await deps.db.batch("check availability", {
    sellables: findSellables([item]),
    components: findSellableComponents([item]),
    rank: rankingQuery(deps, destinationOf(deps, asker)),
  });
  const { productId, variantId, isBundle } = requireSellable(item, sellable);
  const { ranking, sourcing } = sourcingOf(deps, asker, rank);
  const productIds = isBundle ? [...new Set(components.map((component) => component.productId))] : [productId];
  const levels = withAllocated((await Promise.all(productIds.map((each) => deps.stockOf(each).levels()))).flat());
  const parts = componentAvailability(components, levels, sourcing);
  const supply = isBundle ? bundleAvailability(parts, true) : availabilityOf(variantId, levels, sourcing, true);
  return { productId, variantId, ...supply, parts, ranking };
}

/**
 * The sellable of an item, active and unambiguous.
 * @throws Refusal `not_found`; `validation_failed` if the product has several variants and none is named
 */
export function requireSellable(
  { productId, variantId }: Item,
  sellable: Sellable | undefined,
): Sellable & { variantId: string } {
  if (sellable?.productStatus !== "active") throw new Refusal("not_found", `There is no product ${productId}.`);
  if (sellable.isAmbiguous) throw invalidField("variant_id", "the product has several variants; name one");
  if (sellable.variantId === null || sellable.variantStatus !== "active") {
    const missing = variantId === undefined ? "no variant on sale" : `no variant ${variantId}`;
    throw new Refusal("not_found", `Product ${productId} has ${missing}.`);
  }
  return { ...sellable, variantId: sellable.variantId };
}
