import type { Sellable, SellableComponent, Wanted } from "../../catalog/rules/sellable.ts";
import type { StockLine } from "../../stock/rules/allocate.ts";
import { productNotFound, type StockError } from "../../stock/rules/shortage.ts";
import type { LineToPrice } from "./pricing-rule.ts";

/** A line of a request: an item and a quantity. */
export type WantedLine = Wanted & { quantity: number };

/** A line as the catalogue sells it, before it is priced. */
export interface LineForSale extends Omit<LineToPrice, "promoCode" | "tier" | "snapshot"> {
  sku: string;
  name: string;
}

/** Units of one variant that one line needs. */
export interface LineNeed {
  lineNo: number;
  productId: string;
  variantId: string;
  quantity: number;
}

/** Units of a variant that a line needs from stock, with the product name for refusals. */
export interface Need extends LineNeed {
  productName: string;
}

/** A product of which an order or a customer may have only so many units, and the units of all of its variants in the order. */
export interface LimitedProduct {
  productId: string;
  productName: string;
  quantity: number;
  maxPerOrder: number | null;
  maxPerCustomer: number | null;
}

/** The lines of an order, and the stock that they need. */
export interface OrderLines {
  items: LineForSale[];
  needs: Need[];
  /** Lines whose item is not sold. */
  unknown: StockError[];
  /** Indexes of the requested lines that name a product with several variants, but no variant. */
  ambiguous: number[];
  limits: LimitedProduct[];
}

/**
 * Builds an order's lines from the catalogue: lines of one variant are summed, and bundles need the stock of their components. A line
 * that names an unknown or archived product, variant or component is `unknown`.
 */
export function orderLines(
  wanted: readonly WantedLine[],
  sellables: readonly Sellable[],
  components: readonly SellableComponent[],
): OrderLines {
  const lines: OrderLines = { items: [], needs: [], unknown: [], ambiguous: [], limits: [] };
  const byVariant = new Map<string, { item: LineForSale; index: number }>();
  for (const [index, line] of wanted.entries()) {
    const sellable = sellables.find((each) => each.index === index);
    const parts = components.filter((each) => each.index === index);
    if (!sellable || !isSold(sellable, parts)) lines.unknown.push(unknownLine(line));
    else if (sellable.isAmbiguous) lines.ambiguous.push(index);
    else {
      addItem(byVariant, sellable, line.quantity, index);
      addLimit(lines.limits, sellable, line.quantity);
    }
  }
  for (const { item, index } of byVariant.values()) {
    lines.items.push(item);
    lines.needs.push(
      ...needsOf(
        item,
        components.filter((each) => each.index === index),
      ),
    );
  }
  return lines;
}

type Sold = Sellable & { variantId: string; sku: string };

function isSold(sellable: Sellable, parts: readonly SellableComponent[]): sellable is Sold {
  if (sellable.productStatus !== "active" || sellable.variantStatus !== "active" || sellable.sku === null) return false;
  const partsSold = parts.every((part) => part.productStatus === "active" && part.variantStatus === "active");
  return partsSold && (!sellable.isBundle || parts.length > 0);
}

function addItem(
  byVariant: Map<string, { item: LineForSale; index: number }>,
  sellable: Sold,
  quantity: number,
  index: number,
): void {
  const same = byVariant.get(sellable.variantId);
  if (same) {
    same.item.quantity += quantity;
    return;
  }
  const { productId, variantId, sku, productName, variantName, category, priceMinor: unitPriceMinor } = sellable;
  const name = fullName(productName, variantName);
  const item = { lineNo: byVariant.size + 1, productId, variantId, sku, name, category, quantity, unitPriceMinor };
  byVariant.set(variantId, { item, index });
}

function addLimit(limits: LimitedProduct[], sellable: Sold, quantity: number): void {
  const { productId, productName, maxPerOrder, maxPerCustomer } = sellable;
  const same = limits.find((each) => each.productId === productId);
  if (same) same.quantity += quantity;
  else if (maxPerOrder !== null || maxPerCustomer !== null)
    limits.push({ productId, productName, quantity, maxPerOrder, maxPerCustomer });
}

function needsOf(item: LineForSale, parts: readonly SellableComponent[]): Need[] {
  const { lineNo, productId, variantId, quantity, name } = item;
  if (parts.length === 0) return [{ lineNo, productId, variantId, quantity, productName: name }];
  return parts.map((part) => ({
    lineNo,
    productId: part.productId,
    variantId: part.variantId,
    quantity: quantity * part.quantity,
    productName: fullName(part.productName, part.variantName),
  }));
}

/** The display name of a variant. */
export function fullName(productName: string, variantName: string | null): string {
  return variantName === null ? productName : `${productName}, ${variantName}`;
}

function unknownLine(line: WantedLine): StockError {
  const requested = line.quantity;
  if ("item" in line) return productNotFound({ productId: line.item, variantId: null, requested });
  if (!("productId" in line)) return productNotFound({ productId: line.variantId, variantId: null, requested });
  return productNotFound({ productId: line.productId, variantId: line.variantId ?? null, requested });
}

/** The stock lines to reserve at each product's object: needs summed by variant, products in the order of their ids (C4b). */
export function demandByProduct(needs: readonly LineNeed[]): Map<string, StockLine[]> {
  const byProduct = new Map<string, StockLine[]>();
  for (const { productId, variantId, quantity } of needs.toSorted((a, b) => (a.productId < b.productId ? -1 : 1))) {
    const lines = byProduct.get(productId) ?? [];
    const same = lines.find((line) => line.variantId === variantId);
    if (same) same.quantity += quantity;
    else lines.push({ variantId, quantity });
    byProduct.set(productId, lines);
  }
  return byProduct;
}
