import type { Sellable, SellableComponent, Wanted } from "../../catalog/rules/sellable.ts";
import type { StockLine } from "../../stock/rules/allocate.ts";
import { productNotFound, type StockError } from "../../stock/rules/shortage.ts";
import type { LineToPrice } from "./pricing-rule.ts";

/** A line of a request: what is wanted, and how many. */
export type WantedLine = Wanted & { quantity: number };

/** A line of what is sold, before it is priced. */
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

/** Units of a variant that a line needs of the stock, with the name that a refusal tells. */
export interface Need extends LineNeed {
  productName: string;
}

/** The lines of an order: what is sold, and what that needs of the stock. */
export interface OrderLines {
  items: LineForSale[];
  needs: Need[];
  /** Lines that name nothing which is sold. */
  unknown: StockError[];
  /** Places in the request of lines whose product has several variants, none of them named. */
  ambiguous: number[];
}

/**
 * Makes an order's lines of what the catalogue knows: lines of one variant are summed, bundles exploded into their components.
 * A line that names an unknown or archived product, variant or component sells nothing.
 */
export function orderLines(
  wanted: readonly WantedLine[],
  sellables: readonly Sellable[],
  components: readonly SellableComponent[],
): OrderLines {
  const lines: OrderLines = { items: [], needs: [], unknown: [], ambiguous: [] };
  const byVariant = new Map<string, { item: LineForSale; index: number }>();
  for (const [index, line] of wanted.entries()) {
    const sellable = sellables.find((each) => each.index === index);
    const parts = components.filter((each) => each.index === index);
    if (!sellable || !isSold(sellable, parts)) lines.unknown.push(unknownLine(line));
    else if (sellable.isAmbiguous) lines.ambiguous.push(index);
    else addItem(byVariant, sellable, line.quantity, index);
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

/** What a variant is called. */
export function fullName(productName: string, variantName: string | null): string {
  return variantName === null ? productName : `${productName}, ${variantName}`;
}

function unknownLine(line: WantedLine): StockError {
  const requested = line.quantity;
  if ("item" in line) return productNotFound({ productId: line.item, variantId: null, requested });
  if (!("productId" in line)) return productNotFound({ productId: line.variantId, variantId: null, requested });
  return productNotFound({ productId: line.productId, variantId: line.variantId ?? null, requested });
}

/** What each product's object is asked for: needs summed per variant, products in the order of their ids (PROTOCOL C4b). */
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
