import type { Sellable, SellableComponent, Wanted } from "../../catalog/rules/sellable.ts";
import type { BilledLine } from "../../pricing/rules/bill.ts";
import type { LineToPrice } from "../../pricing/rules/pricing-rule.ts";
import type { StockLine } from "../../stock/rules/allocate.ts";
import type { OrderItem } from "./order.ts";
import { notFound, type StockError } from "./refusal.ts";
import type { LineNeed } from "./share.ts";

/** A line of a request: what is wanted, and how many. */
export type WantedLine = Wanted & { quantity: number };

/** A line of what is sold, before it is priced. */
export interface LineForSale extends Omit<LineToPrice, "promoCode" | "tier" | "kept"> {
  sku: string;
  name: string;
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

function fullName(productName: string, variantName: string | null): string {
  return variantName === null ? productName : `${productName}, ${variantName}`;
}

function unknownLine(line: WantedLine): StockError {
  const productId = "item" in line ? line.item : line.productId;
  const variantId = "item" in line ? null : (line.variantId ?? null);
  return notFound({ productId, variantId, requested: line.quantity });
}

/** A line as it is sold at the price of its bill. */
export function itemOf(line: LineForSale & BilledLine): OrderItem {
  const { lineNo, productId, variantId, sku, name, quantity, unitPriceMinor } = line;
  const { discountMinor, afterMinor: lineTotalMinor, taxMinor, taxBps, discounts } = line;
  const price = { unitPriceMinor, discountMinor, lineTotalMinor, taxMinor, taxBps, discounts };
  return { lineNo, productId, variantId, sku, name, quantity, ...price };
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
