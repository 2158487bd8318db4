import type { Status } from "../../catalog/rules/product.ts";
import type { SellableComponent } from "../../catalog/rules/sellable.ts";
import type { Minor } from "../../rules/money.ts";
import { maxAllocatable, type Policy } from "./allocate.ts";
import { available, type Level, type Units } from "./levels.ts";

/** Which warehouses may supply an order: their ids, nearest first, and the shop's allocation policy. */
export interface Sourcing {
  policy: Policy;
  ranking: readonly string[];
}

/** Units on hand, reserved and allocated in all warehouses; `currentStock` is the most that one order can get. */
export interface Availability extends Units {
  currentStock: number;
}

/** A bundle's component with its availability. `quantity` is what one bundle needs. */
export interface ComponentAvailability extends Availability {
  productId: string;
  variantId: string;
  quantity: number;
}

export const UNAVAILABLE_REASONS = ["product_archived", "variant_archived", "component_archived", "out_of_stock"] as const;

/** Why an order would be refused for lack of stock. */
export type UnavailableReason = (typeof UNAVAILABLE_REASONS)[number];

/** A product in a public product list. */
export interface ListedProduct {
  rowNo: number;
  productId: string;
  slug: string;
  name: string;
  category: string | null;
  brand: string | null;
  unit: string | null;
  status: Status;
  isBundle: 0 | 1;
  priceMinor: Minor;
  mrpMinor: Minor | null;
  compareAtMinor: Minor | null;
  /** JSON of the first image, if there is one. */
  image: string | null;
  /** What a sorted list goes by. */
  sortKey: string | number;
  available: number;
  asOfMs: number;
}

/** A category with the products of it that are on sale. */
export interface ListedCategory {
  categoryId: string;
  name: string;
  products: number;
  inStock: number;
  asOfMs: number;
}

/**
 * Sums the levels of one variant.
 * @param levels may include other variants  @param isSold false for archived variants, which cannot be ordered
 */
export function availabilityOf(variantId: string, levels: readonly Level[], sourcing: Sourcing, isSold: boolean): Availability {
  const byWarehouse = new Map(levels.filter((each) => each.variantId === variantId).map((level) => [level.warehouseId, level]));
  const free = (_: string, warehouseId: string) => {
    const level = byWarehouse.get(warehouseId);
    return level ? available(level) : 0;
  };
  const all = [...byWarehouse.values()];
  return {
    onHand: all.reduce((sum, level) => sum + level.onHand, 0),
    reserved: all.reduce((sum, level) => sum + level.reserved, 0),
    allocated: all.reduce((sum, level) => sum + level.allocated, 0),
    currentStock: isSold ? maxAllocatable(sourcing.policy, sourcing.ranking, variantId, free) : 0,
  };
}

/** The availability of each component of a bundle. @param levels of all components */
export function componentAvailability(
  components: readonly SellableComponent[],
  levels: readonly Level[],
  sourcing: Sourcing,
): ComponentAvailability[] {
  return components.map(({ productId, variantId, quantity, productStatus, variantStatus }) => {
    const isSold = productStatus === "active" && variantStatus === "active";
    return { productId, variantId, quantity, ...availabilityOf(variantId, levels, sourcing, isSold) };
  });
}

/** A bundle has no units of its own; one order can get as many as the scarcest component allows. */
export function bundleAvailability(
  parts: readonly Pick<ComponentAvailability, "quantity" | "currentStock">[],
  isSold: boolean,
): Availability {
  const most = parts.map(({ quantity, currentStock }) => Math.floor(currentStock / quantity));
  return { onHand: 0, reserved: 0, allocated: 0, currentStock: isSold && most.length > 0 ? Math.min(...most) : 0 };
}

/** What a variant's availability depends on beside its units. */
interface SoldAs {
  product: Status;
  variant: Status;
  /** Of a bundle: the statuses of its components and their variants. */
  components: readonly Pick<SellableComponent, "productStatus" | "variantStatus">[];
}

/** Why no unit of a variant can be ordered; null if one can. */
export function unavailableReason({ product, variant, components }: SoldAs, currentStock: number): UnavailableReason | null {
  if (product === "archived") return "product_archived";
  if (variant === "archived") return "variant_archived";
  const isArchived = components.some((each) => each.productStatus === "archived" || each.variantStatus === "archived");
  if (isArchived) return "component_archived";
  return currentStock === 0 ? "out_of_stock" : null;
}

/** Why nothing of a product can be ordered, by the reasons of its variants; null if something can. */
export function sharedReason(reasons: readonly (UnavailableReason | null)[]): UnavailableReason | null {
  if (reasons.includes(null)) return null;
  const [first = "out_of_stock", ...others] = reasons.filter((reason) => reason !== null);
  // Of several reasons the one that may pass.
  return others.every((reason) => reason === first) ? first : "out_of_stock";
}
