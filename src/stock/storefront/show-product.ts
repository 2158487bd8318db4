import { findComponents, findProduct, findSellableComponents } from "../../catalog/queries.ts";
import { isInStore } from "../../catalog/rules/gtin.ts";
import type { Product } from "../../catalog/rules/product.ts";
import { findByGtin, findVariants } from "../../catalog/variant-queries.ts";
import type { Deps } from "../../deps.ts";
import { Refusal } from "../../errors.ts";
import { rankingQuery } from "../../warehouses/ranking.ts";
import type { Ranking } from "../../warehouses/rules/rank.ts";
import { oldestAsOfMs } from "./list-products.ts";
import { findBySlug, findLevels } from "./queries.ts";
import { type RequestedDestination, destinationOf, sourcingOf } from "./sourcing.ts";
import type { Level } from "../rules/levels.ts";
import {
  bundleAvailability,
  type ComponentAvailability,
  componentAvailability,
  type Availability,
  availabilityOf,
  unavailableReason,
  type UnavailableReason,
} from "../rules/availability.ts";

/** The availability of a variant, with its levels. */
export interface VariantStock extends Availability {
  variantId: string;
  unavailable: UnavailableReason | null;
  levels: Level[];
}

/** What one order for the destination could get of a product, by the projection. */
export interface ProductStock {
  variants: VariantStock[];
  /** Empty if the product is no bundle. */
  parts: ComponentAvailability[];
  ranking: Ranking;
  asOfMs: number;
}

/** A product and its availability. */
export interface ShownProduct {
  product: Product;
  stock: ProductStock;
}

/** A product found by its barcode, or by that of a variant; null where the product's own was found. */
export interface FoundProduct extends ShownProduct {
  variantId: string | null;
  isInStore: boolean;
}

/**
 * Shows the product with a barcode, in two hops.
 * @param code with the GTIN-14s that it can stand for, the likeliest first
 * @throws Refusal `not_found`, `country_not_served`
 */
export async function showProductByBarcode(
  deps: Deps,
  code: { printed: string; gtins: string[] },
  asker: RequestedDestination,
): Promise<FoundProduct> {
  const { owners } = await deps.db.batch("find barcode", { owners: code.gtins.map((gtin) => findByGtin(gtin)) });
  const found = owners.find((owner) => owner !== undefined);
  if (!found) throw new Refusal("not_found", `There is no product with the barcode ${code.printed}.`);
  const shown = await showProduct(deps, found.productId, asker);
  return { ...shown, variantId: found.variantId, isInStore: isInStore(found.gtin) };
}

/**
 * Shows the product with a slug, in two hops.
 * @throws Refusal `not_found`, `country_not_served`
 */
export async function showProductBySlug(deps: Deps, slug: string, asker: RequestedDestination): Promise<ShownProduct> {
  const { found } = await deps.db.batch("find slug", { found: findBySlug(slug) });
  if (!found) throw new Refusal("not_found", `There is no product with the slug ${slug}.`);
  return showProduct(deps, found.productId, asker);
}

/**
 * Shows a product with its availability, in one hop.
 * @throws Refusal `not_found`, `country_not_served`
 */
export async function showProduct(deps: Deps, productId: string, asker: RequestedDestination): Promise<ShownProduct> {
  const { head, variants, components, sellableParts, levels, rank } = await deps.db.batch("show product", {
    head: findProduct(productId),
    variants: findVariants(productId),
    components: findComponents(productId),
    sellableParts: findSellableComponents([{ productId }]),
    levels: findLevels(productId),
    rank: rankingQuery(deps, destinationOf(deps, asker)),
  });
  if (!head) {
    throw new Refusal("not_found", `There is no product ${productId}.`);
  }
  const { ranking, sourcing } = sourcingOf(deps, asker, rank);
  const parts = componentAvailability(sellableParts, levels, sourcing);
  const variantStocks = variants.map(({ variantId, status }): VariantStock => {
    const isSold = head.status === "active" && status === "active";
    const supply = head.isBundle ? bundleAvailability(parts, isSold) : availabilityOf(variantId, levels, sourcing, isSold);
    const soldAs = { product: head.status, variant: status, components: sellableParts };
    const unavailable = unavailableReason(soldAs, supply.currentStock);
    return { variantId, ...supply, unavailable, levels: levels.filter((level) => level.variantId === variantId) };
  });
  const stock = { variants: variantStocks, parts, ranking, asOfMs: oldestAsOfMs(deps, levels) };
  return { product: { ...head, variants, components }, stock };
}
