import { findSellableComponents, findSellables } from "../../catalog/queries.ts";
import type { Sellable } from "../../catalog/rules/sellable.ts";
import type { Deps } from "../../deps.ts";
import { invalidField, Refusal } from "../../errors.ts";
import { rankingQuery } from "../../warehouses/ranking.ts";
import type { Ranking } from "../../warehouses/rules/rank.ts";
import { type RequestedDestination, destinationOf, sourcingOf } from "./sourcing.ts";
import {
  bundleAvailability,
  type ComponentAvailability,
  componentAvailability,
  type Availability,
  availabilityOf,
} from "../rules/availability.ts";

/** What is asked about; a variant need not be named where the product has only one. */
export interface Item {
  productId: string;
  variantId?: string | undefined;
}

/** What there is of a variant at this moment. */
export interface Checked extends Availability {
  productId: string;
  variantId: string;
  /** Empty where the product is no bundle. */
  parts: ComponentAvailability[];
  ranking: Ranking;
}

/**
 * Asks the objects what one order could get now: one hop to D1, then one to all objects at once.
 * @throws Refusal `not_found`, `country_not_served`; `validation_failed` when the product has several variants and none is named
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
  const levels = (await Promise.all(productIds.map((each) => deps.stockOf(each).levels()))).flat();
  const parts = componentAvailability(components, levels, sourcing);
  const supply = isBundle ? bundleAvailability(parts, true) : availabilityOf(variantId, levels, sourcing, true);
  return { productId, variantId, ...supply, parts, ranking };
}

/**
 * The item that is sold, active and unambiguous.
 * @throws Refusal `not_found`; `validation_failed` when the product has several variants and none is named
 */
export function requireSellable(
  { productId, variantId }: Item,
  sellable: Sellable | undefined,
): Sellable & { variantId: string } {
  if (sellable?.productStatus !== "active") throw new Refusal("not_found", `There is no product ${productId}.`);
  if (sellable.isAmbiguous) throw invalidField("variant_id", "the product has several variants: name one");
  if (sellable.variantId === null || sellable.variantStatus !== "active") {
    const missing = variantId === undefined ? "no variant on sale" : `no variant ${variantId}`;
    throw new Refusal("not_found", `Product ${productId} has ${missing}.`);
  }
  return { ...sellable, variantId: sellable.variantId };
}
